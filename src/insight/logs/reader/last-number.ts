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

/**
 * Whether the number at the end of an unfinished line is whole: one of the same form, digit for digit, ended the line
 * before. A number without an exponent may always go on.
 */
export function isWholeNumber(text: string, before: string): boolean {
  const last = lastWord(text);
  const shape = (number: string): string => number.replace(/^[-+]/, '').replace(/\d/g, '0');
  return FIXED.test(last) && FIXED.test(before) && shape(last) === shape(before);
}
