import { shortened } from '../../api/errors/shown-value';
import { oddDateOf } from '../../api/endpoints/row-dates';
import { instantOf, USUAL_DATE } from '../../api/time/dates';
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
export const ACTIVE_STATUSES: ReadonlySet<string> = new Set([
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
  return TERMINAL_STATUSES.has(normalisedStatus(status));
}

/**
 * The job's last status as a sentence may show it, where it is a word that no list of ours knows; null for one that is known, and where
 * there is none. Such a job counts as going on, which may be wrong: whoever waits for it has to say so.
 */
export function unknownStatus(statuses: readonly JobStatus[] | null): string | null {
  const latest = latestStatus(statuses ?? []);
  if (latest === null) return null;
  const word = normalisedStatus(latest.status);
  if (word === 'stopping' || ACTIVE_STATUSES.has(word) || TERMINAL_STATUSES.has(word)) return null;
  return shortened(latest.status, LONGEST_SHOWN);
}

/** A status without case, spaces and underscores, for comparing. */
export function normalisedStatus(status: string): string {
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

/** Dates of runs, files and statuses that differ by less (ms) are one, written with another precision. */
export const DATE_PRECISION = 1_000;

/** Milliseconds since the epoch; NaN for a date that can't be read, which compares as neither earlier nor later. */
export function instant(date: string | null | undefined): number {
  // Nearly all are as the platform writes them, and lists have thousands.
  return (typeof date === 'string' && USUAL_DATE.test(date) && Date.parse(date)) || (instantOf(date) ?? NaN);
}

/**
 * Why the date of a run's end does not say when it ended. `unread`: it can't be read. `ahead`: it has not come yet. `before-start`:
 * the run started later. `none`: what stands in its place is no date, so that it is not known either whether the run has ended.
 */
export interface EndDoubt {
  kind: 'unread' | 'ahead' | 'before-start' | 'none';
  /** As the platform wrote it, shortened. */
  date: string;
}

type Dates = Pick<Run, 'dateStarted' | 'dateCompleted'>;

/** A platform that writes local time without a zone is up to 14 hours ahead, and a machine's clock may be wrong as well (ms). */
const AHEAD = 86_400_000;
/** The clocks of what starts a run and what ends it may differ by so much (ms). */
const SKEW = 60_000;
const LONGEST_DATE = 40;

/** Null where nothing speaks against the date, and where there is none. `now` is the platform's time of day, ms since the epoch. */
export function endDoubt(run: Dates, now: number): EndDoubt | null {
  if (!run.dateCompleted) return oddEnd(run);
  const end = instant(run.dateCompleted);
  const date = run.dateCompleted.slice(0, LONGEST_DATE);
  if (Number.isNaN(end)) return { kind: 'unread', date };
  if (end > now + AHEAD) return { kind: 'ahead', date };
  return instant(run.dateStarted) > end + SKEW ? { kind: 'before-start', date } : null;
}

/** The doubt whether the run has ended at all. */
function oddEnd(run: Dates): EndDoubt | null {
  const date = oddDateOf(run, 'dateCompleted');
  return date === null ? null : { kind: 'none', date };
}

/** A run, and what speaks against the date of its end. */
export interface DoubtedRun {
  runId: string;
  doubt: EndDoubt;
}

/** The runs of which it is not known whether they have ended at all. */
export function oddEnds(runs: Iterable<Run>): DoubtedRun[] {
  const odd: DoubtedRun[] = [];
  for (const run of runs) {
    const doubt = run.dateCompleted ? null : oddEnd(run);
    if (doubt) odd.push({ runId: run.id, doubt });
  }
  return odd;
}

/** False for a run that goes on, and where only a date says that it does not, which can't be right. */
export function hasSurelyEnded(run: Dates, now: number): boolean {
  if (!run.dateCompleted) return false;
  const doubt = endDoubt(run, now);
  return doubt === null || doubt.kind === 'unread';
}

/**
 * True where nothing or a date alone says that the run has ended, and that date has not come yet or can't be right: whoever reads what
 * it writes has to ask for that to know. A date of less than a day ahead gives no doubt, and is no end either while the run goes on.
 */
export function mayGoOn(run: Dates, now: number): boolean {
  return !hasSurelyEnded(run, now) || instant(run.dateCompleted) > now + SKEW;
}

/** False for a run of which there is nothing but its place in the list. */
export function hasBegun(run: Dates | null | undefined): boolean {
  if (!run) return false;
  if (run.dateStarted || run.dateCompleted) return true;
  return oddDateOf(run, 'dateStarted') !== null || oddDateOf(run, 'dateCompleted') !== null;
}

/** A part of a sentence; English like an outcome, because flows read it. */
export function doubtPhrase({ kind, date }: EndDoubt): string {
  switch (kind) {
    case 'unread':
      return `its end date “${date}” can’t be read`;
    case 'ahead':
      return `its end date ${date} has not come yet`;
    case 'before-start':
      return `its end date ${date} lies before its start`;
    case 'none':
      return `“${date}” stands where its end date should`;
  }
}
