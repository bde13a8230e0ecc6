import type { RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import type { Run } from '../../api/client/types';
import { diagnose, unreadReason } from '../reading/diagnosis';
import { noteStop } from '../evidence/sent-stop';
import { runReader } from '../reading/run-reader';
import { hasBegun, hasSurelyEnded, instant } from '../run/run-state';
import type { RunAddress, TaskContext } from '../tasks/task-context';
import {
  withHighestPriority,
  readBefore,
  sendStop,
  stopFailure,
  type Confirmation,
  type StopSent,
} from './send-stop';

interface StopRequest extends RunAddress, Confirmation {
  /** Leave a run alone that has completed already, without an error. */
  skipCompleted: boolean;
}

/** What became of a stop. */
interface StopResult {
  /** A stop was sent by this call, and not refused. */
  requested: boolean;
  /** The run has been seen ended since. True as well for a run that had ended before. */
  confirmed: boolean;
  /** The last Run that was read, null when none was. */
  run: Run | null;
  /** What the platform said to the stop, which has been seen carried out all the same. */
  refused?: RescaleError;
}

/**
 * Asks the platform to stop a run, once. A stop is a request: the run goes on until it has been seen ended, which
 * `confirm` waits for (docs/platform.md). A lost answer is settled by reading the run.
 *
 * Rejects with RESCALE_NOT_ACTIVE when the platform refuses because the run is not in progress, RESCALE_DEADLINE
 * when the end was not seen in time, RESCALE_NETWORK when it can't be known whether the stop arrived.
 */
export async function stopRun(
  client: RescaleClient,
  request: StopRequest,
  context: TaskContext,
): Promise<StopResult> {
  return withHighestPriority(client, context, (urgent, sent) => stopNow(client, request, urgent, sent));
}

async function stopNow(
  client: RescaleClient,
  request: StopRequest,
  context: TaskContext,
  sent: () => void,
): Promise<StopResult> {
  const { jobId, runId } = request;
  const before = request.skipCompleted
    ? await readBefore((options) => client.getRun(jobId, runId, options), context)
    : null;
  // A date that can't be right keeps no stop from being sent: where it was not needed, it does no harm.
  if (before && hasSurelyEnded(before, client.platformNow()))
    return { requested: false, confirmed: true, run: before };

  const noted = await noteStop(client, jobId, [before ?? { id: runId }], context);
  const read = runReader(client, request, context.clock);
  const { seen, ...result } = await sendStop<Run>(
    {
      // Its answer may be the first to say what time it is on the platform.
      send: () => client.stopRun(jobId, runId, context).finally(noted.answered).finally(sent),
      noted,
      async read(options) {
        const { run, state } = await read(options);
        return { seen: run, isOver: state === 'ended' || hasSurelyEnded(run, client.platformNow()) };
      },
      stopped: (run) => (run?.dateCompleted ? noted.since(instant(run.dateCompleted)) : 'before'),
      goesOn: (run) => run !== null && hasBegun(run),
      refused: (failure) => refused(client, request, failure, context),
      late: (seconds) => new RescaleError('RESCALE_DEADLINE', 'stop-deadline', { jobId, runId, seconds }),
      unsettled: () => new RescaleError('RESCALE_NETWORK', 'stop-unsettled', { jobId, runId }),
      unread: (failure) =>
        new RescaleError(
          failure.code,
          'stop-unread',
          { jobId, runId, reason: unreadReason(failure) },
          failure.statusCode,
        ),
    },
    before,
    request,
    context,
  ).finally(noted.lost);
  return { ...result, run: seen };
}

/** The platform said no, or something that is not the API's, and the run has not ended since. */
async function refused(
  client: RescaleClient,
  request: StopRequest,
  failure: unknown,
  context: TaskContext,
): Promise<StopSent<Run>> {
  const { run, error } = await diagnose(client, request, failure, context);
  if (run?.dateCompleted && request.skipCompleted) return { requested: false, confirmed: true, seen: run };
  throw stopFailure(error, request.jobId, request.runId);
}
