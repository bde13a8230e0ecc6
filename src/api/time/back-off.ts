/**
 * How long to wait before an attempt is repeated, in milliseconds: full jitter over a span that doubles. Full, so
 * that many who failed together don't come back together.
 */
export function backOff(failures: number, random: () => number): number {
  const span = Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 16));
  return Math.round(random() * span);
}

const FIRST = 1_000;
const LONGEST = 30_000;

/**
 * What `Retry-After` asks for, in milliseconds from now; null when it is missing or says nothing. It has seconds or
 * an HTTP date (docs/platform.md, rates). A date is measured against the `Date` of the same answer where there
 * is one: the clock of this machine may be minutes off.
 */
export function retryAfter(
  headers: Record<string, string | string[] | undefined>,
  now: number,
): number | null {
  const value = first(headers['retry-after'])?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
  // Date.parse takes "-5" and "12 apples" for dates; every form of an HTTP date names its month.
  const instant = /[a-z]{3}/i.test(value) || /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(instant)) return null;
  const theirNow = Date.parse(first(headers['date']) ?? '');
  return Math.max(0, instant - (Number.isNaN(theirNow) ? now : theirNow));
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
