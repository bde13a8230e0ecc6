import { shortened } from '../errors/shown-value';
import { instantOf } from '../time/dates';

/** Where counting begins somewhere stands for no date. */
const NO_DATE = /^(?:000[01]-|1970-01-01[T ]00:00:00)/;

/**
 * A date as it was written, null for none: whoever took any word for a date would call a run ended that goes on. A number is
 * the time since the epoch, and what is none of these says nothing.
 */
export function readDate(value: unknown, odd?: () => void): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && !NO_DATE.test(value.trim()) && instantOf(value) !== null) return value;
  if (value !== '') odd?.();
  const instant = typeof value === 'number' ? instantOf(value) : null;
  return instant === null ? null : new Date(instant).toISOString();
}

/** What stands in the place of a date and is none, as a sentence may show it. By the row as it was read: a copy knows nothing of it. */
const oddDates = new WeakMap<object, { dateStarted?: string; dateCompleted?: string }>();

type RunDate = 'dateStarted' | 'dateCompleted';

/** Words for no date, as some programs write them. */
const NOTHING = /^(?:|-+|null|nil|none|nan|n\/?a|undefined|false|0+)$/i;

/**
 * The same for a run, which tells how it stands by its dates alone. What tells a time in a form that is not read is kept as it was
 * written: the run did start or end, nobody knows when. Anything else but the words for nothing is no date, and a doubt that `oddDateOf` tells.
 */
export function readRunDate(row: Record<string, unknown>, name: RunDate, odd?: () => void): string | null {
  const value = row[name];
  const date = readDate(value, odd);
  if (date !== null || value === null || value === undefined) return date;
  const text = shownDate(value);
  const isNothing = NOTHING.test(text) || NO_DATE.test(text);
  if (isNothing) return null;
  if (typeof value === 'string' && /\d{4}/.test(text) && /\D/.test(text)) return value;
  oddDates.set(row, { ...oddDates.get(row), [name]: shortened(text, 30) });
  anyOdd = true;
  return null;
}

function shownDate(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value !== 'object' || value === null) return String(value);
  if (Object.keys(value).length === 0) return '';
  return Array.isArray(value) ? '[…]' : '{…}';
}

/** Hardly any platform has one, and who looks at thousands of runs need not ask for each then. */
let anyOdd = false;

/** What stands in the place of this date of a run and is none; null where it has a date, or nothing. */
export function oddDateOf(run: object, name: RunDate): string | null {
  return anyOdd ? (oddDates.get(run)?.[name] ?? null) : null;
}
