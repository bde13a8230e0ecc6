import type { OutcomeResult } from '../run/outcome';
import type { WatchEvent, WatchEventKind } from './watch-event';

/** How far a run has been told: `over` is an end whose outcome was not asked for. */
export type RunMark = 'started' | 'over' | 'gone' | OutcomeResult;

/** What a watch knows and owes about one job. Survives JSON. */
export interface WatchedJob {
  jobId: string;
  /** False until a first good reading told what is old and what is news. */
  baselined: boolean;
  /** Which of what there was before is told all the same; `settings` unless told. */
  baseline: Baseline | null;
  /** Since when it is watched, ms since the epoch by this machine's clock. */
  since: number;
  runs: Record<string, RunMark>;
  /** Ends that were seen and wait for their outcome. */
  awaiting: Record<string, { detectedAt: number; late: boolean }>;
  job: JobStanding;
  /** The round in which the runs were baselined; null when that is not known any more. */
  baselineRound: number | null;
  /** Written, and not yet known to be sent. */
  outbox: WatchEvent[];
}

/**
 * `unknown`: its status was not read yet. `open`: its end is news. `old`: it was over when it was first looked at, and
 * its end is not told. `past`: the same, but the settings want it told. `told`: there is nothing more to tell.
 */
export type JobStanding = 'unknown' | 'open' | 'old' | 'past' | 'told';

/**
 * What is told of the time before the watch of a job began. `begin`: nothing is old, because the job itself is new
 * and was found while the watch was on.
 */
export type Baseline =
  { from: 'now' } | { from: 'all' } | { from: 'hours'; hours: number } | { from: 'begin' };

export interface WatchSettings {
  origin: string;
  events: ReadonlySet<WatchEventKind>;
  outcome: boolean;
  baseline: Baseline;
  /** ms. */
  interval: number;
}

/** Under which circumstances a reading is looked at. */
export interface WatchMoment {
  now: number;
  /** What is new in this reading happened while nobody watched. */
  late: boolean;
  /** The state is an older copy, so that what looks new may have been sent. */
  redelivered: boolean;
}

export function beginWatch(jobId: string, now: number, baseline: Baseline | null): WatchedJob {
  return {
    jobId,
    baselined: false,
    baseline,
    since: now,
    runs: {},
    awaiting: {},
    job: 'unknown',
    baselineRound: null,
    outbox: [],
  };
}

/** True when nothing more is to be told of the job. */
export function isTold(state: WatchedJob): boolean {
  return state.job === 'told' && state.outbox.length === 0;
}
