import 'should';
import { checkOrigin, readNext } from '../../src/api/http/addresses';
import { checkToken } from '../../src/api/http/credentials';
import { readContent } from '../../src/api/endpoints/endpoint';
import { readProxy } from '../../src/api/http/proxy';
import { scopeOf } from '../../src/api/limits/create-budget';
import {
  looksLikePage,
  messageOfValue,
  readApiMessage,
  readApiRefusal,
} from '../../src/api/request/platform-message';
import { retryAfter } from '../../src/api/time/back-off';
import { instantOf } from '../../src/api/time/dates';

/**
 * What comes from outside meets expressions, and an expression that goes back over its input blocks Node-RED for seconds: 64 kB
 * of an error were enough. A bound that no linear reader comes near, and no other keeps.
 */
const pieces = [
  'http://',
  '<h1',
  '<',
  'x ',
  'sig',
  'sig=',
  'token ',
  'token  x',
  '?',
  '"',
  '\\',
  '"\\"',
  '1',
  '1.1e',
  '[',
  '{"a":',
  ' ',
  '\n',
  '@',
  '//',
  ':',
  '%',
  '.',
  '-',
  '&a=',
  'submit/',
  '\\1',
  '\\u{',
  '\\x{6',
  '&#',
  '&amp;#1',
  'amp;',
  '%25',
  '%u',
  'u+',
  '0x6',
  '107,',
  '\uff4b',
  'Zm',
];
const readers: Record<string, (text: string) => unknown> = {
  'the message of an error': (text) => messageOfValue(text, 'f00dfacef00dfacef00d'),
  'the message of an error in JSON': (text) => readApiMessage(JSON.stringify({ detail: text }), 'f00dface'),
  'a refusal of the API': (text) => readApiMessage(text, 'f00dface'),
  'a refusal of fields': (text) => readApiRefusal(JSON.stringify({ name: [text] }), 'f00dface'),
  'a page': (text) => looksLikePage(text),
  'an answer': (text) => readContent(Buffer.from(text)),
  'an answer with exact numbers': (text) => readContent(Buffer.from(text), true),
  next: (text) => readNext(text),
  'the address of a platform': (text) => attempt(() => checkOrigin(text)),
  'the address of a proxy': (text) => attempt(() => readProxy({ url: `http://${text}` })),
  'an exception of a proxy': (text) =>
    readProxy({ url: 'http://proxy', noProxy: [text] })!.covers(new URL('https://platform.rescale.com')),
  'a key': (text) => attempt(() => checkToken(text)),
  'a path': (text) => scopeOf('POST', `/api/v2/${text}`),
  'a pause': (text) => retryAfter({ 'retry-after': text }, 0),
  'a date': (text) => instantOf(text),
};

function attempt(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

const LENGTH = 128 * 1024;
/** Milliseconds. Linear readers need a few; the square of this length would take minutes. */
const MOST = 500;

describe('Long input', function () {
  this.timeout(120_000);
  for (const [name, read] of Object.entries(readers)) {
    it(`does not block: ${name}`, () => {
      for (const piece of pieces) {
        const input = piece.repeat(Math.ceil(LENGTH / piece.length));
        const began = performance.now();
        read(input);
        const took = performance.now() - began;
        (took < MOST).should.equal(true, `${JSON.stringify(piece)}: ${took.toFixed(0)} ms`);
      }
    });
  }
});
