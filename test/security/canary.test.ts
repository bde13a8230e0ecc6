import 'should';
import should from 'should';

import { canaryToken, tracesOf } from './canary';

/** The search itself: a suite that finds nothing proves nothing unless it would find something. */
describe('the search for a key', () => {
  const token = canaryToken();

  const hidden: Record<string, unknown> = {
    'in a text': `Token ${token}`,
    'deep in an object': { a: [{ b: new Map([['c', { headers: { Authorization: `Token ${token}` } }]]) }] },
    'in an error': new Error(token),
    'in a cause': new Error('outer', { cause: new Error('inner', { cause: { token } }) }),
    'in a property that is not listed': Object.defineProperty({}, 'config', {
      value: { token },
      enumerable: false,
    }),
    'behind a symbol': { [Symbol('secret')]: token },
    'behind a getter': {
      get token() {
        return token;
      },
    },
    'in toJSON only': { toJSON: () => ({ token }) },
    'in base64': Buffer.from(`Token ${token}`).toString('base64'),
    'in an object that leads back to itself': (() => {
      const loop: Record<string, unknown> = { token };
      loop['loop'] = loop;
      return loop;
    })(),
  };

  for (const [where, value] of Object.entries(hidden)) {
    it(`finds it ${where}`, () => {
      tracesOf(token, { here: value }).should.eql(['here']);
    });
  }

  it('finds nothing where there is none', () => {
    tracesOf(token, { message: { payload: canaryToken() }, error: new Error('refused') }).should.eql([]);
    should(tracesOf(token, { nothing: undefined })).eql([]);
  });
});
