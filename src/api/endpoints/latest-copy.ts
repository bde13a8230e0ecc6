import type { RescaleFile, Run } from '../client/types';
import { instantOf } from '../time/dates';

/*
 * A list that is put together from several copies of the platform's data, or changes while it is put together, may hold one row twice, as
 * it was and as it is. Which stands first says nothing: the later state counts.
 */

/** True when the first is known to be the later state of the two. */
export type IsLater<Row> = (one: Row, other: Row) => boolean;

/** What a run has gone through it does not go back to, but for one that is begun anew, of which the next reading tells. */
export const isLaterRun: IsLater<Run> = (one, other) => {
  const [further, behind] = [progressOf(one), progressOf(other)];
  if (further !== behind) return further > behind;
  return isAfter(one.dateCompleted, other.dateCompleted) || isAfter(one.dateStarted, other.dateStarted);
};

export const isLaterFile: IsLater<RescaleFile> = (one, other) => {
  if (one.dateUploaded && other.dateUploaded) return isAfter(one.dateUploaded, other.dateUploaded);
  return Boolean(one.dateUploaded) && !other.dateUploaded;
};

function progressOf({ dateStarted, dateCompleted }: Run): number {
  return dateCompleted ? 2 : dateStarted ? 1 : 0;
}

function isAfter(one: string | null | undefined, other: string | null | undefined): boolean {
  return (instantOf(one) ?? NaN) > (instantOf(other) ?? NaN);
}

/** The rows of one page, each copy of a row as the latest of them is. */
export function withLatestCopies<Row>(
  rows: Row[],
  identity: (row: Row) => string,
  isLater: IsLater<Row>,
): Row[] {
  const latest = new Map<string, Row>();
  for (const row of rows) {
    const id = identity(row);
    const known = latest.get(id);
    if (known === undefined || isLater(row, known)) latest.set(id, row);
  }
  return latest.size === rows.length ? rows : rows.map((row) => latest.get(identity(row))!);
}
