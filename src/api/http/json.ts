/** What a text is, judged by itself, for the Content-Type can't be trusted (docs/platform.md, errors). */
export type Content = { kind: 'json'; value: unknown } | { kind: 'empty' | 'page' | 'not-json' };

/** `exact` keeps whole numbers beyond 2^53 digit by digit, as texts; it takes longer. */
export function readContent(bytes: Buffer, exact = false): Content {
  const text = withoutMark(bytes.toString('utf8'));
  try {
    return { kind: 'json', value: parse(exact ? withExactNumbers(text) : text) };
  } catch {
    if (text.trim() === '') return { kind: 'empty' };
    return { kind: /^\s*</.test(text) ? 'page' : 'not-json' };
  }
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Without names that would become the prototype of a copy. */
function parse(text: string): unknown {
  const suspect = text.includes('_proto__') || text.includes('\\u005');
  return suspect
    ? JSON.parse(text, (name, value: unknown) => (name === '__proto__' ? undefined : value))
    : JSON.parse(text);
}

/** Puts whole numbers that a number of JavaScript can't hold into quotes; those inside of texts are left alone. */
function withExactNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}
