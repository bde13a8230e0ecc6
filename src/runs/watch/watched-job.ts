import { byId } from '../tasks/by-id';
import type { OutcomeResult } from '../run/outcome';
import type { WatchEvent, WatchEventKind } from './watch-event';

/**
 * How far a run has been told: `over` is an end whose outcome was not asked for, `old` one from before the watch began, of
 * which nothing was told, `doubtful` an unknown one with something that speaks against a success.
 */
export type RunMark = 'started' | 'old' | 'over' | 'gone' | 'doubtful' | OutcomeResult;

export function isMarkedOver(mark: RunMark | undefined): mark is RunMark {
  return mark !== undefined && mark !== 'started' && mark !== 'gone';
}

/** What a watch knows and owes about one job. Survives JSON. */
export interface WatchedJob {
  jobId: string;
  /** False until a first good reading told what is old and what is news. */
  baselined: boolean;
  /** Which of what there was before is told all the same; default `settings`. */
  baseline: Baseline | null;
  /** Since when it is watched, ms since the epoch by this machine's clock. */
  since: number;
  /** What the settings wanted told when the baseline was taken; null where that is not known, or was its own. */
  takenWith: Baseline | null;
  runs: Record<string, RunMark>;
  /** The platform's instants (ms) of the ends that are marked, because a run may begin anew under its id. */
  ends: Record<string, number>;
  /** What a run that has begun anew was marked as before; its end may come back, when a list is behind. */
  again: Record<string, RunMark>;
  /** Runs that were told to compute, or to wait, for too long: the platform's instants (ms) from which that counted. */
  overdue: Record<string, number>;
  waiting: Record<string, number>;
  /** Ends that were seen and wait for their outcome. */
  awaiting: Record<string, { detectedAt: number; late: boolean }>;
  job: JobMark;
  /** The platform's instant (ms) of the job's last end that was taken up; null when none was, or that is not known. */
  jobEnd: number | null;
  /** The round in which the runs were baselined; null when that is not known any more. */
  baselineRound: number | null;
  /** Written, and not yet known to be sent. */
  outbox: WatchEvent[];
}

/**
 * `unknown`: its status was not read yet. `open`: its end is news. `old`: it was over when it was first looked at, and
 * its end is not told. `past`: the same, but the settings want it told. `told`: there is nothing more to tell; `silent`: the same,
 * and its end was not told because it was old.
 */
type JobMark = 'unknown' | 'open' | 'old' | 'past' | 'told' | 'silent';

/**
 * What is told of the time before the watch of a job began. `begin`: nothing is old, because the job itself is new
 * and was found while the watch was on. `end`: it was told to its end then (the platform's instant, ms), and goes on.
 */
export type Baseline =
  | { from: 'now' }
  | { from: 'all' }
  | { from: 'hours'; hours: number }
  | { from: 'begin' }
  | { from: 'end'; at: number };

export interface WatchSettings {
  origin: string;
  events: ReadonlySet<WatchEventKind>;
  outcome: boolean;
  /** A completed run is told when its files are listed, or were waited for in vain. */
  files: boolean;
  /** A run that has computed for longer (ms) is told; 0 = none. */
  overdue: number;
  /** A run that has not started so long (ms) after its job was submitted is told; 0 = none. */
  waiting: number;
  baseline: Baseline;
  /** ms. */
  interval: number;
}

/** Under which circumstances a reading is looked at. */
export interface WatchMoment {
  /** By this machine's clock, ms since the epoch: for people. */
  now: number;
  /** When the watch of the job began, by the platform's clock, ms since the epoch. */
  since: number;
  /** What is new in this reading happened while nobody watched. */
  late: boolean;
  /** The platform's time at the first look of this watch, ms since the epoch: what happened after it is not late, whenever it is told. */
  firstLook?: number | undefined;
  /** The job's list of runs, which was empty until now, has some: they may have been there all the time. */
  firstRuns?: boolean;
  /** The state is an older copy, so that what looks new may have been sent. */
  redelivered: boolean;
}

export function beginWatch(jobId: string, now: number, baseline: Baseline | null): WatchedJob {
  return {
    jobId,
    baselined: false,
    baseline,
    since: now,
    takenWith: null,
    runs: byId(),
    ends: byId(),
    again: byId(),
    overdue: byId(),
    waiting: byId(),
    awaiting: byId(),
    job: 'unknown',
    jobEnd: null,
    baselineRound: null,
    outbox: [],
  };
}

/** True when nothing more is to be told of the job. */
export function isTold(state: WatchedJob): boolean {
  return (state.job === 'told' || state.job === 'silent') && state.outbox.length === 0;
}

/** The platform's instant (ms) of the last end in the job. One that is yet to come would make old what comes before it. */
export function lastEnd({ jobEnd, ends }: WatchedJob, platformNow: number): number {
  let last = jobEnd ?? platformNow;
  for (const end of Object.values(ends)) if (end > last) last = end;
  return Math.min(last, platformNow);
}

/** Whoever changes a state changes a copy: what is being written stays as it is. */
export function copyOf(state: WatchedJob): WatchedJob {
  return {
    ...state,
    runs: byId(state.runs),
    ends: byId(state.ends),
    again: byId(state.again),
    awaiting: byId(state.awaiting),
    overdue: byId(state.overdue),
    waiting: byId(state.waiting),
  };
}
