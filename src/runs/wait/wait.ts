import { abortReason } from '../../api/errors/abort';
import { inBackground, onAbort } from '../../api/errors/guard';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { asRescaleError } from '../reading/diagnosis';
import { STOOD_STILL } from '../../api/time/clock';
import type { Run } from '../../api/client/types';
import {
  doubtedRuns,
  hasJobEnded,
  jobDuration,
  isJobOver,
  progressOf,
  stateIn,
  type JobReading,
  type Progress,
  type Trouble,
} from '../run/job-reading';
import { decideJobOutcome, type Outcome } from '../run/outcome';
import type { JobSubscription, JobPolling } from '../polling/job-polling';
import type { Deadline, KeptDeadline } from '../tasks/deadline';
import type { Clock } from '../tasks/ports';
import { copyRun } from '../run/copy-run';
import { endDoubt, type EndDoubt, instant, isOver, type RunState } from '../run/run-state';
import { jobSummary, runSummary } from '../run/summary';

export interface WaitRequest {
  jobId: string;
  /** Null: for all runs of the job. */
  runId: string | null;
  /** ms. */
  interval: number;
  outcome: boolean;
  files: boolean;
}

/** How a wait ended. */
export type WaitEnd =
  | {
      reason: 'ended';
      /** The run, or all runs of the job by their order; null when the run was never listed. */
      payload: Run | Run[] | null;
      state: RunState;
      /** Null when it was not asked for. */
      outcome: Outcome | null;
      summary: string;
      /** What speaks against the date of its end; of a job, that of the first such run. */
      doubt: EndDoubt | null;
      /** Null when it was not asked for. */
      filesReady: boolean | null;
      progress: Progress;
      /** For all runs of a job: by run id, how each ended, as far as it was examined. Null when that was not asked for. */
      outcomes: Record<string, Outcome> | null;
    }
  /** `payload`: the last Run seen, null when none was or when the wait was for a job. */
  | { reason: 'deadline' | 'stopped'; payload: Run | null };

interface WaitContext {
  polling: JobPolling;
  clock: Clock;
  /** Rejects the wait with its reason. */
  signal: AbortSignal;
  /** Ends the wait as `stopped`. */
  stop: AbortSignal;
  deadline: Deadline | null;
  /** It is to be kept anew. */
  onDeadline?(kept: KeptDeadline): void;
  onReading?(reading: JobReading): void;
  onTrouble?(trouble: Trouble | null): void;
}

/** Of runs that had ended before a wait for their job began, so many are examined. */
const EXAMINED = 2_000;
/** Of a job's runs the ones that ended last, of which the files may still be on their way. */
const LAST_TO_END = 10;
/**
 * A deadline that passed while Node-RED was down, or stood still, gets this long (ms): the run may have ended before it, and then
 * its end is told and not the deadline.
 */
const GRACE = 150_000;
/** The deadline is looked at least this often (ms), because the machine may sleep. */
const LONGEST_SLEEP = 30_000;

/**
 * Waits until a run, or all runs of a job, are over; then for their outcome and files, as far as they are asked for
 * and not for ever. No failure ends it. Rejects with RESCALE_NOT_FOUND when the platform says at three rounds that
 * there is no such job, and with the signal's reason when aborted.
 */
