import { stateIn, terminalStatus, type JobReading } from '../run/job-reading';
import { instant, isOver } from '../run/run-state';
import type { RunMark, WatchedJob, WatchMoment, WatchSettings } from './watched-job';

/** Longer than this (ms) without a first reading, and what ended since is news although it is there already. */
const LONG_SILENCE = 120_000;

/**
 * Marks the runs that are old: whatever had happened to them before the watch began, except what the settings want
 * told. Null while the list is not whole, because what is taken for old by mistake would never be told.
 */
export function takeBaseline(
  state: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  { now }: WatchMoment,
): WatchedJob | null {
  if (!reading.complete || reading.at < state.since) return null;
  const runs: Record<string, RunMark> = {};
  for (const [runId, run] of reading.runs) {
    const over = isOver(stateIn(reading, run));
    if (over && !isNews(run.dateCompleted, state, settings, now)) runs[runId] = 'over';
    else if (run.dateStarted && !isNews(run.dateStarted, state, settings, now)) runs[runId] = 'started';
  }
  return { ...state, baselined: true, baselineRound: reading.round, runs };
}

/**
 * The same for the job, as soon as its status is known; `state` is changed in place, true when it was. A job that is
 * terminal in the round that baselined its runs was over before. In a later round it may have ended in between, and
 * then it is told rather than not.
 */
export function judgeJob(
  state: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  { now }: WatchMoment,
): boolean {
  if (reading.statuses === null) return false;
  const end = terminalStatus(reading);
  if (state.job === 'unknown') {
    const before = end !== null && state.baselineRound === reading.round && state.baseline?.from !== 'begin';
    if (!before) state.job = 'open';
    else state.job = isNews(end.statusDate, state, settings, now) ? 'past' : 'old';
    return true;
  }
  if ((state.job !== 'old' && state.job !== 'past') || end !== null) return false;
  state.job = 'open';
  return true;
}

function isNews(date: string | null, state: WatchedJob, settings: WatchSettings, now: number): boolean {
  const baseline = state.baseline ?? settings.baseline;
  if (baseline.from === 'all' || baseline.from === 'begin') return true;
  if (baseline.from === 'hours') return instant(date) >= now - baseline.hours * 3_600_000;
  const silence = now - state.since;
  return silence > Math.max(LONG_SILENCE, 2 * settings.interval) && instant(date) >= state.since;
}
