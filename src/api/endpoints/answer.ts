import { RescaleError } from '../errors/errors';
import { readContent } from '../http/json';
import { messageOfValue } from '../request/platform-message';
import type { Response } from '../request/request';

/** Whose answer it is, for errors. */
export interface Source {
  platform: string;
  token: string;
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
  { platform, token }: Source,
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
      throw fail('protocol-notice', { expected, words: messageOfValue(notice.detail, token) });
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
