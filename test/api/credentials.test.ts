import 'should';
import { authorizationOf, checkToken } from '../../src/api/http/credentials';
import type { RescaleError } from '../../src/api/errors/errors';

const refusal = (token: string): RescaleError => {
  try {
    checkToken(token);
  } catch (error) {
    return error as RescaleError;
  }
  throw new Error(`accepted: ${token}`);
};

describe('A key', () => {
  it('loses what a paste has put around it', () => {
    checkToken(' 5ecre7\n').should.equal('5ecre7');
    checkToken('\t5ecre7\r\n').should.equal('5ecre7');
  });

  for (const token of [
    '"5ecre7"',
    "'5ecre7'",
    '`5ecre7`',
    '"5ecre7',
    "5ecre7'",
    ' "5ecre7" ',
    '"',
    '""',
    '“5ecre7”',
    '„5ecre7“',
  ]) {
    it(`in quotes, as a file of variables may leave it, is not sent: ${token}`, () => {
      const { code, key, message } = refusal(token);
      [code, key].should.eql(['RESCALE_CONFIG', 'config-token-quotes']);
      message.should.match(/quotes/).and.not.match(/5ecre7/);
    });
  }

  for (const token of ['Token 5ecre7', 'bearer 5ecre7', 'Authorization: Token 5ecre7']) {
    it(`that is copied with what a request has before it is not sent, nor shown: ${token}`, () => {
      const { key, message } = refusal(token);
      key.should.equal('config-token-scheme');
      message.should.not.match(/5ecre7/);
    });
  }

  for (const token of ['5ecre7 5ecre7', '5ecre7\n5ecre7', '5ecre7\u200b', 'schlüssel']) {
    it(`with characters that no key has is not sent, nor shown: ${JSON.stringify(token)}`, () => {
      const { key, message } = refusal(token);
      key.should.equal('config-token-characters');
      message.should.not.match(/5ecre7|schl/);
    });
  }

  it('that is not there is asked for', () => {
    for (const token of ['', '  ', '\n']) refusal(token).key.should.equal('config-no-token');
  });

  it('goes as it is, and a JSON web token as a bearer', () => {
    authorizationOf('5ecre7').should.equal('Token 5ecre7');
    authorizationOf('eyJh.eyJz.c2ln').should.equal('Bearer eyJh.eyJz.c2ln');
  });
});
