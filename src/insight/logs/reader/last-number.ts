/** The end of a text that has no end of line: what stands there may be half a number. */

/** A number with an exponent, whose length the solver's format fixes. */
const FIXED = /^[-+]?\d\.\d+[eEdD][-+]\d+$/;

/** What touches the end may go on: it is cut off. */
export function withoutHalfNumber(text: string): string {
  let end = text.length;
  while (end > 0 && !/[\s,;|]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

export function lastWord(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.slice(withoutHalfNumber(trimmed).length).slice(-60);
}

/** Anything that may be the beginning of a number: digits, signs, `nan`, `inf`. */
const NUMERIC = /\d|^[-+.]|^(?:n|na|nan|i|in|inf)$/i;

/**
 * Whether a line without an end can be taken as it stands: its last word is no number, or a number of the same form,
 * digit for digit, as the one that ended the line before. Other numbers may always go on.
 */
export function endsWhole(text: string, before: string): boolean {
  if (text.trimEnd() !== text) return false;
  const last = lastWord(text);
  if (!NUMERIC.test(last)) return true;
  const shape = (number: string): string => number.replace(/^[-+]/, '').replace(/\d/g, '0');
  return FIXED.test(last) && FIXED.test(before) && shape(last) === shape(before);
}
