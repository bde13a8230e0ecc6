import type { RescaleClient } from '../../api/client/client';
import { isRescaleError, RescaleError, type ErrorText } from '../../api/errors/errors';
import type { Run } from '../../api/client/types';
import { runState } from '../run/run-state';
import type { RunAddress, TaskContext } from '../tasks/task-context';

/** Why the platform would not do what it was asked for a run. */
interface Diagnosis {
  /** The run as it stands now; null when it could not be read. */
  run: Run | null;
  /** What to tell the flow author. */
  error: RescaleError;
}

/**
 * Stop, snapshot, directory and tail work only while a run is in progress, and nobody says with which status the
 * platform refuses them otherwise (docs/platform.md). So a refusal is explained by reading the
 * run again. Any other failure (no answer, 5xx, 429, a refused key) is thrown as it is.
 *
 * `missing` is what a 404 means while the run is in progress; without it a 404 is a rejection like any other.
 */
export async function diagnose(
  client: RescaleClient,
  address: RunAddress,
  failure: unknown,
  context: TaskContext,
  missing?: RescaleError,
): Promise<Diagnosis> {
  if (!isRefusal(failure)) throw failure;
  let run: Run;
  try {
    run = await client.getRun(address.jobId, address.runId, context);
  } catch (error) {
    if (!isRescaleError(error) || error.code === 'RESCALE_CLOSED' || context.signal?.aborted) throw error;
    return { run: null, error: error.code === 'RESCALE_NOT_FOUND' ? error : failure };
  }
  if (runState(run) !== 'running') return { run, error: notActive(address, run, failure.statusCode) };
  return { run, error: missing && isApiRefusal(failure) ? missing : rejection(client, failure) };
}

/**
 * True for a no of the API itself, in its own form, also with status 200. A gateway's page, text or JSON, half an answer, none
 * or a redirect tells nothing of what was asked for.
 */
export function isApiRefusal(error: RescaleError): boolean {
  return isRefusal(error) && (error.code !== 'RESCALE_PROTOCOL' || error.key === 'protocol-notice');
}

/**
 * True for answers that may mean no more than that the run is not in progress: a no that is not said to the key, and what is
 * not the API's.
 */
export function isRefusal(error: unknown): error is RescaleError {
  if (!isRescaleError(error) || error.code === 'RESCALE_AUTH') return false;
  return error.kind === 'refused' || error.code === 'RESCALE_PROTOCOL';
}

/** After something was sent: why what it is about can't be read. That there is nothing of the kind would be said of another hour. */
export function unreadReason({ code, key, values, statusCode }: RescaleError): ErrorText {
  if (code !== 'RESCALE_NOT_FOUND') return { key, values };
  return { key: 'reason-answered', values: { status: statusCode ?? 404 } };
}

/** RESCALE_NOT_ACTIVE, with whether the run is still to start or over. */
function notActive(address: RunAddress, run: Run, statusCode?: number): RescaleError {
  const { jobId, runId } = address;
  return new RescaleError(
    'RESCALE_NOT_ACTIVE',
    run.dateCompleted ? 'not-active-ended' : 'not-active-pending',
    { jobId, runId },
    statusCode,
  );
}

/** A 404 of a run that exists and is in progress says that the platform would not, not that the run is missing. */
function rejection(client: RescaleClient, failure: RescaleError): RescaleError {
  if (failure.code !== 'RESCALE_NOT_FOUND') return failure;
  return new RescaleError(
    'RESCALE_REJECTED',
    'rejected',
    {
      platform: failure.values['platform'] ?? client.origin,
      status: failure.statusCode ?? 404,
      words: failure.values['words'] || { key: 'reason-unsaid' },
    },
    failure.statusCode,
  );
}

/** What should not happen is trouble like any other: it must not end the looking, nor keep it from being seen. */
export function asRescaleError(error: unknown): RescaleError {
  if (isRescaleError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new RescaleError('RESCALE_PROTOCOL', 'unexpected', { reason });
}
