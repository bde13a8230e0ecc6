import fc from 'fast-check';
import 'should';
import { messageOf } from '../../src/api/request/platform-message';

const TOKEN = 'f00dfacef00dface';
const said = (value: unknown) => messageOf(JSON.stringify(value), TOKEN);

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
    messageOf('plain text', TOKEN).should.equal('plain text');
    messageOf('<html><head><title> 413 Too Large </title></head>', TOKEN).should.equal(
      'a web page: 413 Too Large',
    );
    messageOf('\ufeff<html>', TOKEN).should.equal('a web page');
  });

  it('are one short line without secrets, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary', maxLength: 2_000 })),
        (text) => {
          const message = messageOf(
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
});
