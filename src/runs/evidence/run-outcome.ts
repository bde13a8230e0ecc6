import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import type { JobStatus, Run } from '../../api/client/types';
import { findRunLogs, LIST_UNREAD, readLogOf, type RunLogs } from './exit-code';
import { decideOutcome, type LogEvidence, type Outcome } from '../run/outcome';
import { requestedStops } from './requested-stops';
import {
  isOver,
  isTerminalStatus,
  latestStatus,
  runState,
  unknownStatus,
  type RunState,
} from '../run/run-state';
import { formerEnd, hasBegunAnew, seeEnd, seeHistory } from '../run/seen-ends';
import { inParallel } from '../tasks/in-parallel';
import type { RunAddress } from '../tasks/task-context';

/** How a run stands and, when it is over, how it ended. */
interface RunEnding {
  state: RunState;
  /** Null while it is not over. */
  outcome: Outcome | null;
  /** The job's status where nobody knows it and the run has no end: it counts as going on. */
  unknownStatus: string | null;
}

interface RunOutcome extends RunEnding {
  run: Run;
}

const READ_AT_ONCE = 4;
const NO_LOG: LogEvidence = { kind: 'unread' };

/**
 * Reads how one run stands and ended, as far as it can be known at this moment: evidence that is not there yet is not
 * waited for, nor evidence that can't be read. Rejects when the run itself can't be read.
 */
export async function readRunOutcome(
  client: RescaleClient,
  { jobId, runId }: RunAddress,
  options: CallOptions,
): Promise<RunOutcome> {
  const evidence = <Found>(work: Promise<Found>, missing: Found) => orMissing(work, missing, options.signal);
  const readStatuses = () => evidence<JobStatus[] | null>(client.listJobStatuses(jobId, options), null);

  const readRun = async () => {
    const read = await client.getRun(jobId, runId, options);
    seeEnd(client, jobId, read);
    return read;
  };
  let run = await readRun();
  let statuses: JobStatus[] | null = null;
  let jobEnded = false;
  const open = (state: RunState): RunOutcome => {
    const odd = run.dateCompleted ? null : unknownStatus(statuses);
    return { run, state, outcome: null, unknownStatus: odd };
  };
  if (!run.dateCompleted) {
    statuses = await readStatuses();
    if (!endOfJob(client, jobId, run, statuses)) return open(runState(run));
    // The job may have ended right after the run was read, so both are read again before the run is called ended.
    run = await readRun();
    statuses = await readStatuses();
    jobEnded = endOfJob(client, jobId, run, statuses);
  }
  const state = runState(run, jobEnded);
  if (!isOver(state)) return open(state);

  const readItsLog = () => evidence<LogEvidence>(readLog(client, jobId, run, options), NO_LOG);
  const [log, onlyRun, latest] = await Promise.all([
    readItsLog(),
    evidence(isOnlyRun(client, { jobId, runId }, options), false),
    statuses ?? readStatuses(),
  ]);
  // What was read may be the log of another end.
  const logNow = seeHistory(client, jobId, run, latest ?? []) ? await readItsLog() : log;
  const outcome = decide(client, jobId, run, { onlyRun, statuses: latest, log: logNow });
  return { run, state, outcome, unknownStatus: null };
}

interface JobEvidence {
  statuses: JobStatus[] | null;
  logs: RunLogs;
  onlyRun: boolean;
}

/**
 * Reads how runs of one job have ended, as far as it can be known at this moment: evidence that is not there yet is not waited
 * for. The job is asked once, at the first run that is over; each run's log is read by itself.
 */
export function outcomeReader(
  client: RescaleClient,
  jobId: string,
  options: CallOptions,
): (runs: readonly Run[]) => Promise<Map<string, RunEnding>> {
  const evidence = <Found>(work: Promise<Found>, missing: Found) => orMissing(work, missing, options.signal);
  let asked: Promise<JobEvidence> | null = null;

  async function askJob(): Promise<JobEvidence> {
    const [statuses, logs, first] = await Promise.all([
      evidence(client.listJobStatuses(jobId, options), null),
      evidence(findRunLogs(client, jobId, null, new Map(), options), LIST_UNREAD),
      evidence(client.readRunsPage(jobId, 1, { ...options, pageSize: 2 }), null),
    ]);
    return { statuses, logs, onlyRun: first !== null && !first.more && first.rows.length === 1 };
  }

  async function endingOf(run: Run, job: JobEvidence): Promise<RunEnding> {
    seeEnd(client, jobId, run);
    seeHistory(client, jobId, run, job.statuses ?? []);
    const state = runState(run, endOfJob(client, jobId, run, job.statuses));
    if (!isOver(state)) return { state, outcome: null, unknownStatus: unknownStatus(job.statuses) };
    const log = await evidence<LogEvidence>(readLogOf(client, jobId, run, job.logs, options), NO_LOG);
    return { state, outcome: decide(client, jobId, run, { ...job, log }), unknownStatus: null };
  }

  return async (runs) => {
    const endings = new Map<string, RunEnding>();
    if (runs.length === 0) return endings;
    const job = await (asked ??= askJob());
    await inParallel(runs, READ_AT_ONCE, async (run) => void endings.set(run.id, await endingOf(run, job)));
    return endings;
  };
}

/** What the evidence says of a run that is over, beside the stops that this flow asked for. */
function decide(
  client: RescaleClient,
  jobId: string,
  run: Run,
  { onlyRun, statuses, log }: { onlyRun: boolean; statuses: JobStatus[] | null; log: LogEvidence },
): Outcome {
  const former = formerEnd(client, jobId, run);
  const stop = requestedStops(client).evidence(jobId, run.id, run, former);
  const platformNow = client.platformNow();
  return decideOutcome({ run, onlyRun, statuses, log, ...stop, formerEnd: former, platformNow }).outcome;
}

/** Statuses that were there when the run still had an end that is gone by now are those of its former attempt. */
function endOfJob(client: RescaleClient, jobId: string, run: Run, statuses: JobStatus[] | null): boolean {
  const latest = latestStatus(statuses ?? []);
  return latest !== null && isTerminalStatus(latest.status) && !hasBegunAnew(client, jobId, run, latest);
}

async function readLog(
  client: RescaleClient,
  jobId: string,
  run: Run,
  options: CallOptions,
): Promise<LogEvidence> {
  const wanted = new Map([[run.id, run]]);
  const search = findRunLogs(client, jobId, new Set(wanted.keys()), wanted, options);
  const logs = await orMissing(search, LIST_UNREAD, options.signal);
  return readLogOf(client, jobId, run, logs, options);
}

async function isOnlyRun(
  client: RescaleClient,
  { jobId, runId }: RunAddress,
  options: CallOptions,
): Promise<boolean> {
  const { rows, more } = await client.readRunsPage(jobId, 1, { ...options, pageSize: 2 });
  return !more && rows.length === 1 && rows[0]!.id === runId;
}

/** `missing` where it can't be read. */
async function orMissing<Found>(
  work: Promise<Found>,
  missing: Found,
  signal: AbortSignal | undefined,
): Promise<Found> {
  try {
    return await work;
  } catch (error) {
    if (!isRescaleError(error) || signal?.aborted) throw error;
    return missing;
  }
}
