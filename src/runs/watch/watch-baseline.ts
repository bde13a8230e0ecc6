import type { Run } from '../../api/client/types';
import { endInstant, wentOnAt } from '../run/attempts';
import { isJobOver, stateIn, terminalStatus, type JobReading } from '../run/job-reading';
import { DATE_PRECISION, instant, isOver, latestStatus } from '../run/run-state';
import { byId } from '../tasks/by-id';
import {
  isMarkedOver,
  type RunMark,
  type WatchedJob,
  type WatchMoment,
  type WatchSettings,
} from './watched-job';

/**
 * Marks the runs that are old: whatever had happened to them before the watch began, except what the settings want
 * told. Null while the list is not whole, because what is taken for old by mistake would never be told.
 */
export function takeBaseline(
  state: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  moment: WatchMoment,
): WatchedJob | null {
  if (!reading.complete) return null;
  const isNews = newsOf(state, settings, reading, moment);
  const runs = byId<RunMark>();
  const ends = byId<number>();
  for (const [runId, run] of reading.runs) {
    const over = isOver(stateIn(reading, run));
    if (over && !isNews(run.dateCompleted) && !wasTold(state, run)) {
      runs[runId] = 'old';
      if (run.dateCompleted) ends[runId] = instant(run.dateCompleted);
    } else if (run.dateStarted && !isNews(run.dateStarted)) runs[runId] = 'started';
  }
  const takenWith = state.baseline === null ? settings.baseline : null;
  return { ...state, baselined: true, baselineRound: reading.round, takenWith, runs, ends };
}

/** Nothing of the job happened while nobody watched: it was found when it was new, or when it went on. */
export function isFollowedOn({ baseline }: WatchedJob): boolean {
  return baseline?.from === 'begin' || baseline?.from === 'end';
}

/**
 * The end of the run was told when the job was over and it was let go. How it ended is asked for once more, because the sentence of
 * the job speaks of all its runs.
 */
export function wasTold({ baseline }: WatchedJob, { dateCompleted }: Run): boolean {
  return (
    baseline?.from === 'end' &&
    dateCompleted !== null &&
    !(instant(dateCompleted) > baseline.at + DATE_PRECISION)
  );
}

/** What is told of the time before the watch began was changed since the baseline was taken. */
export function isBaselineChanged(state: WatchedJob, settings: WatchSettings): boolean {
  const { takenWith } = state;
  return takenWith !== null && JSON.stringify(takenWith) !== JSON.stringify(settings.baseline);
}

/**
 * Takes from the marks what was old and is wanted told now; `state` is changed in place. What was told stays told, so that
 * nothing is sent twice. Returns the runs that are told now, null while the list is not whole.
 */
export function widenBaseline(
  state: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  moment: WatchMoment,
): Set<string> | null {
  if (!reading.complete) return null;
  const isNews = newsOf({ ...state, baseline: null }, settings, reading, moment);
  const wanted = new Set<string>();
  for (const [runId, run] of reading.runs) {
    if (state.runs[runId] !== 'old' || !isNews(run.dateCompleted)) continue;
    wanted.add(runId);
    // That it started is not told any more: its end says it.
    state.runs[runId] = 'started';
    delete state.ends[runId];
  }
  if (state.job === 'old' || state.job === 'silent') {
    state.job = 'unknown';
    state.baselineRound = reading.round;
  }
  state.takenWith = settings.baseline;
  return wanted;
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
  moment: WatchMoment,
): boolean {
  if (reading.statuses === null) return false;
  const end = terminalStatus(reading);
  if (state.job === 'unknown') {
    const before = end !== null && state.baselineRound === reading.round && state.baseline?.from !== 'begin';
    const isNews = newsOf(state, settings, reading, moment);
    if (!before || (isFollowedOn(state) && isNews(end.statusDate))) state.job = 'open';
    else {
      state.job = isNews(end.statusDate) ? 'past' : 'old';
      state.jobEnd = endInstant(end, reading.platformNow);
    }
    return true;
  }
  if (state.job === 'open') return false;
  const since = goesOnSince(state, reading);
  if (since === null) return false;
  state.job = 'open';
  openRuns(state, reading, since);
  return true;
}

/**
 * Since when (ms) a job goes on that was over, also where it has come to another end before it was looked at again; null where
 * it does not. A history that is only behind says nothing.
 */
function goesOnSince({ job, jobEnd }: WatchedJob, reading: JobReading): number | null {
  const statuses = reading.statuses ?? [];
  const latest = latestStatus(statuses);
  if (terminalStatus(reading) !== null) return jobEnd === null ? null : wentOnAt(statuses, jobEnd);
  const at = instant(latest?.statusDate);
  if (job === 'old' || job === 'past') return endInstant(latest, reading.platformNow);
  return jobEnd !== null && at > jobEnd ? at : null;
}

/** A run that had no end of its own and was over because its job was goes on with it, or has an end of its own since. */
function openRuns(state: WatchedJob, reading: JobReading, since: number): void {
  for (const [runId, run] of reading.runs) {
    const mark = state.runs[runId];
    if (!isMarkedOver(mark) || runId in state.ends) continue;
    if (run.dateCompleted ? !(instant(run.dateCompleted) > since) : isJobOver(reading)) continue;
    state.again[runId] = mark;
    if (run.dateStarted && !(instant(run.dateStarted) > since)) state.runs[runId] = 'started';
    else delete state.runs[runId];
  }
}

/** An answer within this time (ms) of the beginning is prompt; the platform's clock may be off by so much (ms). */
const PROMPT = 3_000;
const DOUBTFUL = 1_500;

/** The rule of which dates of the platform are news; one that can't be read is none, unless everything is. */
function newsOf(
  state: WatchedJob,
  settings: WatchSettings,
  { platformNow }: JobReading,
  { since }: WatchMoment,
): (date: string | null) => boolean {
  const baseline = state.baseline ?? settings.baseline;
  if (baseline.from === 'all' || baseline.from === 'begin') return () => true;
  if (baseline.from === 'end') return (date) => instant(date) > baseline.at + DATE_PRECISION;
  if (baseline.from === 'hours') {
    const from = platformNow - baseline.hours * 3_600_000;
    return (date) => instant(date) >= from;
  }
  const isPrompt = platformNow - since <= PROMPT;
  // Who resets wants nothing of what a prompt answer shows. Of a later one the moment of the reset is the baseline.
  if (isPrompt && state.baseline !== null) return () => false;
  // The platform's clock is known to a second only. What ended in the doubtful one is old where the first answer came promptly
  // and shows it, and news where nobody could have seen it.
  const from = isPrompt ? since + DOUBTFUL : since;
  return (date) => instant(date) > from;
}
