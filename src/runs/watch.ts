import type { Run } from '../api/types';
import { hasJobEnded, progressOf, stateIn, terminalStatus, type JobReading } from './job-reading';
import { decideJobOutcome, type Outcome, type OutcomeResult } from './outcome';
import { instant, isOver } from './run-state';
import { jobSummary, runDuration, runSummary, startSummary } from './summary';
import { eventIdOf, inOrder, type WatchEvent, type WatchEventKind } from './watch-event';

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
  jobTold: boolean;
  /** Written, and not yet known to be sent. */
  outbox: WatchEvent[];
}

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

export interface WatchStep {
  state: WatchedJob;
  changed: boolean;
  /** Runs whose outcome is needed to go on. */
  wanted: string[];
  /** Runs that were listed and are no more. */
  gone: string[];
}

export function beginWatch(jobId: string, now: number, baseline: Baseline | null): WatchedJob {
  return {
    jobId,
    baselined: false,
    baseline,
    since: now,
    runs: {},
    awaiting: {},
    jobTold: false,
    outbox: [],
  };
}

/** True when nothing more is to be told of the job. */
export function isTold(state: WatchedJob): boolean {
  return state.jobTold && state.outbox.length === 0;
}

/**
 * One reading after another turns into events, each once: pure, so that the state it returns can be written before
 * anything is sent. An event comes when its evidence is there; a job's comes after those of its runs.
 */
export function stepWatch(
  before: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  moment: WatchMoment,
): WatchStep {
  if (reading.jobGone) return { state: before, changed: false, wanted: [], gone: [] };
  let old: WatchedJob | null = before;
  if (!before.baselined) old = takeBaseline(before, reading, settings, moment);
  if (!old) return { state: before, changed: false, wanted: [], gone: [] };

  const state: WatchedJob = { ...old, runs: { ...old.runs }, awaiting: { ...old.awaiting } };
  const events: WatchEvent[] = [];
  const wanted: string[] = [];
  const gone: string[] = [];
  let changed = !before.baselined;
  const late = moment.late || (!before.baselined && before.baseline?.from !== 'begin');
  const make = (event: WatchEventKind, news: Omit<News, 'event'>) => {
    if (settings.events.has(event)) events.push(eventOf(settings, reading, moment, { ...news, event }));
  };

  for (const [runId, run] of reading.runs) {
    const mark = state.runs[runId];
    const runNow = stateIn(reading, run);
    if (!mark && run.dateStarted) {
      state.runs[runId] = 'started';
      changed = true;
      make('started', { runId, run, outcome: null, date: run.dateStarted, late });
    }
    if (!isOver(runNow) || isToldOver(mark)) continue;
    const outcome = reading.outcomes.get(runId) ?? null;
    const seen = state.awaiting[runId] ?? { detectedAt: moment.now, late };
    if (settings.outcome && !outcome) {
      wanted.push(runId);
      changed ||= !(runId in state.awaiting);
      state.awaiting[runId] = seen;
      continue;
    }
    delete state.awaiting[runId];
    state.runs[runId] = outcome?.result ?? 'over';
    changed = true;
    const date = run.dateCompleted ?? terminalStatus(reading)?.statusDate ?? null;
    make('completed', { runId, run, outcome, date, late: seen.late, detectedAt: seen.detectedAt });
  }

  for (const runId of reading.gone) {
    if (isToldOver(state.runs[runId]) || state.runs[runId] === 'gone') continue;
    state.runs[runId] = 'gone';
    delete state.awaiting[runId];
    gone.push(runId);
    changed = true;
  }

  if (!state.jobTold && wanted.length === 0 && hasJobEnded(reading)) {
    state.jobTold = true;
    changed = true;
    const outcome = settings.outcome ? jobOutcome(state, reading) : null;
    const date = terminalStatus(reading)?.statusDate ?? null;
    make('job', { runId: null, run: null, outcome, date, late });
  }

  if (events.length > 0) state.outbox = [...state.outbox, ...inOrder(events)];
  return { state, changed, wanted, gone };
}

