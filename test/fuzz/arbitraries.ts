import fc from 'fast-check';

/** What somebody or something hostile puts where a name is expected. */
const NASTY = [
  '',
  ' ',
  '.',
  '..',
  '../..',
  '..\\..',
  '%2e%2e',
  '%2e%2e%2f',
  '..%2f',
  '/',
  '//',
  '//example.com/',
  '\\\\example.com\\c$',
  '\\',
  '/etc/passwd',
  'C:\\Windows',
  'C:',
  'a:b',
  'CON',
  'nul.txt',
  '~',
  '~root',
  '?',
  '#',
  '?page=2',
  '@example.com',
  'http://example.com/',
  'https://example.com@127.0.0.1/',
  '\u0000',
  'a\u0000b',
  '\r\n',
  'a\r\nHost: example.com',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\ud800',
  '💧',
  'e\u0301',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '${HOME}',
  '{{payload}}',
  '<script>',
  '%',
  '%%',
  '%zz',
  '+',
  ';',
  'a'.repeat(300),
  'a/'.repeat(3000),
];

/** A part of a path or an id. */
export const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/) },
);

/** A path of several parts. */
export const nastyPath = fc
  .array(nasty, { minLength: 1, maxLength: 5 })
  .chain((parts) => fc.constantFrom('/', '\\', '//').map((separator) => parts.join(separator)));

/** Anything that JSON can say, and what looks like an answer but for a part of it. */
export const json = fc.jsonValue({ maxDepth: 4 });

/** An object with some properties left out and some of another kind. */
export function almost(whole: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [
      name,
      fc.oneof(
        { weight: 6, arbitrary: fc.constant(value) },
        { weight: 1, arbitrary: json },
        { weight: 1, arbitrary: fc.constantFrom(null, '', 0, -1, 1e308, true, [], {}, 'NaN', '2015-13-45') },
      ),
    ]),
  );
  return fc.record(properties, { requiredKeys: [] });
}
