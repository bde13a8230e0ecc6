import fc from 'fast-check';
import 'should';
import { messageOfValue, readApiMessage, readApiRefusal } from '../../src/api/request/platform-message';

const TOKEN = 'f00dfacef00dface';
const said = (value: unknown) => messageOfValue(value, TOKEN);

describe('The platform’s message', () => {
  it('are found wherever the platform puts them', () => {
    said({ detail: 'Run is not active.' }).should.equal('Run is not active.');
    said('duplicate key value violates unique constraint').should.equal(
      'duplicate key value violates unique constraint',
    );
    said(['one', 'two']).should.equal('one; two');
    said({ name: ['This field is required.'], non_field_errors: ['No.'] }).should.equal(
      'name: This field is required.; No.',
    );
    said({ jobanalyses: [{}, { hardware: { slots: ['Too many.'] } }] }).should.equal(
      'jobanalyses[1].hardware.slots: Too many.',
    );
    said({ detail: null }).should.equal('');
    said({ code: 7 }).should.equal('code: 7');
  });

  it('are one short line without secrets, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary', maxLength: 2_000 })),
        (text) => {
          const message = messageOfValue(
            `${text} https://s3.example/b?sig=abc123&x=1 Token ${TOKEN} ${text}`,
            TOKEN,
          );
          [...message].length.should.be.belowOrEqual(301);
          message.should.not.match(/[\p{Cc}\u2028\u2029]/u);
          message.should.not.match(new RegExp(`abc123|${TOKEN}`));
        },
      ),
    );
  });

  it('lose signatures also outside of an address', () => {
    said({ detail: 'AuthorizationQuery sig=abc%2F123&se=2026 failed' }).should.not.match(/abc/);
    said({ detail: 'X-Amz-Signature=abc123' }).should.not.match(/abc123/);
  });

  const foreign: [string, unknown][] = [
    [
      'a problem document',
      { type: 'about:blank', title: 'Not Found', status: 404, detail: 'No static resource.' },
    ],
    ['a framework’s', { timestamp: '2026-01-01', status: 404, error: 'Not Found', path: '/' }],
    ['a router’s', { message: 'no Route matched with those values' }],
    ['a firewall’s', { error: 'forbidden', code: 403 }],
    ['a firewall’s in fields of its own', { errorCode: 15, description: 'blocked', incidentId: '1-2' }],
    ['a content network’s', { success: false, errors: ['no'], messages: [] }],
    ['a problem document’s, shortened', { type: 'about:blank', detail: 'no healthy upstream' }],
    ['nothing', null],
    ['an empty list', []],
  ];
  for (const [name, value] of foreign) {
    it(`is not ${name}`, () => {
      const text = JSON.stringify(value);
      [readApiMessage(text, TOKEN), readApiRefusal(text, TOKEN)].should.eql([null, null]);
    });
  }

  it('needs a reason that is a text to deny, and none to refuse', () => {
    for (const detail of [null, '', {}, { msg: 'blocked' }, 5]) {
      (readApiMessage(JSON.stringify({ detail }), TOKEN) === null).should.equal(true);
    }
    readApiMessage('{"detail":["Nein."]}', TOKEN)!.should.equal('Nein.');
    readApiRefusal('{}', TOKEN)!.should.equal('');
    readApiRefusal('{"title":["Too long."]}', TOKEN)!.should.equal('title: Too long.');
    for (const text of ['', 'Method Not Allowed', '<h1>Blocked</h1>']) {
      (readApiRefusal(text, TOKEN) === null).should.equal(true);
    }
  });
});
