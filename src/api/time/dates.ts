/**
 * The instant (ms since the epoch) of a date of the platform, null for none. It writes them with `Z`, with an offset and without
 * either; without a zone they are UTC, whatever zone this machine is in (docs/platform.md, dates). Other programs that answer in
 * its place write the rest: a comma before the fraction, an offset of hours, seconds or milliseconds since the epoch.
 */
export function instantOf(date: string | number | null | undefined): number | null {
  if (typeof date === 'number') return ofNumber(date);
  if (typeof date !== 'string') return null;
  const text = date.trim();
  if (/^\d{9,14}(?:\.\d*)?$/.test(text)) return ofNumber(Number(text));
  const [, day, time, fraction, sign, hours, minutes] = WRITTEN.exec(text) ?? [];
  // A few digits are no date, though `Date.parse` takes them for one.
  if (day === undefined) return text.length < 10 ? null : known(Date.parse(text));
  const zone = hours === undefined ? 'Z' : `${sign}${hours}:${minutes ?? '00'}`;
  return known(Date.parse(`${day}T${time}${fraction ? `.${fraction}` : ''}${zone}`));
}

const WRITTEN =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,20}))? ?(?:z|utc|([+-])(\d\d)(?::?(\d\d))?)?$/i;

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
