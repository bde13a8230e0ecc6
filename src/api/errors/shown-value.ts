import type { ErrorText } from './errors';

/** Characters of a value that a sentence shows. */
const MOST = 60;

/** A value as an error may show it: short, on one line. Whatever a message holds, it never throws. */
export function shownValue(value: unknown): string | ErrorText {
  if (value !== null && typeof value === 'object')
    return { key: isArray(value) ? 'value-array' : 'value-object' };
  return shortened(String(value));
}

function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    // A proxy that was revoked.
    return false;
  }
}

export function shortened(text: string, most = MOST): string {
  // Cut first: a text may have 500 MB.
  const line = text.slice(0, most).replace(/\p{Cc}/gu, ' ');
  return text.length > most ? `${line}…` : line;
}