export function awaitEnd(request: WaitRequest, context: WaitContext): Promise<WaitEnd> {
  const { polling, clock, signal, stop, deadline } = context;
  return new Promise((resolve, reject) => {
    const judge = waitJudge(request);
    let timer = new AbortController();
    let subscription: JobSubscription | null = null;
    let last: JobReading | null = null;
    let settled = false;
    let faultySince: number | null = null;
    let stopListening = () => {};

    const settle = (how: () => void) => {
      if (settled) return;
      settled = true;
      subscription?.release();
      timer.abort();
      stopListening();
      how();
    };
    const closed = () => settle(() => reject(abortReason(signal)));
    const stopped = () => settle(() => resolve({ reason: 'stopped', payload: lastRun(request, last) }));
    /** On the monotonic clock; null unless the deadline passed while nobody looked. */
    let graceEnd: number | null = null;
    /** What is known comes from after that. */
    let isFresh = true;
    const noteMissed = (by = 0) => {
      if (!deadline || graceEnd !== null || deadline.left() > -by) return;
      graceEnd = clock.monotonic() + GRACE;
      isFresh = false;
    };
    const left = () => (graceEnd === null ? (deadline?.left() ?? Infinity) : graceEnd - clock.monotonic());
    /** Only the platform can say how much is left of one from before a restart. */
    const noteTime = ({ platformNow }: JobReading) => {
      if (!deadline || last) return;
      if (deadline.observe(platformNow)) context.onDeadline?.(deadline.kept);
      noteMissed();
      timer.abort();
    };
    /** Whether there is something new to say at this time. */
    const look = () => {
      if (settled) return;
      // Somebody looks when it passes, unless the machine stood still.
      noteMissed(STOOD_STILL);
      const late = left() <= 0;
      try {
        const end = last && judge(last, subscription, late);
        const goesOn = last !== null && isFresh && isKnownToGoOn(request, last);
        if (end) settle(() => resolve(end));
        else if (late || (graceEnd !== null && goesOn))
          settle(() => resolve({ reason: 'deadline', payload: lastRun(request, last) }));
        if (faultySince !== null) context.onTrouble?.(null);
        faultySince = null;
      } catch (error) {
        // What should not happen ends no wait before its deadline: the next reading may be another.
        if (isRescaleError(error) || late) return settle(() => reject(asRescaleError(error)));
        faultySince ??= clock.monotonic();
        context.onTrouble?.({ error: asRescaleError(error), since: faultySince });
      }
    };
    const keepTime = async () => {
      while (!settled) {
        timer = new AbortController();
        const pause = Math.max(0, Math.min(left(), LONGEST_SLEEP));
        await clock.sleep(pause, timer.signal).catch(() => undefined);
        look();
      }
    };

    noteMissed();
    if (signal.aborted) return closed();
    if (stop.aborted) return stopped();
    const listening = [onAbort(signal, closed), onAbort(stop, stopped)];
    stopListening = () => listening.forEach((end) => end());
    subscription = polling.followJob(request.jobId, {
      interval: request.interval,
      onReading(reading) {
        noteTime(reading);
        last = reading;
        isFresh = true;
        context.onReading?.(reading);
        look();
      },
      onTrouble: (trouble) => context.onTrouble?.(trouble),
    });
    inBackground(keepTime());
  });
}

type Judge = (
  reading: JobReading,
  evidence: Pick<JobSubscription, 'wantOutcome' | 'wantFiles'> | null,
  late: boolean,
) => WaitEnd | null;

/** Whoever finds evidence decides how long it is worth waiting for. `late`: what is over is told as it is known. */
function waitJudge(request: WaitRequest): Judge {
  const jobOutcomes = jobOutcomeWants();

  return (reading, evidence, late) => {
    if (reading.jobGone) {
      throw (
        reading.notFound ?? new RescaleError('RESCALE_NOT_FOUND', 'not-found-job', { jobId: request.jobId })
      );
    }
    const wanted = !request.outcome ? [] : request.runId === null ? jobOutcomes(reading) : [request.runId];
    if (request.runId === null) for (const id of wanted) evidence?.wantOutcome(id);
    if (!isOverFor(request, reading)) return null;
    const ended = lastEnded(request, reading);
    for (const id of wanted) evidence?.wantOutcome(id);
    if (request.files) for (const { id } of ended) evidence?.wantFiles(id);

    const told = wanted.every((id) => reading.outcomes.has(id));
    const filesKnown = !request.files || ended.every(({ id }) => reading.filesListed.has(id));
    if (!late && !(told && filesKnown)) return null;
    const filesReady = ended.length > 0 && ended.every(({ id }) => reading.filesListed.get(id) === true);
    const end = request.runId === null ? jobEnd(request, reading) : runEnd(request, request.runId, reading);
    return { ...end, filesReady: request.files ? filesReady : null, progress: progressOf(reading) };
  };
}

