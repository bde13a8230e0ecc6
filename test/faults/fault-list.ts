/** Faults of the platform and of the way to it. */
import { all, always, again, error, reads, refusedKey, result, TIMEOUT, type Fault } from './expectations';
import { disturbances } from './disturbances';
import { notThePlatform, oddAnswers } from './odd-answers';
import { wrongAnswers, wrongShapes } from './wrong-answers';

/** Faults in which the answer of a request that took effect is lost. */
export const lostAnswers = [
  'no byte for too long, once',
  'no byte for too long, for ever',
  'stops in the middle, once',
  'cut short once',
  'cut short for ever',
  'reset in place of an answer, once',
  'reset in the middle of the answer, once',
  'reset in the middle of the answer, for ever',
] as const;

/**
 * Faults of an address that has never worked, as a wrong one would show them: work that is held goes on, and Catch is told at
 * once.
 */
export const neverWorked: ReadonlySet<string> = new Set([
  ...notThePlatform,
  'cut short once',
  'cut short for ever',
  'reset before it is taken, once',
  'reset before it is taken, for ever',
  'reset in place of an answer, once',
  'reset in the middle of the answer, once',
  'reset in the middle of the answer, for ever',
  'a web page with 200',
  'a web page with 404',
  ...wrongShapes,
  'redirected to another host',
  'redirected to another host, keeping the method',
  'redirected to something that is no address',
]);

const refusals: Fault[] = [
  { name: '400', rule: () => ({ status: 400, ...always }), expected: all(error('REJECTED')) },
  { name: '401', rule: () => ({ status: 401, ...always }), expected: refusedKey },
  { name: '403', rule: () => ({ status: 403, ...always }), expected: refusedKey },
  {
    name: '404',
    rule: () => ({ status: 404, ...always }),
    expected: all(error('NOT_FOUND')),
  },
  { name: '409', rule: () => ({ status: 409, ...always }), expected: all(error('REJECTED')) },
  {
    name: '400, echoing the key and a signed address',
    rule: ({ token }) => ({
      status: 400,
      body: {
        detail: `Token ${token} may not read https://storage.test/file?X-Amz-Signature=${token}&sig=${token}`,
        headers: { Authorization: [`Token ${token}`] },
      },
      ...always,
    }),
    expected: all(error('REJECTED')),
  },
  {
    name: '400, a bare JSON string',
    rule: () => ({ status: 400, body: '"duplicate key value violates unique constraint"', ...always }),
    expected: all(error('REJECTED')),
  },
];

const overloads: Fault[] = [
  { name: '429 once', rule: () => ({ status: 429 }), expected: all(result(2)) },
  {
    name: '429 once, Retry-After in seconds',
    rule: () => ({ status: 429, retryAfter: { seconds: 1 } }),
    expected: all(result(2)),
  },
  {
    name: '429 once, Retry-After as a date',
    rule: () => ({ status: 429, retryAfter: { seconds: 1, form: 'date' } }),
    expected: all(result(2)),
  },
  {
    name: '429, Retry-After beyond the patience',
    rule: () => ({ status: 429, retryAfter: { seconds: 60 }, ...always }),
    // The pause holds for all on this key, so the next message hears of it at once.
    expected: { ...all({ ...error('RATE_LIMIT'), next: 'RESCALE_RATE_LIMIT' }), hold: undefined },
  },
  {
    name: '429 for ever',
    rule: () => ({ status: 429, retryAfter: { seconds: 1 }, ...always }),
    expected: all(error('RATE_LIMIT', again)),
  },
  { name: '500', rule: () => ({ status: 500, ...always }), expected: all(error('SERVER')) },
  ...[502, 503, 504].flatMap((status): Fault[] => [
    {
      name: `${status} once`,
      rule: () => ({ status }),
      expected: reads(result(2), error('SERVER')),
    },
    {
      name: `${status} for ever, as a web page`,
      rule: () => ({ status, html: true, ...always }),
      expected: reads(error('SERVER', again), error('SERVER')),
    },
  ]),
  {
    name: '503 once, Retry-After in seconds',
    rule: () => ({ status: 503, retryAfter: { seconds: 1 } }),
    expected: reads(result(2), error('SERVER')),
  },
  {
    name: '503 once, Retry-After as a date',
    rule: () => ({ status: 503, retryAfter: { seconds: 1, form: 'date' } }),
    expected: reads(result(2), error('SERVER')),
  },
  {
    name: '503, Retry-After beyond the patience',
    rule: () => ({ status: 503, retryAfter: { seconds: 60 }, ...always }),
    expected: all(error('SERVER')),
  },
];

