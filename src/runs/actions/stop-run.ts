import type { RescaleClient } from '../../api/client/client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { Run } from '../../api/client/types';
import { diagnose } from '../reading/diagnosis';
import { isPassing, lookUntil, tolerant } from '../work/polling';
import { noteStop, requestedStops } from '../evidence/requested-stops';
import { runReader } from '../reading/run-reader';
import { isOver } from '../run/run-state';
import type { RunAddress, Work } from '../work/work';

export interface StopRequest extends RunAddress {
  /** Leave a run alone that has completed already, without an error. */
  skipCompleted: boolean;
  /** Wait until the run has been seen ended. */
  confirm: boolean;
  /** Milliseconds that the confirmation may take. */
  deadline: number;
}

/** What became of a stop. */
export interface StopResult {
  /** A stop was sent by this call, and not refused. */
  requested: boolean;
  /** The run has been seen ended since. True as well for a run that had ended before. */
  confirmed: boolean;
  /** The last Run that was read, null when none was. */
  run: Run | null;
}

/** How long (ms) a lost answer is settled by reading the run when nobody asked for confirmation. */
const SETTLING = 10_000;
const FIRST_LOOK = 1_000;
const LONGEST_PAUSE = 15_000;

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
  ordinary: Work,
): Promise<StopResult> {
  // The read before and those that confirm go before everything as well: money burns while they wait.
  const work: Work = { ...ordinary, priority: 'action' };
  const before = request.skipCompleted ? await readBefore(client, request, work) : null;
  if (before?.dateCompleted) return { requested: false, confirmed: true, run: before };

  const { jobId, runId } = request;
  const stops = requestedStops(client);
  const askedBefore = stops.has(jobId, runId, before);
  await noteStop(client, jobId, [runId], work);
  try {
    await client.stopRun(jobId, runId, work);
  } catch (failure) {
    if (isLost(failure)) return settle(client, request, failure, before, work);
    // A stop that was refused stops nothing, but an earlier one may: how the run ends is told by that.
    if (!askedBefore && !work.signal?.aborted) stops.forget(jobId, runId);
    return refused(client, request, failure, before, work);
  }
  if (!request.confirm) return { requested: true, confirmed: false, run: before };

  const { ended } = await awaitEnd(client, request, request.deadline, work);
  if (ended) return { requested: true, confirmed: true, run: ended };
  throw new RescaleError('RESCALE_DEADLINE', 'stop-deadline', {
    jobId: request.jobId,
    runId: request.runId,
    seconds: Math.round(request.deadline / 1000),
  });
}

/** A read that fails by bad luck must not keep a stop from being sent: a stop too many does no harm. */
async function readBefore(client: RescaleClient, request: StopRequest, work: Work): Promise<Run | null> {
  try {
    return await client.getRun(request.jobId, request.runId, work);
  } catch (error) {
    if (work.signal?.aborted || !isPassing(error)) throw error;
    return null;
  }
}

function isLost(failure: unknown): failure is RescaleError {
  return isRescaleError(failure) && failure.kind === 'unsettled';
}

/** The platform said no, or something that is not the API's. */
async function refused(
  client: RescaleClient,
  request: StopRequest,
  failure: unknown,
  before: Run | null,
  work: Work,
): Promise<StopResult> {
  const { run, error } = await diagnose(client, request, failure, work);
  if (run?.dateCompleted && request.skipCompleted) {
    // Seen in progress before, ended now, and the answer was garbled rather than a no: the stop may well have done it.
    const garbled = isRescaleError(failure) && failure.code === 'RESCALE_PROTOCOL';
    if (garbled && before !== null) await noteStop(client, request.jobId, [request.runId], work);
    return { requested: garbled && before !== null, confirmed: true, run };
  }
  throw error;
}

/** Nobody knows whether the stop arrived. It is not sent again; the run itself tells. */
async function settle(
  client: RescaleClient,
  request: StopRequest,
  failure: RescaleError,
  before: Run | null,
  work: Work,
): Promise<StopResult> {
  const patience = request.confirm ? request.deadline : Math.min(SETTLING, request.deadline);
  const { ended, last } = await awaitEnd(client, request, patience, work);
  if (ended) return { requested: true, confirmed: true, run: ended };
  // Never readable since, or a plain 5xx: the first failure says it best.
  if (!(last ?? before) || failure.code === 'RESCALE_SERVER') throw failure;
  throw new RescaleError('RESCALE_NETWORK', 'stop-unsettled', {
    jobId: request.jobId,
    runId: request.runId,
  });
}

async function awaitEnd(
  client: RescaleClient,
  address: RunAddress,
  patience: number,
  work: Work,
): Promise<{ ended: Run | null; last: Run | null }> {
  work.progress?.({ doing: 'confirming-stop', until: work.clock.now() + patience });
  let last: Run | null = null;
  const read = runReader(client, address);
  const look = tolerant(async (signal) => {
    const { run, state } = await read({ trace: work.trace, priority: 'action', signal });
    last = run;
    return isOver(state) ? run : null;
  });
  const ended = await lookUntil(look, { first: FIRST_LOOK, longest: LONGEST_PAUSE, patience }, work);
  return { ended, last };
}
