import type { Baseline, JobStanding, RunMark, WatchedJob } from './watched-job';
import { WATCH_EVENTS, type WatchEvent } from './watch-event';

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
  /** Since when it is watched, by this machine's clock, ms since the epoch. */
  since: number;
  /** Which process wrote this, and when it closed the watch, ms since the epoch; null while it is open. */
  process: string;
  closedAt: number | null;
}

export const ROOT_KEY = 'watch';

export function newRoot(
  origin: string,
  scope: WatchRoot['scope'],
  process: string,
  since: number,
): WatchRoot {
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
    since,
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
    since: isNumber(value.since) ? value.since : 0,
    process: typeof value.process === 'string' ? value.process : '',
    closedAt: typeof value.closedAt === 'number' ? value.closedAt : null,
  };
}

const MARKS: readonly RunMark[] = [
  'started',
  'old',
  'over',
  'gone',
  'succeeded',
  'failed',
  'stopped',
  'unknown',
];

const STANDINGS: readonly JobStanding[] = ['unknown', 'open', 'old', 'past', 'told', 'silent'];

/** Null for what is not the state of this job. Parts that can't be read are left out. */
export function readWatchedJob(value: unknown, jobId: string): WatchedJob | null {
  if (!isRecord(value) || value.jobId !== jobId || !isRecord(value.runs)) return null;
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
    takenWith: readBaseline(value.takenWith),
    runs: entriesOf(value.runs, isMark),
    ends: entriesOf(value.ends, isNumber),
    again: entriesOf(value.again, isMark),
    overdue: entriesOf(value.overdue, isNumber),
    waiting: entriesOf(value.waiting, isNumber),
    awaiting: Object.fromEntries(awaiting),
    job: STANDINGS.find((standing) => standing === value.job) ?? 'unknown',
    jobEnd: isNumber(value.jobEnd) ? value.jobEnd : null,
    // Rounds are counted anew in each process.
    baselineRound: null,
    outbox,
  };
}

function isMark(value: unknown): value is RunMark {
  return MARKS.includes(value as RunMark);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** The entries whose values are what they should be. */
function entriesOf<Value>(value: unknown, fits: (item: unknown) => item is Value): Record<string, Value> {
  const entries = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => fits(entry[1])));
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
    WATCH_EVENTS.includes(value.event as WatchEvent['event']) &&
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