const slowness: Fault[] = [
  {
    name: 'no byte for too long, once',
    rule: () => ({ delay: TIMEOUT * 2 }),
    expected: reads(result(2), error('TIMEOUT')),
  },
  {
    name: 'no byte for too long, for ever',
    rule: () => ({ delay: TIMEOUT * 2, ...always }),
    expected: reads(error('TIMEOUT', again), error('TIMEOUT')),
  },
  { name: 'slow, but in time', rule: () => ({ delay: TIMEOUT / 3, ...always }), expected: all(result()) },
  {
    name: 'drips for longer than the time without a byte',
    rule: ({ tenth }) => ({ drip: { bytes: tenth, every: TIMEOUT / 8 } }),
    expected: all(result()),
  },
  {
    name: 'stops in the middle, once',
    rule: ({ tenth }) => ({ drip: { bytes: tenth, every: TIMEOUT * 2 } }),
    expected: reads(result(2), error('TIMEOUT')),
  },
];

const breaks: Fault[] = [
  {
    name: 'cut short once',
    rule: ({ tenth }) => ({ cut: tenth }),
    expected: reads(result(2), error('NETWORK')),
  },
  {
    name: 'cut short for ever',
    rule: ({ tenth }) => ({ cut: tenth, ...always }),
    expected: reads(error('PROTOCOL', again), error('NETWORK')),
  },
  {
    name: 'reset before it is taken, once',
    rule: () => ({ reset: 'before' }),
    expected: reads(result(2), error('NETWORK')),
  },
  {
    name: 'reset before it is taken, for ever',
    rule: () => ({ reset: 'before', ...always }),
    expected: reads(error('NETWORK', again), error('NETWORK')),
  },
  {
    name: 'reset in place of an answer, once',
    rule: () => ({ reset: 'unanswered' }),
    expected: reads(result(2), error('NETWORK')),
  },
  {
    name: 'reset in the middle of the answer, once',
    rule: ({ tenth }) => ({ reset: { at: tenth } }),
    expected: reads(result(2), error('NETWORK')),
  },
  {
    name: 'reset in the middle of the answer, for ever',
    rule: ({ tenth }) => ({ reset: { at: tenth }, ...always }),
    expected: reads(error('NETWORK', again), error('NETWORK')),
  },
];

const elsewhere: Fault[] = [
  {
    name: 'redirected to another host',
    rule: ({ foreign }) => ({ redirect: `${foreign}/elsewhere/`, ...always }),
    expected: all(error('PROTOCOL')),
  },
  {
    name: 'redirected to another host, keeping the method',
    rule: ({ foreign }) => ({ redirect: `${foreign}/elsewhere/`, status: 307, ...always }),
    expected: all(error('PROTOCOL')),
  },
  {
    name: 'redirected to something that is no address',
    rule: () => ({ redirect: 'javascript:alert(1)', ...always }),
    expected: all(error('PROTOCOL')),
  },
];

const lists: Fault[] = [
  {
    name: 'next on another host',
    rule: ({ foreign }) => ({ next: `${foreign}/api/v2/stolen/?page=2&page_size=10`, times: 1 }),
    expected: { list: result() },
  },
  {
    name: 'next over plain http on a name that is not ours',
    rule: () => ({ next: 'http://platform.rescale.com/api/v2/stolen/?page=2', times: 1 }),
    expected: { list: result() },
  },
  { name: 'next missing', rule: () => ({ next: { missing: true }, times: 1 }), expected: { list: result() } },
  { name: 'next null too early', rule: () => ({ next: null, times: 1 }), expected: { list: result() } },
  { name: 'next empty', rule: () => ({ next: '', times: 1 }), expected: { list: result() } },
  {
    name: 'next back to the first page, for ever',
    rule: () => ({ next: '?page=1', ...always }),
    // One page past the end, to see that there is nothing, and the list once more, because a row came twice.
    expected: { list: { ...result(), asked: again } },
  },
  {
    name: 'rows twice',
    rule: () => ({ duplicateRows: 5, times: 0 }),
    // Rows move while a list is read, so it is read once more.
    expected: { list: { ...result(), asked: again } },
  },
  {
    name: 'the second page fails once',
    rule: () => ({ skip: 1, status: 502 }),
    expected: { list: result(2) },
  },
];

export const faults: readonly Fault[] = [
  ...refusals,
  ...overloads,
  ...slowness,
  ...breaks,
  ...wrongAnswers,
  ...elsewhere,
  ...lists,
  ...oddAnswers,
  ...disturbances,
];
