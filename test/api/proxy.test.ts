import 'should';
import { readProxy } from '../../src/api/http/proxy';

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
});
