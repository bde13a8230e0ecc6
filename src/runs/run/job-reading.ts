import type { RescaleError } from '../../api/errors/errors';
import type { JobStatus, Run } from '../../api/client/types';
import type { Outcome } from './outcome';
import {
  endDoubt,
  instant,
  isOver,
  isTerminalStatus,
  latestStatus,
  runState,
  type DoubtedRun,
  type RunState,
} from './run-state';

/**
 * What is known about a job after a good answer. The collections are the tracker's own and move on with the next
 * reading: whoever needs them later copies what it needs.
 */
export interface JobReading {
  readonly jobId: string;
  /** The platform's time of day when it was read, ms since the epoch. */
  readonly platformNow: number;
  /** Counts rounds; several readings may be told of one, as it goes on and evidence comes. */
  readonly round: number;
  /** By run id, all runs ever listed and not gone, as last read. */
  readonly runs: ReadonlyMap<string, Run>;
  /** Every run that the job has is in `runs`. */
  readonly complete: boolean;
  /** So many more runs does the platform count than it shows, for good; nothing is known of them. */
  readonly unread: number;
  /** Runs that were listed and that the platform no longer knows. They are neither over nor in `runs`. */
  readonly gone: ReadonlySet<string>;
  /** The status history, null while it was never read. */
  readonly statuses: readonly JobStatus[] | null;
  /** How many readings in a row found the job's status terminal. */
  readonly terminalReadings: number;
  /** The whole list of runs was read again after the status was first found terminal. */
  readonly listedSinceTerminal: boolean;
  /** At so many rounds in a row the platform said that there is no such job. Everything else is then as last known. */
  readonly missing: number;
  /** It said so at three rounds that were begun since the reader of this asked. */
  readonly jobGone: boolean;
  /** Its words when it said so last. */
  readonly notFound: RescaleError | null;
  /** By run id, for runs that are over and whose outcome somebody wanted. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** By run id, for runs that are over and whose files somebody wanted: listed, or waited for in vain. */
  readonly filesListed: ReadonlyMap<string, boolean>;
}

/** Trouble with reading; it says nothing about the job. */
export interface Trouble {
  error: RescaleError;
  /** Since when nothing good came, on the monotonic clock, ms. */
  since: number;
  /** Nothing good ever came from this platform with this key. */
  neverReached?: boolean;
  /** Whether it is the key that is refused, or one job, is still to be seen. */
  undecided?: boolean;
}

export interface Progress {
  total: number;
  pending: number;
  running: number;
  /** Completed and ended ones. */
  completed: number;
}

/**
 * One terminal reading is not enough to call runs without an end `ended`: the status may have changed just after the
 * runs were listed. The second reading comes with a list of its own.
 */
export function isJobOver(reading: JobReading): boolean {
  return reading.terminalReadings >= 2;
}

export function stateIn(reading: JobReading, run: Run): RunState {
  return runState(run, isJobOver(reading));
}

/** A job has ended when its status is terminal and each of its runs is over. */
export function hasJobEnded(reading: JobReading): boolean {
  if (reading.jobGone || !reading.complete || !reading.listedSinceTerminal) return false;
  if (isJobOver(reading)) return true;
  // A job that is terminal without a run may not have listed them yet, so that is believed at the second reading only.
  if (reading.terminalReadings === 0 || reading.runs.size === 0) return false;
  for (const run of reading.runs.values()) {
    if (!run.dateCompleted) return false;
  }
  return true;
}

export function progressOf(reading: JobReading): Progress {
  const progress = { total: 0, pending: 0, running: 0, completed: 0 };
  for (const run of reading.runs.values()) {
    const state = stateIn(reading, run);
    progress.total += 1;
    if (isOver(state)) progress.completed += 1;
    else if (state === 'running') progress.running += 1;
    else progress.pending += 1;
  }
  return progress;
}

/** The runs whose end date can't be right, by their order in the job. */
export function doubtedRuns({ runs, platformNow }: JobReading): DoubtedRun[] {
  const doubted: (DoubtedRun & { order: number })[] = [];
  for (const run of runs.values()) {
    const doubt = endDoubt(run, platformNow);
    if (doubt) doubted.push({ runId: run.id, doubt, order: run.displayOrder });
  }
  return doubted.sort((one, other) => one.order - other.order);
}

/** The last row of the history, when it is terminal. */
export function terminalStatus(reading: JobReading): JobStatus | null {
  const latest = latestStatus(reading.statuses ?? []);
  return latest && isTerminalStatus(latest.status) ? latest : null;
}

/** From the first start of a run to the job's last status, ms; null when nothing ever started. */
export function jobDuration(reading: JobReading): number | null {
  let first = Infinity;
  for (const run of reading.runs.values()) {
    const started = instant(run.dateStarted);
    if (started < first) first = started;
  }
  const duration = instant(terminalStatus(reading)?.statusDate) - first;
  return duration >= 0 && Number.isFinite(duration) ? duration : null;
}
