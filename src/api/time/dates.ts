/**
 * The instant (ms since the epoch) of a date of the platform, null for none. It writes them with `Z`, with an offset and without
 * either; without a zone they are UTC, whatever zone this machine is in (docs/platform.md, dates).
 */
export function instantOf(date: string | null | undefined): number | null {
  if (typeof date !== 'string') return null;
  const text = date.trim();
  const withoutZone = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?$/.test(text);
  const instant = Date.parse(withoutZone && text.length > 10 ? `${text.replace(' ', 'T')}Z` : text);
  return Number.isNaN(instant) ? null : instant;
}
