import type { Run } from '../../api/client/types';
import { hasJobEnded, stateIn, terminalStatus, type JobReading } from '../run/job-reading';
import { decideJobOutcome, type Outcome } from '../run/outcome';
import { endInstant } from '../run/attempts';
import { DATE_PRECISION, instant, isOver } from '../run/run-state';
import { isAnotherEnd } from '../run/seen-ends';
import { createPendingEvents, fillOutbox, type PendingEvent, type PendingEvents } from './pending-events';
import { findAlerts } from './run-alerts';
import {
  isBaselineChanged,
  isFollowedOn,
  judgeJob,
  takeBaseline,
  wasTold,
  widenBaseline,
} from './watch-baseline';
import {
  copyOf,
  isMarkedOver,
  type RunMark,
  type WatchedJob,
  type WatchMoment,
  type WatchSettings,
} from './watched-job';

interface WatchStep {
  state: WatchedJob;
  changed: boolean;
  /** Runs whose outcome, or whose files, are needed to go on. */
  wantedOutcomes: string[];
  wantedFiles: string[];
  /** Runs that were listed and are no more. */
  gone: string[];
  /** How many older runs are told because the settings want it now; null when nothing was changed. */
  reportedAlso: number | null;
  /** What is not in the state yet, because it is too much for one turn: for `tellNews`, when the outbox was sent. */
  rest: PendingEvent[];
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
  const nothing = { wantedOutcomes: [], wantedFiles: [], gone: [], reportedAlso: null, rest: [] };
  if (reading.jobGone) return { state: before, changed: false, ...nothing };
  // A list that was empty at first says nothing of what is old.
  const isBegun = before.baselined && !(moment.firstRuns && Object.keys(before.runs).length === 0);
  const old = isBegun ? before : takeBaseline(before, reading, settings, moment);
  if (!old) return { state: before, changed: false, ...nothing };

  const state = copyOf(old);
  const step: WatchStep = {
    ...nothing,
    state,
    wantedOutcomes: [],
    wantedFiles: [],
    gone: [],
    changed: false,
  };
  step.changed = !isBegun;
  let alsoTold = new Set<string>();
  if (before.baselined && isBaselineChanged(state, settings)) {
    const widened = widenBaseline(state, reading, settings, moment);
    if (widened) {
      alsoTold = widened;
      step.reportedAlso = widened.size;
      step.changed = true;
    }
  }
  step.changed = judgeJob(state, reading, settings, moment) || step.changed;
  const first = !before.baselined && !isFollowedOn(before);
  const late = moment.late || first || state.job === 'past';
  const isLate = (date: string | null) => late && !isAfterFirstLook(date, reading, moment);
  const events = createPendingEvents(state, reading, settings, moment);

  for (const [runId, run] of reading.runs) {
    noteRestart(step, reading, run);
    stepRun(step, reading, settings, moment, {
      ...{ runId, run, events },
      isLate: (date) => isLate(date) || alsoTold.has(runId),
    });
  }
  for (const alert of findAlerts(state, reading, settings, moment)) {
    const { kind: event, runId, run, taken, at, mark } = alert;
    step.changed = true;
    events.add({ event, runId, run, date: new Date(at).toISOString(), late: alert.late, taken }, mark);
  }
  noteGone(step, reading);

  const open = state.job !== 'told' && state.job !== 'silent';
  if (open && step.wantedOutcomes.length + step.wantedFiles.length === 0 && hasJobEnded(reading)) {
    const date = terminalStatus(reading)?.statusDate ?? null;
    const isOld = state.job === 'old';
    const end = (told: WatchedJob) => {
      told.job = isOld ? 'silent' : 'told';
      told.jobEnd = endInstant(terminalStatus(reading), reading.platformNow);
      // Its runs are marked by now.
      return { outcome: settings.outcome ? jobOutcome(told, reading) : null };
    };
    if (isOld) end(state);
    else events.add({ event: 'job', runId: null, run: null, date, late: isLate(date) }, end, true);
    step.changed = true;
  }

  step.rest = fillOutbox(state, events.inOrder());
  return step;
}

/** A run whose told end is gone, or is another one, has begun anew under its id: what comes is news. */
function noteRestart(step: WatchStep, reading: JobReading, run: Run): void {
  const { state } = step;
  const mark = state.runs[run.id];
  const end = state.ends[run.id];
  if (!isMarkedOver(mark) || end === undefined) return;
  if (run.dateCompleted) {
    if (!isAnotherEnd(end, run, reading.statuses)) return;
  } else if (isOver(stateIn(reading, run))) return;
  state.again[run.id] = mark;
  if (instant(run.dateStarted) <= end) state.runs[run.id] = 'started';
  else delete state.runs[run.id];
  step.changed = true;
}

/** The platform's clock is known to a second only, and may be off by so much (ms). */
const CLOCK_ERROR = 1_500;

/** A job that was over when it was first looked at may go on, or have runs that end later: that is seen as it happens. */
function isAfterFirstLook(
  date: string | null,
  { platformNow }: JobReading,
  { firstLook = Infinity }: WatchMoment,
): boolean {
  const at = instant(date);
  return at > firstLook + CLOCK_ERROR && at <= platformNow + CLOCK_ERROR;
}

