import 'should';
import type { RescaleError } from '../../src/api/errors/errors';
import { readProxy } from '../../src/api/http/proxy';
import { clientOf, failure, silence, startServer } from './scripted-server';

describe('Proxies', () => {
  const cases: [string, string, boolean][] = [
    ['*', 'https://platform.rescale.com', true],
    ['platform.rescale.com', 'https://platform.rescale.com', true],
    ['PLATFORM.Rescale.com', 'https://platform.rescale.com', true],
    ['rescale.com', 'https://platform.rescale.com', true],
    ['.rescale.com', 'https://platform.rescale.com', true],
    ['*.rescale.com', 'https://platform.rescale.com', true],
    [' rescale.com ', 'https://platform.rescale.com', true],
    ['scale.com', 'https://platform.rescale.com', false],
    ['rescale.com.example', 'https://platform.rescale.com', false],
    ['platform.rescale.com:443', 'https://platform.rescale.com', true],
    ['platform.rescale.com:8443', 'https://platform.rescale.com', false],
    ['127.0.0.1:80', 'http://127.0.0.1', true],
    ['::1', 'http://[::1]:1880', true],
    ['[::1]', 'http://[::1]:1880', true],
    ['[::1]:1880', 'http://[::1]:1880', true],
    ['[::1]:1881', 'http://[::1]:1880', false],
    ['', 'https://platform.rescale.com', false],
    ['.', 'https://platform.rescale.com', false],
  ];
  for (const [exception, target, exempt] of cases) {
    it(`${exempt ? 'leave out' : 'cover'} ${target} when the exception is "${exception}"`, () => {
      const proxy = readProxy({ url: 'http://proxy.example:3128', noProxy: ['other.example', exception] })!;
      proxy.covers(new URL(target)).should.equal(!exempt);
    });
  }

  it('have the name and the password that they were given, whatever characters are in them', () => {
    for (const [username, password] of [
      ['user', 's3cret'],
      ['us%er', '100%'],
      ['a@b', 'p:/?#[]@ %41'],
      ['müller', '鍵'],
    ]) {
      const given = readProxy({ url: 'http://proxy.example', username, password })!;
      given.credentials!.should.eql({ username, password });
      const url = `http://${encodeURIComponent(username!)}:${encodeURIComponent(password!)}@proxy.example`;
      readProxy({ url })!.credentials!.should.eql({ username, password });
    }
    (readProxy({ url: ' http://proxy.example:3128 ' })!.credentials === null).should.be.true();
    (readProxy({ url: '  ' }) === null).should.be.true();
  });

  const ODD = [
    'http://user:s3cret%@proxy.example',
    'http://us%er:s3cret@proxy.example',
    'http://user:s3cret%zz@proxy.example:3128',
    'http://user:s3cret%ff@proxy.example',
    'http://user:s3cret@',
    'http://user:s3cret@proxy.example:99999',
    'http://user:s3cret@pro xy.example',
    'http://user:s3c/ret@proxy.example',
    'socks5://user:s3cret@proxy.example',
    'user:s3cret@proxy.example:3128',
    '//user:s3cret@proxy.example',
    's3cret',
    'http://[::1:s3cret',
  ];
  for (const url of ODD) {
    it(`are refused at once, without a word of what they are: ${url}`, () => {
      const refusal = (() => {
        try {
          return readProxy({ url });
        } catch (error) {
          return error;
        }
      })() as RescaleError;
      refusal.should.have.properties({ code: 'RESCALE_CONFIG', key: 'config-proxy' });
      const shown = `${refusal.message} ${refusal.stack} ${JSON.stringify(refusal)}`;
      shown.should.not.match(/s3c|ret@|us%er|user:|proxy\.example/);
    });
  }

  it('are refused where the name or password holds half a character', () => {
    for (const credentials of [{ username: '\ud800' }, { username: 'user', password: 's3cret\ud800' }]) {
      (() => readProxy({ url: 'http://proxy.example', ...credentials })).should.throw(/percent-encoded/);
    }
  });

  it('that take a request and never answer are named beside the platform, without who logs in there', async () => {
    const proxy = await startServer(silence);
    const options = { url: proxy.origin, username: 'someone', password: 's3cret' };
    const client = clientOf(
      { origin: 'http://127.0.0.1:9' },
      { proxy: options, timeout: 1_500, patience: 2_500 },
    );
    try {
      const error = await failure(client.getRun('X', '1'));
      proxy.asked[0]!.should.equal('GET http://127.0.0.1:9/api/v2/jobs/X/runs/1/');
      error.should.have.properties({ code: 'RESCALE_TIMEOUT', key: 'timeout-through-proxy' });
      error.message.should.containEql(`did not answer through the proxy 127.0.0.1:${proxy.port} `);
      error.message.should.endWith('127.0.0.1:9.');
      error.message.should.not.match(/someone|s3cret/);
    } finally {
      client.close();
      await proxy.close();
    }
  });
});