function isToldOver(mark: RunMark | undefined): boolean {
  return mark !== undefined && mark !== 'started' && mark !== 'gone';
}

/** Longer than this (ms) without a first reading, and what ended since is news although it is there already. */
const LONG_SILENCE = 120_000;

/**
 * Marks what is old: everything that had happened before the watch began, except what the settings want told. Null
 * while the reading does not tell enough, because what is marked as old by mistake would never be told.
 */
function takeBaseline(
  state: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  { now }: WatchMoment,
): WatchedJob | null {
  if (!reading.complete || reading.statuses === null || reading.at < state.since) return null;
  const ended = hasJobEnded(reading);
  if (terminalStatus(reading) && !ended) return null;

  const baseline = state.baseline ?? settings.baseline;
  const silence = now - state.since;
  const isNews = (date: string | null): boolean => {
    if (baseline.from === 'all' || baseline.from === 'begin') return true;
    if (baseline.from === 'hours') return instant(date) >= now - baseline.hours * 3_600_000;
    return silence > Math.max(LONG_SILENCE, 2 * settings.interval) && instant(date) >= state.since;
  };
  const runs: Record<string, RunMark> = {};
  for (const [runId, run] of reading.runs) {
    const over = isOver(stateIn(reading, run));
    const end = run.dateCompleted ?? terminalStatus(reading)?.statusDate ?? null;
    if (over && !isNews(end)) runs[runId] = 'over';
    else if (run.dateStarted && !isNews(run.dateStarted)) runs[runId] = 'started';
  }
  const jobTold = ended && !isNews(terminalStatus(reading)?.statusDate ?? null);
  return { ...state, baselined: true, runs, jobTold };
}

/** Of runs that ended before the watch began nobody asked how: they count as not examined. */
function jobOutcome(state: WatchedJob, reading: JobReading): Outcome {
  const results = { total: reading.runs.size, succeeded: 0, failed: 0, stopped: 0 };
  for (const runId of reading.runs.keys()) {
    const mark = state.runs[runId];
    if (mark === 'succeeded' || mark === 'failed' || mark === 'stopped') results[mark] += 1;
  }
  return decideJobOutcome(reading.statuses, results);
}

interface News {
  event: WatchEventKind;
  runId: string | null;
  run: Run | null;
  outcome: Outcome | null;
  date: string | null;
  late: boolean;
  detectedAt?: number;
}

function eventOf(settings: WatchSettings, reading: JobReading, moment: WatchMoment, news: News): WatchEvent {
  const { event, runId, run, outcome, date } = news;
  const { jobId } = reading;
  const duration = event === 'job' ? jobDuration(reading) : event === 'completed' ? runDuration(run) : null;
  return {
    event,
    eventId: eventIdOf(
      settings.origin,
      jobId,
      runId,
      event,
      run && event === 'completed' ? run.dateCompleted : date,
    ),
    jobId,
    runId,
    run,
    outcome,
    summary: summaryOf(reading, news, duration),
    duration: duration === null ? null : duration / 1000,
    occurredAt: date,
    detectedAt: new Date(news.detectedAt ?? moment.now).toISOString(),
    late: news.late,
    redelivered: moment.redelivered,
    progress: progressOf(reading),
  };
}

function summaryOf(
  reading: JobReading,
  { event, runId, run, outcome }: News,
  duration: number | null,
): string {
  if (event === 'job') return jobSummary(reading.jobId, outcome, duration);
  if (event === 'started') return startSummary(reading.jobId, runId!);
  return runSummary(reading.jobId, runId!, run, stateIn(reading, run!), outcome);
}

/** From the first start of a run to the job's last status; null when nothing ever started. */
export function jobDuration(reading: JobReading): number | null {
  let first = Infinity;
  for (const run of reading.runs.values()) {
    const started = instant(run.dateStarted);
    if (started < first) first = started;
  }
  const duration = instant(terminalStatus(reading)?.statusDate) - first;
  return duration >= 0 && Number.isFinite(duration) ? duration : null;
}
