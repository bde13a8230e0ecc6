import type { ErrorText } from './errors';

/** Characters of a value that a sentence shows. */
const MOST = 60;

/** A value as an error may show it: short, on one line. Whatever a message holds, it never throws. */
export function shownValue(value: unknown): string | ErrorText {
  if (Array.isArray(value)) return { key: 'value-array' };
  if (value !== null && typeof value === 'object') return { key: 'value-object' };
  return shortened(String(value));
}

export function shortened(text: string, most = MOST): string {
  const line = text.replace(/\p{Cc}/gu, ' ');
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