interface RunInReading {
  runId: string;
  run: Run;
  /** Of what happened at this date. */
  isLate: (date: string | null) => boolean;
  events: PendingEvents;
}

function stepRun(
  step: WatchStep,
  reading: JobReading,
  settings: WatchSettings,
  moment: WatchMoment,
  { runId, run, isLate, events }: RunInReading,
): void {
  const { state } = step;
  const mark = state.runs[runId];
  const runNow = stateIn(reading, run);
  const toldEnd = state.ends[runId];
  const ended = run.dateCompleted ?? terminalStatus(reading)?.statusDate ?? null;
  const seen = state.awaiting[runId] ?? {
    detectedAt: moment.now,
    late: isLate(isOver(runNow) ? ended : null),
  };
  let startIsNews = false;
  if (!mark && run.dateStarted) {
    step.changed = true;
    const start = (told: WatchedJob) => {
      told.runs[runId] ??= 'started';
      if (!isOver(runNow)) delete told.awaiting[runId];
    };
    const known = toldEnd !== undefined && instant(run.dateStarted) <= toldEnd;
    if (known) start(state);
    else {
      const late = state.awaiting[runId]?.late ?? isLate(run.dateStarted);
      const started = { event: 'started', runId, run, date: run.dateStarted, ...seen, late } as const;
      startIsNews = events.add(started, start);
    }
  }
  if (mark === 'old' && needsOldEnd(state, reading, settings) && !reading.outcomes.has(runId))
    step.wantedOutcomes.push(runId);
  if (!isOver(runNow) || isMarkedOver(mark)) return;
  const former = state.again[runId];
  const isToldEnd = run.dateCompleted
    ? Math.abs(instant(run.dateCompleted) - toldEnd!) <= DATE_PRECISION
    : toldEnd !== undefined && state.job !== 'open';
  if (former && isToldEnd) {
    // Its end is back, or only missing in a job that has not gone on: the list had been behind, or is.
    state.runs[runId] = former;
    delete state.again[runId];
    step.changed = true;
    return;
  }
  if (runNow === 'ended' && state.job === 'old') {
    state.runs[runId] = 'old';
    step.changed = true;
    return;
  }
  const asksForEnd = settings.events.has('completed') || settings.events.has('job');
  const outcome = reading.outcomes.get(runId) ?? null;
  const needsOutcome = settings.outcome && asksForEnd && !outcome;
  const needsFiles = settings.files && asksForEnd && hasFiles(run) && !reading.filesListed.has(runId);
  if (needsOutcome) step.wantedOutcomes.push(runId);
  if (needsFiles) step.wantedFiles.push(runId);
  if (needsOutcome || needsFiles) {
    step.changed ||= !(runId in state.awaiting);
    state.awaiting[runId] = seen;
    return;
  }
  step.changed = true;
  const date = ended;
  const filesReady = settings.files ? reading.filesListed.get(runId) === true : undefined;
  const end = (told: WatchedJob) => {
    delete told.awaiting[runId];
    delete told.again[runId];
    told.runs[runId] = outcome ? markOf(outcome) : 'over';
    if (run.dateCompleted) told.ends[runId] = instant(run.dateCompleted);
    else delete told.ends[runId];
  };
  const again = former !== undefined || state.baseline?.from === 'end';
  if (wasTold(state, run)) end(state);
  else
    events.add(
      { event: 'completed', runId, run, outcome, date, ...seen, filesReady, again },
      end,
      startIsNews,
    );
}

/** The job's end is told by how all of its runs ended, those included that did before the watch began. */
function needsOldEnd({ job }: WatchedJob, reading: JobReading, { events, outcome }: WatchSettings): boolean {
  return outcome && events.has('job') && (job === 'open' || job === 'past') && hasJobEnded(reading);
}

/** A run that never was in progress has no files to wait for. */
function hasFiles(run: Run): boolean {
  return Boolean(run.dateStarted || run.dateCompleted);
}

function noteGone(step: WatchStep, reading: JobReading): void {
  const { state } = step;
  for (const runId of reading.gone) {
    if (isMarkedOver(state.runs[runId]) || state.runs[runId] === 'gone') continue;
    state.runs[runId] = 'gone';
    delete state.awaiting[runId];
    step.gone.push(runId);
    step.changed = true;
  }
}

const markOf = ({ doubtful, result }: Outcome): RunMark => (doubtful ? 'doubtful' : result);

function jobOutcome(state: WatchedJob, reading: JobReading): Outcome {
  const results = {
    total: reading.runs.size + reading.unread,
    succeeded: 0,
    failed: 0,
    stopped: 0,
    doubtful: 0,
  };
  for (const runId of reading.runs.keys()) {
    const old = state.runs[runId] === 'old' ? reading.outcomes.get(runId) : undefined;
    const mark = old ? markOf(old) : state.runs[runId];
    if (mark === 'succeeded' || mark === 'failed' || mark === 'stopped' || mark === 'doubtful')
      results[mark] += 1;
  }
  return decideJobOutcome(reading.statuses, results);
}
