import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { JobStatus, Run } from '../../api/client/types';
import { isRescaleError } from '../../api/errors/errors';
import { decideOutcome, type LogEvidence, type Outcome } from '../run/outcome';
import {
  isOver,
  isTerminalStatus,
  latestStatus,
  runState,
  unknownStatus,
  type RunState,
} from '../run/run-state';
import { formerEnd, hasBegunAnew } from '../run/seen-ends';
import { inParallel } from '../tasks/in-parallel';
import { findRunLogs, readLogOf, type RunLogs } from './exit-code';
import { requestedStops } from './requested-stops';

/** How a run stands and, when it is over, how it ended. */
interface RunEnding {
  state: RunState;
  /** Null while it is not over. */
  outcome: Outcome | null;
  /** The job's status where nobody knows it and the run has no end: it counts as going on. */
  unknownStatus: string | null;
}

const READ_AT_ONCE = 4;
const NO_LOGS: RunLogs = { byRun: new Map(), someUnplaced: false };

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
  let asked: Promise<JobEvidence> | null = null;

  async function askJob(): Promise<JobEvidence> {
    const [statuses, logs, first] = await Promise.all([
      orMissing(client.listJobStatuses(jobId, options), null),
      orMissing(findRunLogs(client, jobId, null, new Map(), options), NO_LOGS),
      orMissing(client.readRunsPage(jobId, 1, { ...options, pageSize: 2 }), null),
    ]);
    return { statuses, logs, onlyRun: first !== null && !first.more && first.rows.length === 1 };
  }

  async function endingOf(run: Run, job: JobEvidence): Promise<RunEnding> {
    const latest = latestStatus(job.statuses ?? []);
    const jobEnded =
      latest !== null && isTerminalStatus(latest.status) && !hasBegunAnew(client, jobId, run, latest);
    const state = runState(run, jobEnded);
    if (!isOver(state)) return { state, outcome: null, unknownStatus: unknownStatus(job.statuses) };
    const log = await orMissing<LogEvidence>(readLogOf(client, jobId, run, job.logs, options), {
      kind: 'missing',
    });
    const { statuses, onlyRun } = job;
    const former = formerEnd(client, jobId, run);
    const stop = requestedStops(client).evidence(jobId, run.id, run, former);
    const { outcome } = decideOutcome({ run, onlyRun, statuses, log, ...stop, formerEnd: former });
    return { state, outcome, unknownStatus: null };
  }

  /** What can't be read counts as missing. */
  async function orMissing<Found>(work: Promise<Found>, missing: Found): Promise<Found> {
    try {
      return await work;
    } catch (error) {
      if (!isRescaleError(error) || options.signal?.aborted) throw error;
      return missing;
    }
  }

  return async (runs) => {
    const endings = new Map<string, RunEnding>();
    if (runs.length === 0) return endings;
    const job = await (asked ??= askJob());
    await inParallel(runs, READ_AT_ONCE, async (run) => void endings.set(run.id, await endingOf(run, job)));
    return endings;
  };
}
