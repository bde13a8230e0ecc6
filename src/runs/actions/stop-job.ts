import type { RescaleClient } from '../../api/client/client';
import { isRescaleError, kindOf, RescaleError } from '../../api/errors/errors';
import type { JobStatus, Run } from '../../api/client/types';
import { noteStop, type SentStop } from '../evidence/sent-stop';
import { isTerminalStatus, latestStatus } from '../run/run-state';
import { isRefusal } from '../reading/diagnosis';
import type { TaskContext } from '../tasks/task-context';
import { pollOnce } from '../tasks/poll-until';
import {
  beforeAllElse,
  isRefused,
  LONGEST_READ_BEFORE,
  sendStop,
  type Confirmation,
  type StopSent,
} from './send-stop';

interface StopJobRequest extends Confirmation {
  jobId: string;
  /** Leave a job alone that is over already, without an error. */
  skipCompleted: boolean;
}

/** What became of a stop of a job. */
interface StopJobResult {
  /** A stop was sent by this call, and not refused. */
  requested: boolean;
  /** Its status has been seen terminal since. True as well for a job that was over before. */
  confirmed: boolean;
  /** There is no run that this is about. */
  run: null;
  /** The job's last status that was read, null when none was. */
  status: JobStatus | null;
}

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
  asked: TaskContext,
): Promise<StopJobResult> {
  const context: TaskContext = { ...asked, priority: 'action' };
  return beforeAllElse(client, (sent) => stopNow(client, request, sent, context));
}

async function stopNow(
  client: RescaleClient,
  request: StopJobRequest,
  sent: () => void,
  context: TaskContext,
): Promise<StopJobResult> {
  const { jobId, skipCompleted } = request;
  const before = await readStatus(client, jobId, context);
  if (skipCompleted && isOver(before))
    return { requested: false, confirmed: true, run: null, status: before };

  const noted = await noteRuns(client, jobId, context);
  const { seen, ...result } = await sendStop<JobStatus>(
    {
      send: () => client.stopJob(jobId, context).finally(noted.answered).finally(sent),
      noted,
      async read(options) {
        const status = latestStatus(await client.listJobStatuses(jobId, options));
        return { seen: status, isOver: isOver(status) };
      },
      refused(failure) {
        if (isRefused(failure) && !context.signal?.aborted) noted.refused();
        return refused(client, request, failure, before, noted, context);
      },
      late: (seconds) => new RescaleError('RESCALE_DEADLINE', 'stop-job-deadline', { jobId, seconds }),
      unsettled: () => new RescaleError('RESCALE_NETWORK', 'stop-job-unsettled', { jobId }),
    },
    before,
    request,
    context,
  ).finally(noted.lost);
  return { ...result, run: null, status: seen };
}

/** A read that fails by bad luck, or takes long, must not keep a stop from being sent: a stop too many does no harm. */
async function readStatus(
  client: RescaleClient,
  jobId: string,
  context: TaskContext,
): Promise<JobStatus | null> {
  const read = async (signal: AbortSignal) =>
    latestStatus(await client.listJobStatuses(jobId, { ...context, signal }));
  try {
    return await pollOnce(read, LONGEST_READ_BEFORE, context);
  } catch (error) {
    if (context.signal?.aborted || kindOf(error) !== 'transient') throw error;
    return null;
  }
}

/** The runs that end now were stopped, whatever code they exit with. That they can't be listed keeps no stop back. */
async function noteRuns(client: RescaleClient, jobId: string, context: TaskContext): Promise<SentStop> {
  const runs: Run[] = [];
  const list = async (signal: AbortSignal) => {
    for await (const page of client.listRuns(jobId, { ...context, signal, pageSize: 1000 })) {
      for (const run of page.rows) if (!run.dateCompleted) runs.push(run);
    }
    return true;
  };
  try {
    await pollOnce(list, LONGEST_READ_BEFORE, context);
  } catch (error) {
    if (!isRescaleError(error) || context.signal?.aborted) throw error;
  }
  return noteStop(client, jobId, runs, context);
}

function isOver(status: JobStatus | null): boolean {
  return status !== null && isTerminalStatus(status.status);
}

/** The platform said no. Of a job that is over it can say so, and then it is stopped. */
async function refused(
  client: RescaleClient,
  { jobId, skipCompleted }: StopJobRequest,
  failure: unknown,
  before: JobStatus | null,
  noted: SentStop,
  context: TaskContext,
): Promise<StopSent<JobStatus>> {
  if (!isRefusal(failure) || context.signal?.aborted) throw failure;
  const status = await readStatus(client, jobId, context);
  if (!isOver(status)) throw failure;
  if (skipCompleted) {
    // Seen going on before, over now, and the answer was garbled rather than a no: the stop may well have done it.
    const stopped = !isRefused(failure) && before !== null;
    if (stopped) noted.arrived();
    return { requested: stopped, confirmed: true, seen: status };
  }
  throw new RescaleError('RESCALE_NOT_ACTIVE', 'not-active-job', { jobId }, failure.statusCode);
}
