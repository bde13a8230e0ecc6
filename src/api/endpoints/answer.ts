import { RescaleError } from '../errors/errors';
import type { Redact } from '../errors/redactor';
import { messageOfValue } from '../request/platform-message';
import type { Response } from '../request/request';

/** What a text is, judged by itself, for the Content-Type can't be trusted (docs/platform.md, errors). */
export type Content = { kind: 'json'; value: unknown } | { kind: 'empty' | 'page' | 'not-json' };

/** `exact` keeps whole numbers beyond 2^53 digit by digit, as texts; it takes longer. */
export function readContent(bytes: Buffer, exact = false): Content {
  let text = bytes.toString('utf8');
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  try {
    if (exact) text = withExactNumbers(text);
    // A name that would become the prototype of a copy is left out.
    const suspect = text.includes('_proto__') || text.includes('\\u005');
    return { kind: 'json', value: suspect ? JSON.parse(text, withoutPrototype) : JSON.parse(text) };
  } catch {
    if (text.trim() === '') return { kind: 'empty' };
    return { kind: /^\s*</.test(text) ? 'page' : 'not-json' };
  }
}

function withoutPrototype(name: string, value: unknown): unknown {
  return name === '__proto__' ? undefined : value;
}

/**
 * Puts whole numbers that a number of JavaScript can't hold into quotes, and ids however they are written (`1e30`); those inside
 * of texts are left alone.
 */
function withExactNumbers(text: string): string {
  let name = '';
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, (token) => {
    const isText = token.startsWith('"');
    const inexact = !isText && !Number.isSafeInteger(Number(token));
    const quoted = inexact && (name === '"id"' || /^-?\d{16,}$/.test(token));
    name = isText ? token : '';
    return quoted ? `"${token}"` : token;
  });
}

/** Whose answer it is, for errors. */
export interface Source {
  platform: string;
  token: string;
  redact?: Redact | undefined;
}

/** Thrown by a reader that met a number which JavaScript has rounded: the answer is then read again, digit by digit. */
export class ExactNumbersNeeded extends Error {}

/**
 * The answer as `read` has it, which returns null for what it should not be. `expected` is the API's name for it. Throws
 * RESCALE_PROTOCOL.
 */
export function readAnswer<Value>(
  { bytes, status }: Response,
  expected: string,
  read: (value: unknown) => Value | null,
  { platform, token, redact }: Source,
): Value {
  const fail = (...[key, values]: [RescaleError['key'], RescaleError['values']?]) =>
    new RescaleError('RESCALE_PROTOCOL', key, { platform, ...values }, status);
  const content = readContent(bytes);
  switch (content.kind) {
    case 'empty':
      throw fail('protocol-empty', { expected });
    case 'page':
      throw fail('protocol-page', { status });
    case 'not-json':
      throw fail('protocol-cut');
    case 'json': {
      const value = readExactly(content.value, bytes, read);
      if (value !== null) return value;
      const notice = content.value as { detail?: unknown } | null;
      const isNotice = typeof notice === 'object' && notice !== null && Object.hasOwn(notice, 'detail');
      if (!isNotice) throw fail('protocol-shape', { expected });
      throw fail('protocol-notice', { expected, words: messageOfValue(notice.detail, token, redact) });
    }
  }
}

/** True for an answer without a word, which is fine for an action (docs/platform.md, actions). */
export function isEmptyAnswer({ bytes }: Response): boolean {
  return readContent(bytes).kind === 'empty';
}

function readExactly<Value>(
  value: unknown,
  bytes: Buffer,
  read: (value: unknown) => Value | null,
): Value | null {
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof ExactNumbersNeeded)) throw error;
  }
  const again = readContent(bytes, true);
  try {
    return again.kind === 'json' ? read(again.value) : null;
  } catch (error) {
    if (error instanceof ExactNumbersNeeded) return null; // Written as `1e30`, which has no digits to keep.
    throw error;
  }
}
