import type { JobStatus, Run } from '../../api/client/types';
import { DATE_PRECISION, ACTIVE_STATUSES, instant, isTerminalStatus, normalisedStatus } from './run-state';

/**
 * The rows of a status history that tell of the job's last attempt or, given a run, of what came since the attempt that it belongs
 * to. A job that was brought to an end and goes on after it has been begun anew, and what was said before says nothing about what
 * came after. Rows without a readable date stay. `formerEnd` (ms): when the run ended before it began anew, where that was seen; its
 * start may be that of the first attempt.
 */
export function rowsOfAttempt(
  statuses: readonly JobStatus[],
  run: Pick<Run, 'dateStarted'> | null = null,
  formerEnd: number | null = null,
): readonly JobStatus[] {
  const oldestFirst = statuses
    .map((row) => ({ row, at: instant(row.statusDate) }))
    .filter(({ at }) => !Number.isNaN(at))
    .reverse()
    .sort((a, b) => a.at - b.at);
  const started = run ? instant(run.dateStarted) : Infinity;
  let earlier = 0;
  let ending = NaN;
  for (const [place, { row, at }] of oldestFirst.entries()) {
    const status = normalisedStatus(row.status);
    if (isTerminalStatus(row.status) || status === 'stopping') ending = at;
    else if (ACTIVE_STATUSES.has(status)) {
      // Of a run, its own start must lie after that end too: another one's may have begun the job anew.
      if (ending < started || (formerEnd !== null && at > formerEnd)) earlier = place;
      ending = NaN;
    }
  }
  const left = new Set(oldestFirst.slice(0, earlier).map(({ row }) => row));
  return left.size === 0 ? statuses : statuses.filter((row) => !left.has(row));
}

/**
 * When a job went on that had come to its end at `end`, ms since the epoch: by its first row after that which is none of an end. Null when it did
 * not. A history that is only behind says nothing, and a last row that is corrected is no other end.
 */
export function wentOnAt(statuses: readonly JobStatus[], end: number): number | null {
  const since = statuses
    .filter(({ status }) => !isTerminalStatus(status) && normalisedStatus(status) !== 'stopping')
    .map(({ statusDate }) => instant(statusDate))
    .filter((at) => at > end + DATE_PRECISION);
  return since.length === 0 ? null : Math.min(...since);
}

/** The platform's instant (ms) of a job's end; one whose date can't be read was there by `now`, when it was. */
export function endInstant(end: Pick<JobStatus, 'statusDate'> | null, now: number): number {
  const at = instant(end?.statusDate);
  return Number.isNaN(at) ? now : at;
}