function isOverFor(request: WaitRequest, reading: JobReading): boolean {
  if (request.runId === null) return hasJobEnded(reading);
  const run = reading.runs.get(request.runId);
  if (run) return isOver(stateIn(reading, run));
  // Not listed yet is pending, as long as the job goes on; a job that is over will never list it.
  return isJobOver(reading) && reading.complete;
}

/** A round lists the runs before it reads the job's status, which can end what the list shows as going on. */
function isKnownToGoOn(request: WaitRequest, reading: JobReading): boolean {
  return reading.statuses !== null && reading.terminalReadings === 0 && !isOverFor(request, reading);
}

/** The runs of a job whose outcome is asked for: every one that is over, except too many from before the wait. */
function jobOutcomeWants(): (reading: JobReading) => string[] {
  let skipped: Set<string> | null = null;
  return (reading) => {
    const over = [...reading.runs.values()].filter((run) => isOver(stateIn(reading, run)));
    skipped ??= new Set(
      newestFirst(over)
        .slice(EXAMINED)
        .map(({ id }) => id),
    );
    return over.map(({ id }) => id).filter((id) => !skipped?.has(id));
  };
}

/** The runs whose files are looked for: the one that is waited for, or those of the job that ended last. */
function lastEnded(request: WaitRequest, reading: JobReading): Run[] {
  if (request.runId !== null) {
    const run = reading.runs.get(request.runId);
    return run?.dateStarted || run?.dateCompleted ? [run] : [];
  }
  const ended = [...reading.runs.values()].filter((run) => run.dateStarted && run.dateCompleted);
  return newestFirst(ended).slice(0, LAST_TO_END);
}

function newestFirst(runs: Run[]): Run[] {
  return [...runs].sort((a, b) => (instant(b.dateCompleted) || 0) - (instant(a.dateCompleted) || 0));
}

type Told = Omit<Extract<WaitEnd, { reason: 'ended' }>, 'filesReady' | 'progress'>;

const UNKNOWN: Outcome = { result: 'unknown', reason: 'no evidence tells how it ended', evidence: [] };

/** Of a run that the platform has dropped: it may well have computed, so its job's end says nothing about it. */
const GONE: Outcome = { result: 'unknown', reason: 'is not listed any more', evidence: [] };

function runEnd(request: WaitRequest, runId: string, reading: JobReading): Told {
  const run = reading.runs.get(runId) ?? null;
  const state = run ? stateIn(reading, run) : 'ended';
  const found = reading.gone.has(runId) ? GONE : (reading.outcomes.get(runId) ?? UNKNOWN);
  const outcome = request.outcome ? found : null;
  const doubt = run && endDoubt(run, reading.platformNow);
  const summary = runSummary(reading.jobId, runId, run, state, found === GONE ? GONE : outcome, doubt);
  return { reason: 'ended', payload: run && copyRun(run), state, outcome, summary, doubt, outcomes: null };
}

function jobEnd(request: WaitRequest, reading: JobReading): Told {
  const runs = [...reading.runs.values()].sort((a, b) => a.displayOrder - b.displayOrder);
  const completed = runs.length > 0 && runs.every((run) => run.dateCompleted);
  const results = { total: runs.length + reading.unread, succeeded: 0, failed: 0, stopped: 0, doubtful: 0 };
  const outcomes: [string, Outcome][] = [];
  const doubted = doubtedRuns(reading);
  for (const { id } of runs) {
    const found = reading.outcomes.get(id);
    if (!found) continue;
    outcomes.push([id, found]);
    if (found.result !== 'unknown') results[found.result] += 1;
    else if (found.doubtful) results.doubtful += 1;
  }
  const outcome = request.outcome ? decideJobOutcome(reading.statuses, results) : null;
  const summary = jobSummary(reading.jobId, outcome, jobDuration(reading), doubted);
  const state = completed ? 'completed' : 'ended';
  return {
    reason: 'ended',
    payload: runs.map(copyRun),
    state,
    outcome,
    summary,
    doubt: doubted[0]?.doubt ?? null,
    outcomes: request.outcome ? Object.fromEntries(outcomes) : null,
  };
}

function lastRun(request: WaitRequest, reading: JobReading | null): Run | null {
  const run = request.runId === null ? null : reading?.runs.get(request.runId);
  return run ? copyRun(run) : null;
}
