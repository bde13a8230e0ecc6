import 'should';
import should from 'should';
import { packMessage, unpackMessage } from '../../src/runtime/state/stored-message';
import type { Message } from '../../src/runtime/definition/definition';

function through(message: Message): Message {
  const packed = packMessage(message);
  if (!('packed' in packed)) throw new Error(packed.unstorable);
  return unpackMessage(JSON.parse(JSON.stringify(packed.packed)))!;
}

describe('Stored message', () => {
  it('comes back with everything that Node-RED flows carry', () => {
    const message: Message = {
      _msgid: '1f',
      payload: {
        bytes: Buffer.from([0, 255]),
        when: new Date(7),
        list: [1, null, 'zwei'],
        map: new Map([[1, 2]]),
      },
      nothing: undefined,
      figure: NaN,
      error: Object.assign(new Error('x'), { code: 'Y' }),
      parts: { id: 'a', index: 0 },
    };
    const back = through(message);
    back.should.have.properties(['_msgid', 'payload', 'nothing', 'figure', 'parts']);
    const { bytes, when, list, map } = back.payload as Record<string, unknown>;
    Buffer.isBuffer(bytes).should.be.true();
    (bytes as Buffer).equals(Buffer.from([0, 255])).should.be.true();
    (when as Date).getTime().should.equal(7);
    should(list).eql([1, null, 'zwei']);
    should((map as Map<number, number>).get(1)).equal(2);
    (back.error as Error).message.should.equal('x');
  });

  it('comes back with circular references', () => {
    const message: Message = { payload: {} };
    (message.payload as Record<string, unknown>).self = message;
    const back = through(message);
    should((back.payload as Record<string, unknown>).self).equal(back);
  });

  it('says what can’t be written', () => {
    packMessage({ req: {}, res: {} }).should.eql({ unstorable: 'message-request' });
    packMessage({ payload: { call: () => 1 } }).should.eql({ unstorable: 'message-function' });
    packMessage({ payload: Buffer.alloc(1024 * 1024) }).should.eql({ unstorable: 'message-size' });
  });

  it('says where an object of a class becomes a plain one', () => {
    class Mesh {
      cells = 7;
    }
    const packed = packMessage({ payload: { mesh: new Mesh() }, when: new Date() });
    packed.should.have.property('plain').eql(['payload.mesh']);
    through({ payload: { mesh: new Mesh() } }).payload!.should.eql({ mesh: { cells: 7 } });
  });

  it('is null when it is none', () => {
    for (const rubbish of [null, 7, '', 'AAAA', '!!!', 'bm90IGEgbWVzc2FnZQ==', {}]) {
      should(unpackMessage(rubbish)).be.null();
    }
  });
});
