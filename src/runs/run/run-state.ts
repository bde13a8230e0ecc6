import { shortened } from '../../api/errors/shown-value';
import { instantOf } from '../../api/time/dates';
import type { JobStatus, Run } from '../../api/client/types';

/**
 * `pending` has no dates, `running` has a start, `completed` has an end. `ended`: the job is over, and the platform
 * never gave this run an end (docs/platform.md: dates are all that a run tells about itself).
 */
export type RunState = 'pending' | 'running' | 'completed' | 'ended';

/**
 * The statuses after which a job does not go on, as real clients know them (docs/platform.md). No list is
 * official, so a status that is not here is not terminal: better to wait on than to call a running job finished.
 */
const TERMINAL_STATUSES = new Set([
  'completed',
  'forcestop',
  'forcestopped',
  'stopped',
  'failed',
  'terminated',
  'cancelled',
  'canceled',
]);

/** What a job goes through on its way, never on its way out (docs/platform.md, "Jobs"). */
export const GOING_ON_STATUSES: ReadonlySet<string> = new Set([
  'pending',
  'queued',
  'validated',
  'waitingforcluster',
  'waitingforqueue',
  'started',
  'executing',
]);

/** Characters of an unknown status that are shown. */
const LONGEST_SHOWN = 30;

/** How a run stands. `jobEnded`: the job's status was terminal at two readings, with the list read in between. */
export function runState(run: Pick<Run, 'dateStarted' | 'dateCompleted'>, jobEnded = false): RunState {
  if (run.dateCompleted) return 'completed';
  if (jobEnded) return 'ended';
  return run.dateStarted ? 'running' : 'pending';
}

/** True for `completed` and `ended`. */
export function isOver(state: RunState): boolean {
  return state === 'completed' || state === 'ended';
}

/** Case and spaces differ between versions and clients (`Force Stop`, `force_stop`): both are ignored. */
export function isTerminalStatus(status: string): boolean {
  return TERMINAL_STATUSES.has(plain(status));
}

/**
 * The job's last status as a sentence may show it, where it is a word that no list of ours knows; null for one that is known, and where
 * there is none. Such a job counts as going on, which may be wrong: whoever waits for it has to say so.
 */
export function unknownStatus(statuses: readonly JobStatus[] | null): string | null {
  const latest = latestStatus(statuses ?? []);
  if (latest === null) return null;
  const word = plain(latest.status);
  if (word === 'stopping' || GOING_ON_STATUSES.has(word) || TERMINAL_STATUSES.has(word)) return null;
  return shortened(latest.status, LONGEST_SHOWN);
}

/** A status without case, spaces and underscores, for comparing. */
export function plain(status: string): string {
  return String(status)
    .toLowerCase()
    .replace(/[\s_-]/g, '');
}

/**
 * The newest row of a status history by its date, null for an empty one. Rows are compared as instants because the
 * platform writes dates in several forms (docs/platform.md); of equal ones the first listed is the newest.
 */
export function latestStatus(statuses: readonly JobStatus[]): JobStatus | null {
  let latest: JobStatus | null = null;
  for (const row of statuses) {
    if (latest === null || instant(row.statusDate) > instant(latest.statusDate)) latest = row;
  }
  return latest;
}

/** Milliseconds since the epoch; NaN for a date that can't be read, which compares as neither earlier nor later. */
export function instant(date: string | null | undefined): number {
  return instantOf(date) ?? NaN;
}

/** Ends that differ by less (ms) are one, written with another precision. */
const PRECISION = 1_000;

/** False when the run has begun anew under its id since: its end is gone, or it is another one. */
export function isSameEnd(
  before: Pick<Run, 'dateCompleted'>,
  now: Pick<Run, 'dateStarted' | 'dateCompleted'>,
): boolean {
  if (!now.dateCompleted) return false;
  return !(Math.abs(instant(now.dateCompleted) - instant(before.dateCompleted)) > PRECISION);
}
