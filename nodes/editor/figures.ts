/** Dates, sizes and spans as a person reads them, in the reader's language and local time. */
import { language } from './texts';

const SPANS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** How long ago; '' for a date that is missing or is none. */
export function age(date: string | null | undefined, now = Date.now()): string {
  const instant = instantOf(date);
  if (instant === null) return '';
  const seconds = (instant - now) / 1000;
  const [unit, length] = SPANS.find(([, span]) => Math.abs(seconds) >= span) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(
    Math.round(seconds / length),
    unit,
  );
}

/** Day and time where the reader is; '' for a date that is missing or is none. */
export function localTime(date: string | null | undefined): string {
  const instant = instantOf(date);
  if (instant === null) return '';
  return new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' }).format(instant);
}

/** Milliseconds since the epoch. `new Date(null)` would be the year 1970, so what is no text is no date. */
function instantOf(date: unknown): number | null {
  if (typeof date !== 'string' || date.trim() === '') return null;
  const instant = Date.parse(date);
  return Number.isFinite(instant) ? instant : null;
}

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** '' where the size is not known. */
export function size(bytes: unknown): string {
  if (typeof bytes !== 'number') return '';
  const step = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const unitDisplay = step > 0 ? 'short' : 'long';
  const format = { style: 'unit', unit: SIZES[step], unitDisplay, maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat(language(), format).format(bytes / 1000 ** step);
}

/** Milliseconds as seconds: with two decimals below ten. */
export function seconds(milliseconds: number): string {
  const digits = milliseconds < 10_000 ? 2 : 0;
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  return new Intl.NumberFormat(language(), format).format(milliseconds / 1000);
}

/** A count or a price. */
export function figure(value: number): string {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: 4 }).format(value);
}
