import type { Run } from '../../api/client/types';
import { hasJobEnded, progressOf, stateIn, terminalStatus, type JobReading } from '../run/job-reading';
import { decideJobOutcome, type Outcome } from '../run/outcome';
import { instant, isOver } from '../run/run-state';
import { jobSummary, runDuration, runSummary, startSummary } from '../run/summary';
import { judgeJob, takeBaseline } from './watch-baseline';
import { eventIdOf, inOrder, type WatchEvent, type WatchEventKind } from './watch-event';
import type { RunMark, WatchedJob, WatchMoment, WatchSettings } from './watched-job';

export interface WatchStep {
  state: WatchedJob;
  changed: boolean;
  /** Runs whose outcome is needed to go on. */
  wanted: string[];
  /** Runs that were listed and are no more. */
  gone: string[];
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
  changed = judgeJob(state, reading, settings, moment) || changed;
  const first = !before.baselined && before.baseline?.from !== 'begin';
  const late = moment.late || first || state.job === 'past';
  const asksHow = settings.outcome && (settings.events.has('completed') || settings.events.has('job'));
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
    if (runNow === 'ended' && state.job === 'old') {
      state.runs[runId] = 'over';
      changed = true;
      continue;
    }
    const outcome = reading.outcomes.get(runId) ?? null;
    const seen = state.awaiting[runId] ?? { detectedAt: moment.now, late };
    if (asksHow && !outcome) {
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

  if (state.job !== 'told' && wanted.length === 0 && hasJobEnded(reading)) {
    const outcome = settings.outcome ? jobOutcome(state, reading) : null;
    const date = terminalStatus(reading)?.statusDate ?? null;
    if (state.job !== 'old') make('job', { runId: null, run: null, outcome, date, late });
    state.job = 'told';
    changed = true;
  }

  if (events.length > 0) state.outbox = [...state.outbox, ...inOrder(events)];
  return { state, changed, wanted, gone };
}

function isToldOver(mark: RunMark | undefined): boolean {
  return mark !== undefined && mark !== 'started' && mark !== 'gone';
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
