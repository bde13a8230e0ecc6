import type { RescaleClient } from '../../api/client/client';
import { isRescaleError, kindOf, RescaleError } from '../../api/errors/errors';
import type { JobStatus } from '../../api/client/types';
import { noteStop } from '../evidence/requested-stops';
import { isTerminalStatus, latestStatus } from '../run/run-state';
import { lookUntil, tolerant } from '../work/polling';
import type { Work } from '../work/work';

export interface StopJobRequest {
  jobId: string;
  /** Leave a job alone that is over already, without an error. */
  skipCompleted: boolean;
  /** Wait until its status is terminal. */
  confirm: boolean;
  /** Milliseconds that the confirmation may take. */
  deadline: number;
}

/** What became of a stop of a job. */
export interface StopJobResult {
  /** A stop was sent by this call, and not refused. */
  requested: boolean;
  /** Its status has been seen terminal since. True as well for a job that was over before. */
  confirmed: boolean;
  /** There is no run that this is about. */
  run: null;
  /** The job's last status that was read, null when none was. */
  status: JobStatus | null;
}

/** How long (ms) a lost answer is settled by reading the status when nobody asked for confirmation. */
const SETTLING = 10_000;
const FIRST_LOOK = 1_000;
const LONGEST_PAUSE = 15_000;

/**
 * Asks the platform to stop a whole job, once. It answers 202 before the job has ended, and the status tells when it has
 * (docs/platform.md). A lost answer is settled by reading the status.
 *
 * Rejects with RESCALE_NOT_ACTIVE when the platform refuses because the job is over, RESCALE_DEADLINE when the end was not seen
 * in time, RESCALE_NETWORK when it can't be known whether the stop arrived.
 */
export async function stopJob(
  client: RescaleClient,
  request: StopJobRequest,
  asked: Work,
): Promise<StopJobResult> {
  const work: Work = { ...asked, priority: 'action' };
  const { jobId, skipCompleted, confirm, deadline } = request;
  const before = await readStatus(client, jobId, work);
  if (skipCompleted && isOver(before))
    return { requested: false, confirmed: true, run: null, status: before };

  await noteRuns(client, jobId, work);
  try {
    await client.stopJob(jobId, work);
  } catch (failure) {
    if (kindOf(failure) === 'unsettled') return settle(client, request, failure as RescaleError, work);
    return refused(client, request, failure, work);
  }
  if (!confirm) return { requested: true, confirmed: false, run: null, status: before };
  const { over, last } = await awaitEnd(client, jobId, deadline, work);
  if (over) return { requested: true, confirmed: true, run: null, status: last };
  const seconds = Math.round(deadline / 1000);
  throw new RescaleError('RESCALE_DEADLINE', 'stop-job-deadline', { jobId, seconds });
}

/** A read that fails by bad luck must not keep a stop from being sent: a stop too many does no harm. */
async function readStatus(client: RescaleClient, jobId: string, work: Work): Promise<JobStatus | null> {
  try {
    return latestStatus(await client.listJobStatuses(jobId, work));
  } catch (error) {
    if (work.signal?.aborted || kindOf(error) !== 'transient') throw error;
    return null;
  }
}

/** The runs that end now were stopped, whatever code they exit with. That they can't be listed keeps no stop back. */
async function noteRuns(client: RescaleClient, jobId: string, work: Work): Promise<void> {
  const runIds: string[] = [];
  try {
    for await (const page of client.listRuns(jobId, { ...work, pageSize: 1000 })) {
      for (const run of page.rows) if (!run.dateCompleted) runIds.push(run.id);
    }
  } catch (error) {
    if (!isRescaleError(error) || work.signal?.aborted) throw error;
  }
  if (runIds.length > 0) await noteStop(client, jobId, runIds, work);
}

function isOver(status: JobStatus | null): boolean {
  return status !== null && isTerminalStatus(status.status);
}

/** The platform said no. Of a job that is over it can say so, and then it is stopped. */
async function refused(
  client: RescaleClient,
  { jobId, skipCompleted }: StopJobRequest,
  failure: unknown,
  work: Work,
): Promise<StopJobResult> {
  if (!isRescaleError(failure) || work.signal?.aborted) throw failure;
  if (!['RESCALE_REJECTED', 'RESCALE_PROTOCOL'].includes(failure.code)) throw failure;
  const status = await readStatus(client, jobId, work);
  if (!isOver(status)) throw failure;
  if (skipCompleted) return { requested: false, confirmed: true, run: null, status };
  throw new RescaleError('RESCALE_NOT_ACTIVE', 'not-active-job', { jobId }, failure.statusCode);
}

/** Nobody knows whether the stop arrived. It is not sent again; the status tells. */
async function settle(
  client: RescaleClient,
  { jobId, confirm, deadline }: StopJobRequest,
  failure: RescaleError,
  work: Work,
): Promise<StopJobResult> {
  const patience = confirm ? deadline : Math.min(SETTLING, deadline);
  const { over, last } = await awaitEnd(client, jobId, patience, work);
  if (over) return { requested: true, confirmed: true, run: null, status: last };
  if (last === null || failure.code === 'RESCALE_SERVER') throw failure;
  throw new RescaleError('RESCALE_NETWORK', 'stop-job-unsettled', { jobId });
}

async function awaitEnd(
  client: RescaleClient,
  jobId: string,
  patience: number,
  work: Work,
): Promise<{ over: boolean; last: JobStatus | null }> {
  work.progress?.({ doing: 'confirming-stop', until: work.clock.now() + patience });
  let last: JobStatus | null = null;
  const look = tolerant(async (signal) => {
    last = latestStatus(await client.listJobStatuses(jobId, { ...work, signal })) ?? last;
    return isOver(last) ? true : null;
  });
  const over = await lookUntil(look, { first: FIRST_LOOK, longest: LONGEST_PAUSE, patience }, work);
  return { over: over === true, last };
}
