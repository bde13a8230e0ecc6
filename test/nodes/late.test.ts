import 'should';
import type { NodeAPI } from 'node-red';
import { late, type Registration } from '../../nodes/late';

type Construct = (config: object) => void;
type Answer = (request: string, response: string) => void;

/** What a node file tells Node-RED. */
function nodeRed() {
  const told = {
    types: new Map<string, [Construct, unknown]>(),
    answers: new Map<string, [string, Answer]>(),
  };
  const RED = {
    settings: { userDir: 'there' },
    auth: { needsPermission: (permission: string) => permission },
    nodes: {
      createNode: () => 'created',
      registerType: (type: string, construct: Construct, options: unknown) =>
        told.types.set(type, [construct, options]),
    },
    httpAdmin: {
      post: (address: string, permission: string, answer: Answer) =>
        told.answers.set(address, [permission, answer]),
    },
  };
  return { RED: RED as unknown as NodeAPI, ...told };
}

const registration: Registration = {
  type: 'some-type',
  options: { credentials: {} },
  addresses: [
    ['/one', 'some.read'],
    ['/two', 'some.write'],
  ],
};

describe('A node file that is loaded late', () => {
  let loads: number;
  let seen: unknown[];
  /** As a node file does, with more than the registration of it. */
  const register = (RED: NodeAPI) => {
    const post = RED.httpAdmin.post.bind(RED.httpAdmin) as unknown as (...all: unknown[]) => void;
    const { registerType } = RED.nodes as unknown as { registerType: (...all: unknown[]) => void };
    registerType('some-type', function (this: object, config: object) {
      seen.push(this, config, RED.settings.userDir, (RED.nodes.createNode as () => string)());
    });
    for (const address of ['/one', '/two']) {
      post(address, 'any', (...asked: unknown[]) => seen.push(address, ...asked.slice(0, 2)));
    }
  };
  const load = () => {
    loads += 1;
    return register;
  };

  beforeEach(() => {
    loads = 0;
    seen = [];
  });

  it('registers its type and its addresses before anything is loaded', () => {
    const { RED, types, answers } = nodeRed();
    late(load, registration)(RED);
    types.get('some-type')![1]!.should.eql({ credentials: {} });
    [...answers].map(([address, [permission]]) => [address, permission]).should.eql(registration.addresses);
    loads.should.equal(0);
  });

  it('is loaded once, with the first node of it', () => {
    const { RED, types } = nodeRed();
    late(load, registration)(RED);
    const [construct] = types.get('some-type')!;
    const [one, other] = [{ id: 'one' }, { id: 'other' }];
    construct.call(one, { a: 1 });
    construct.call(other, { a: 2 });
    seen.should.eql([one, { a: 1 }, 'there', 'created', other, { a: 2 }, 'there', 'created']);
    seen[0]!.should.equal(one);
    loads.should.equal(1);
    types.size.should.equal(1);
  });

  it('is loaded with the first question of the editor, which gets the answer of its address', () => {
    const { RED, answers } = nodeRed();
    late(load, registration)(RED);
    answers.get('/two')![1]('asked', 'response');
    seen.should.eql(['/two', 'asked', 'response']);
    loads.should.equal(1);
  });

  it('throws what keeps it from being loaded for each node, and is tried again', () => {
    const { RED, types } = nodeRed();
    let broken = true;
    const loadBroken = () => {
      if (broken) throw new Error('no such file');
      return load();
    };
    late(loadBroken, registration)(RED);
    const [construct] = types.get('some-type')!;
    for (let node = 0; node < 2; node += 1) (() => construct.call({}, {})).should.throw('no such file');
    broken = false;
    construct.call({}, {});
    loads.should.equal(1);
  });
});
