import type { Baseline, JobStanding, RunMark, WatchedJob } from './watched-job';
import type { WatchEvent } from './watch-event';

/** What a watch keeps beside its jobs. Survives JSON. */
export interface WatchRoot {
  origin: string;
  scope: 'jobs' | 'all';
  /** Added and removed by message. */
  added: string[];
  removed: string[];
  paused: boolean;
  /** What is new at the next reading may have happened while nobody watched. */
  late: boolean;
  /** All jobs: the platform's instant of the newest job seen, ms since the epoch; null before the first list. */
  newest: number | null;
  /** All jobs: those made about then or later that were seen. */
  recent: string[];
  /** All jobs: the next list is a baseline of which nothing is told. */
  anew: boolean;
  /** All jobs: those that were not submitted when they were last listed. */
  drafts: string[];
  /** All jobs: the last ones that were told to their end. */
  done: string[];
  /** Which process wrote this, and when it closed the watch, ms since the epoch; null while it is open. */
  process: string;
  closedAt: number | null;
}

export const ROOT_KEY = 'watch';

export function newRoot(origin: string, scope: WatchRoot['scope'], process: string): WatchRoot {
  return {
    origin,
    scope,
    added: [],
    removed: [],
    paused: false,
    late: false,
    newest: null,
    recent: [],
    anew: false,
    drafts: [],
    done: [],
    process,
    closedAt: null,
  };
}

/** Null for what is not a root: state is a file that anything may have happened to. */
export function readRoot(value: unknown): WatchRoot | null {
  if (!isRecord(value) || typeof value.origin !== 'string') return null;
  if (value.scope !== 'jobs' && value.scope !== 'all') return null;
  return {
    origin: value.origin,
    scope: value.scope,
    added: strings(value.added),
    removed: strings(value.removed),
    paused: value.paused === true,
    late: value.late === true,
    newest: typeof value.newest === 'number' ? value.newest : null,
    recent: strings(value.recent),
    anew: value.anew === true,
    drafts: strings(value.drafts),
    done: strings(value.done),
    process: typeof value.process === 'string' ? value.process : '',
    closedAt: typeof value.closedAt === 'number' ? value.closedAt : null,
  };
}

const MARKS: readonly RunMark[] = ['started', 'over', 'gone', 'succeeded', 'failed', 'stopped', 'unknown'];

const STANDINGS: readonly JobStanding[] = ['unknown', 'open', 'old', 'past', 'told'];

/** Null for what is not the state of this job. Parts that can't be read are left out. */
export function readWatchedJob(value: unknown, jobId: string): WatchedJob | null {
  if (!isRecord(value) || value.jobId !== jobId || !isRecord(value.runs)) return null;
  const runs = Object.entries(value.runs).filter((entry): entry is [string, RunMark] =>
    MARKS.includes(entry[1] as RunMark),
  );
  const awaiting = Object.entries(isRecord(value.awaiting) ? value.awaiting : {}).flatMap(([runId, end]) =>
    isRecord(end) && typeof end.detectedAt === 'number'
      ? [[runId, { detectedAt: end.detectedAt, late: end.late === true }] as const]
      : [],
  );
  const outbox = Array.isArray(value.outbox) ? value.outbox.filter(isEvent) : [];
  return {
    jobId,
    baselined: value.baselined === true,
    baseline: readBaseline(value.baseline),
    since: typeof value.since === 'number' ? value.since : 0,
    runs: Object.fromEntries(runs),
    awaiting: Object.fromEntries(awaiting),
    job: STANDINGS.find((standing) => standing === value.job) ?? 'unknown',
    // Rounds are counted anew in each process.
    baselineRound: null,
    outbox,
  };
}

function readBaseline(value: unknown): Baseline | null {
  if (!isRecord(value)) return null;
  if (value.from === 'now' || value.from === 'all' || value.from === 'begin') return { from: value.from };
  return value.from === 'hours' && typeof value.hours === 'number'
    ? { from: 'hours', hours: value.hours }
    : null;
}

function isEvent(value: unknown): value is WatchEvent {
  return (
    isRecord(value) &&
    ['started', 'completed', 'job'].includes(String(value.event)) &&
    typeof value.eventId === 'string' &&
    typeof value.jobId === 'string'
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
