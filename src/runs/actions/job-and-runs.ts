import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, type RescaleError } from '../../api/errors/errors';
import type { JobStatus, Run } from '../../api/client/types';
import { hasSurelyEnded, isTerminalStatus, latestStatus } from '../run/run-state';
import type { TaskContext } from '../tasks/task-context';
import { readBefore } from './send-stop';

/** A job that is to be stopped. */
export interface JobAndRuns {
  /** Null when it could not be read. */
  status: JobStatus | null;
  /** Null when they could not be listed. */
  runs: Run[] | null;
}

/** Both at once, because money burns meanwhile. */
export async function readJobAndRuns(
  client: RescaleClient,
  jobId: string,
  context: TaskContext,
): Promise<JobAndRuns> {
  const [status, runs] = await Promise.all([
    readBefore((options) => readStatus(client, jobId, options), context),
    readBefore((options) => readRuns(client, jobId, options), context),
  ]);
  return { status, runs };
}

/**
 * True for a job that needs no stop. A run in progress is the truth, whatever the job's status says (docs/platform.md), and
 * where the runs can't be read nobody knows.
 */
export function needsNoStop({ status, runs }: JobAndRuns): boolean {
  return isTerminal(status) && runs !== null && !runs.some(isInProgress);
}

/**
 * Reads again and again whether a job that was asked to stop is over: by its status, while no run of it is in progress. A run that
 * never gets an end does not count any more when the status became terminal after the stop, at two readings; one in a job whose
 * status was terminal before does, for there the status said so in vain.
 */
export function jobEndReader(
  client: RescaleClient,
  jobId: string,
  before: JobStatus | null,
): (options: CallOptions) => Promise<{ seen: JobStatus | null; isOver: boolean }> {
  let terminalBefore = false;
  return async (options) => {
    let status: JobStatus | null = null;
    let refused: RescaleError | null = null;
    try {
      status = await readStatus(client, jobId, options);
    } catch (error) {
      if (!isRescaleError(error) || options.signal?.aborted || error.kind !== 'refused') throw error;
      refused = error;
    }
    const wasTerminal = terminalBefore;
    terminalBefore = isTerminal(status) && !isSame(status, before);
    if (refused === null && !isTerminal(status)) return { seen: status, isOver: false };
    const isOver = (wasTerminal && terminalBefore) || (await hasEnded(client, jobId, refused, options));
    return { seen: status, isOver };
  };
}

/** No run is in progress; where the statuses are refused, the runs alone tell. */
async function hasEnded(
  client: RescaleClient,
  jobId: string,
  refused: RescaleError | null,
  options: CallOptions,
): Promise<boolean> {
  try {
    const runs = await readRuns(client, jobId, options);
    if (refused === null) return !runs.some(isInProgress);
    const now = client.platformNow();
    return runs.length > 0 && runs.every((run) => hasSurelyEnded(run, now));
  } catch (error) {
    if (!isRescaleError(error) || options.signal?.aborted) throw error;
    // The status is all that there is.
    if (refused === null) return error.kind === 'refused';
    throw refused;
  }
}

async function readStatus(
  client: RescaleClient,
  jobId: string,
  options: CallOptions,
): Promise<JobStatus | null> {
  return latestStatus(await client.listJobStatuses(jobId, options));
}

async function readRuns(client: RescaleClient, jobId: string, options: CallOptions): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const page of client.listRuns(jobId, { ...options, pageSize: 1000 })) runs.push(...page.rows);
  return runs;
}

export function isTerminal(status: JobStatus | null): boolean {
  return status !== null && isTerminalStatus(status.status);
}

export function isInProgress({ dateStarted, dateCompleted }: Run): boolean {
  return Boolean(dateStarted) && !dateCompleted;
}

function isSame(one: JobStatus | null, other: JobStatus | null): boolean {
  return one?.status === other?.status && one?.statusDate === other?.statusDate;
}
