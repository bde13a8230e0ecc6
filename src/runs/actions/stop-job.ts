import type { RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import type { JobStatus } from '../../api/client/types';
import { hasSurelyEnded, instant, normalisedStatus } from '../run/run-state';
import { meaningOf } from '../run/status-reasons';
import { noteStop, type SentStop } from '../evidence/sent-stop';
import { isRefusal, unreadReason } from '../reading/diagnosis';
import type { TaskContext } from '../tasks/task-context';
import {
  isInProgress,
  isTerminal,
  jobEndReader,
  needsNoStop,
  readJobAndRuns,
  type JobAndRuns,
} from './job-and-runs';
import { withHighestPriority, sendStop, stopFailure, type Confirmation, type StopSent } from './send-stop';

interface StopJobRequest extends Confirmation {
  jobId: string;
  /** Leave a job alone that is over already, without an error. */
  skipCompleted: boolean;
}

/** What became of a stop of a job. */
interface StopJobResult {
  /** A stop was sent by this call, and not refused. */
  requested: boolean;
  /** It has been seen over since: its status terminal, and no run in progress. True as well for a job that was over before. */
  confirmed: boolean;
  /** There is no run that this is about. */
  run: null;
  /** The job's last status that was read, null when none was. */
  status: JobStatus | null;
  /** What the platform said to the stop, which has been seen carried out all the same. */
  refused?: RescaleError;
}

/**
 * Asks the platform to stop a whole job, once. It answers 202 before the job has ended; its status and its runs tell when it has
 * (docs/platform.md). A lost answer is settled by reading them.
 *
 * Rejects with RESCALE_NOT_ACTIVE when the platform refuses because the job is over, RESCALE_DEADLINE when the end was not seen
 * in time, RESCALE_NETWORK when it can't be known whether the stop arrived.
 */
export async function stopJob(
  client: RescaleClient,
  request: StopJobRequest,
  context: TaskContext,
): Promise<StopJobResult> {
  return withHighestPriority(client, context, (urgent, sent) => stopNow(client, request, urgent, sent));
}

async function stopNow(
  client: RescaleClient,
  request: StopJobRequest,
  context: TaskContext,
  sent: () => void,
): Promise<StopJobResult> {
  const { jobId, skipCompleted } = request;
  const before = await readJobAndRuns(client, jobId, context);
  if (skipCompleted && needsNoStop(before))
    return { requested: false, confirmed: true, run: null, status: before.status };

  const noted = await noteRuns(client, jobId, before, context);
  const { seen, ...result } = await sendStop<JobStatus>(
    {
      send: () => client.stopJob(jobId, context).finally(noted.answered).finally(sent),
      noted,
      read: jobEndReader(client, jobId, before.status),
      stopped(status) {
        if (status === null || !(isTerminal(status) || isStopping(status))) return 'before';
        const since = noted.since(instant(status.statusDate));
        // It says that it stops as soon as it is asked to.
        const isNew = isStopping(status) && before.status !== null && !isStopping(before.status);
        return isNew && since === 'about' ? 'after' : since;
      },
      // A draft has no status.
      goesOn: (status) => status !== null && !isStopping(status),
      refused: (failure) => refused(client, request, failure, context),
      late: (seconds) => new RescaleError('RESCALE_DEADLINE', 'stop-job-deadline', { jobId, seconds }),
      unsettled: () => new RescaleError('RESCALE_NETWORK', 'stop-job-unsettled', { jobId }),
      unread: (failure) =>
        new RescaleError(
          failure.code,
          'stop-job-unread',
          { jobId, reason: unreadReason(failure) },
          failure.statusCode,
        ),
    },
    before.status,
    request,
    context,
  ).finally(noted.lost);
  return { ...result, run: null, status: seen };
}

/** The runs that end now were stopped, whatever code they exit with. That they can't be listed keeps no stop back. */
async function noteRuns(
  client: RescaleClient,
  jobId: string,
  { status, runs }: JobAndRuns,
  context: TaskContext,
): Promise<SentStop> {
  // In a job that is over, those that never started were not stopped by this.
  const now = client.platformNow();
  const open = (runs ?? []).filter(
    (run) => !hasSurelyEnded(run, now) && (run.dateStarted || !isTerminal(status)),
  );
  return noteStop(client, jobId, open, context);
}

/** A job that fails is `Stopping`, too. */
function isStopping(status: JobStatus): boolean {
  return normalisedStatus(status.status) === 'stopping' && meaningOf(status) === 'stop';
}

/** The platform said no. Of a job that is over it can say so, and then it is stopped. */
async function refused(
  client: RescaleClient,
  { jobId, skipCompleted }: StopJobRequest,
  failure: unknown,
  context: TaskContext,
): Promise<StopSent<JobStatus>> {
  if (!isRefusal(failure) || context.signal?.aborted) throw failure;
  const now = await readJobAndRuns(client, jobId, context);
  if (!isTerminal(now.status) || now.runs?.some(isInProgress))
    throw now.status && isStopping(now.status) ? failure : stopFailure(failure, jobId);
  if (skipCompleted) return { requested: false, confirmed: true, seen: now.status };
  throw new RescaleError('RESCALE_NOT_ACTIVE', 'not-active-job', { jobId }, failure.statusCode);
}
