/** Faults in which the answer comes whole and is not what was asked for. */
import { all, always, error, result, type Fault } from './expectations';

/** Faults in which the answer is not what the API describes. */
export const wrongShapes = [
  'an empty body',
  'broken JSON',
  'null',
  'a number',
  'an array',
  'an empty object',
  'rows of the wrong kind',
  'a notice with 200, echoing the key',
] as const;

export const wrongAnswers: readonly Fault[] = [
  {
    name: 'a web page with 200',
    rule: () => ({ html: true, ...always }),
    expected: all(error('PROTOCOL')),
  },
  {
    name: 'a web page with 404',
    rule: () => ({ status: 404, html: true, ...always }),
    expected: all(error('PROTOCOL')),
  },
  { name: 'an empty body', rule: () => ({ body: '', ...always }), expected: all(error('PROTOCOL')) },
  {
    name: 'broken JSON',
    rule: () => ({ body: '{"count": 1, "resul', ...always }),
    expected: all(error('PROTOCOL')),
  },
  { name: 'null', rule: () => ({ body: 'null', ...always }), expected: all(error('PROTOCOL')) },
  { name: 'a number', rule: () => ({ body: '42', ...always }), expected: all(error('PROTOCOL')) },
  { name: 'an array', rule: () => ({ body: '[]', ...always }), expected: all(error('PROTOCOL')) },
  { name: 'an empty object', rule: () => ({ body: '{}', ...always }), expected: all(error('PROTOCOL')) },
  {
    name: 'rows of the wrong kind',
    rule: () => ({ body: { count: 2, results: [1, null], next: null, id: {}, lines: [1] }, ...always }),
    expected: all(error('PROTOCOL')),
  },
  {
    name: 'a notice with 200, echoing the key',
    rule: ({ token }) => ({ body: { detail: `Invalid token ${token}.` }, ...always }),
    expected: all(error('PROTOCOL')),
  },
  {
    name: 'JSON as text/html',
    rule: () => ({ contentType: 'text/html', ...always }),
    expected: all(result()),
  },
  {
    name: 'JSON as application/octet-stream',
    rule: () => ({ contentType: 'application/octet-stream', ...always }),
    expected: all(result()),
  },
  {
    name: 'more than memory should hold',
    rule: () => ({ oversize: 65 * 1024 * 1024, ...always }),
    expected: all(error('TOO_LARGE')),
  },
];
