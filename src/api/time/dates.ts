/**
 * The instant (ms since the epoch) of a date of the platform, null for none. It writes them with `Z`, with an offset and without
 * either; without a zone they are UTC, whatever zone this machine is in (docs/platform.md, dates). Other programs that answer in
 * its place write the rest: a comma before the fraction, an offset of hours, no separators, the day of the year or of the week, a
 * leap second, seconds or milliseconds since the epoch, and the forms of mail and logs that name the month or begin with the year.
 */
export function instantOf(date: string | number | null | undefined): number | null {
  if (typeof date === 'number') return ofNumber(date);
  if (typeof date !== 'string') return null;
  if (USUAL_DATE.test(date)) {
    const instant = Date.parse(date);
    if (!Number.isNaN(instant)) return instant;
  }
  const text = date.trim();
  const [, day, time] = COMPACT.exec(text) ?? [];
  if (day !== undefined) return ofIso(`${day}T${time}`) ?? null;
  if (/^\d{9,14}(?:\.\d*)?$/.test(text)) return ofNumber(Number(text));
  const instant = ofIso(text.replace(DAY_FIRST, '$3-$2-$1'));
  return instant === undefined ? ofWords(text) : instant;
}

/** As the platform writes nearly all of them. What counting begins with somewhere, such as 1970, is none of these. */
export const USUAL_DATE = /^(?:19[89]\d|2\d{3})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const CALENDAR = /(\d{4})-?(?:(\d\d)-?(\d\d)|W(\d\d)-?([1-7])|(\d{3}))/.source;
const CLOCK = /(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,20}))?)?/.source;
const OFFSET = / ?(?:z|utc|gmt|([+\-−])(\d\d)(?::?(\d\d))?)/.source;
const ISO = new RegExp(`^${CALENDAR}(?:[T ]${CLOCK}(?:${OFFSET})?)?$`, 'i');

/** All digits in a row; as milliseconds they would be centuries away. */
const COMPACT = /^((?:19|20)\d\d[01]\d[0-3]\d)([0-2]\d[0-5]\d[0-6]\d)$/;

/** Who writes points writes the day first. */
const DAY_FIRST = /^([0-3]\d)\.([01]\d)\.(\d{4})(?=\D|$)/;

const DAY = 86_400_000;

/** Undefined for what has another form, null for a date that no calendar or clock has. */
function ofIso(text: string): number | null | undefined {
  const parts = ISO.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, week, weekday, dayOfYear, hours, minutes, seconds, fraction] = parts;
  const [sign, offsetHours, offsetMinutes] = parts.slice(11);
  const date =
    month !== undefined
      ? ofMonth(Number(year), Number(month), Number(day))
      : week !== undefined
        ? ofWeek(Number(year), Number(week), Number(weekday))
        : ofDayOfYear(Number(year), Number(dayOfYear));
  if (date === null || hours === undefined) return date;
  const clock = ofClock(Number(hours), Number(minutes), Number(seconds ?? 0));
  const offset = offsetHours === undefined ? 0 : ofClock(Number(offsetHours), Number(offsetMinutes ?? 0), 0);
  if (clock === null || offset === null) return null;
  const milliseconds = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  return date + clock + milliseconds - (sign === '-' || sign === '−' ? -offset : offset);
}

function ofMonth(year: number, month: number, day: number): number | null {
  if (year < 1000 || month < 1 || month > 12 || day < 1) return null;
  const date = Date.UTC(year, month - 1, day);
  // Days up to 28 are in every month.
  return day <= 28 || new Date(date).getUTCDate() === day ? date : null;
}

function ofDayOfYear(year: number, day: number): number | null {
  if (year < 1000 || day < 1) return null;
  const date = Date.UTC(year, 0, day);
  return new Date(date).getUTCFullYear() === year ? date : null;
}

/** The first week of a year is the one with its fourth of January; weeks begin on Monday. */
function ofWeek(year: number, week: number, weekday: number): number | null {
  if (year < 1000 || week < 1 || week > 53) return null;
  const fourth = Date.UTC(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY;
  return monday + ((week - 1) * 7 + weekday - 1) * DAY;
}

/** Milliseconds since midnight. A leap second is the one after it, as computers count; 24:00 is the end of the day. */
function ofClock(hours: number, minutes: number, seconds: number): number | null {
  if (hours > 24 || minutes > 59 || seconds > 60 || (hours === 24 && minutes + seconds > 0)) return null;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

const MONTH = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b/i;
/** `01/02/2026` is the first or the second month, and so it is neither; a year before it all leaves no doubt. */
const YEAR_FIRST = /^\d{4}[/.]\d\d?[/.]\d\d?(?:\D|$)/;
const ZONE = /\b(?:z|utc|gmt|[ecmp][sd]t)\b|:\d\d(?:\.\d+)? ?[+-]\d\d:?\d\d|\dz$/i;

/** What Node.js reads beyond that. It takes nearly any word with a number for a date, so there must be signs of one. */
function ofWords(text: string): number | null {
  if (text.length < 10 || !/\d{4}/.test(text) || !(MONTH.test(text) || YEAR_FIRST.test(text))) return null;
  return known(Date.parse(ZONE.test(text) ? text : `${text} UTC`));
}

/** Seconds from 2001 to 5138, milliseconds from 1973 on; smaller numbers are no dates. */
const LEAST_SECONDS = 1e9;
const LARGEST_SECONDS = 1e11;

function ofNumber(date: number): number | null {
  if (!(date >= LEAST_SECONDS)) return null;
  return known(new Date(date < LARGEST_SECONDS ? date * 1000 : date).getTime());
}

function known(instant: number): number | null {
  return Number.isNaN(instant) ? null : instant;
}
