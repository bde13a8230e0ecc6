/**
 * `2015-02-18T03:09:14.667000Z`: the platform writes microseconds.
 * @param instant ms since the epoch @param microseconds of the millisecond; default the instant's own
 */
export function isoMicroseconds(instant: number, microseconds = ownMicroseconds(instant)): string {
  return `${new Date(instant).toISOString().slice(0, -1)}${String(microseconds).padStart(3, '0')}Z`;
}

const ownMicroseconds = (instant: number) => Math.floor((instant - Math.floor(instant)) * 1000);

/** `[2020-03-06T12:10:13Z]`: the form of process_output.log. */
export function isoSeconds(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** `2014-11-12T14:56:50.641761-07:00`, a form that files also come in (docs/platform.md, "Dates"). */
export function isoWithOffset(instant: number, microseconds: number, offsetHours: number): string {
  const local = isoMicroseconds(instant + offsetHours * 3_600_000, microseconds).slice(0, -1);
  const sign = offsetHours < 0 ? '-' : '+';
  return `${local}${sign}${String(Math.abs(offsetHours)).padStart(2, '0')}:00`;
}
