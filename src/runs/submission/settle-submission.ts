import type { RescaleClient } from '../../api/client/client';
import { isRescaleError, RescaleError, type ErrorText } from '../../api/errors/errors';
import type { Job } from '../../api/client/types';
import type { TaskContext } from '../tasks/task-context';
import { wasSubmitted } from './settle';

/** A job that was made, as errors name it. */
type MadeJob = Pick<Job, 'id' | 'name'>;

/** The answer was lost. Rejects when the statuses do not tell. */
export async function settleLost(client: RescaleClient, job: MadeJob, context: TaskContext): Promise<void> {
  const seen = await wasSubmitted(client, job.id, context).catch(unlessClosed(context));
  if (!seen) throw mayRunError(job);
}

/**
 * The answer was a no, which what stands before the platform can give to what was carried out, and the platform to a submission
 * that it repeats. Resolves for a job that its statuses show submitted; else rejects with the refusal, or with what can't be known.
 */
export async function settleRefused(
  client: RescaleClient,
  job: MadeJob,
  refusal: RescaleError,
  context: TaskContext,
): Promise<void> {
  let seen: true | null;
  try {
    seen = await wasSubmitted(client, job.id, context, 'refused');
  } catch (failure) {
    unlessClosed(context)(failure);
    const values = { jobId: job.id, name: job.name, reason: refusalReason(refusal) };
    throw new RescaleError(refusal.code, 'submit-refused-may-run', values, refusal.statusCode);
  }
  if (!seen) throw refusal;
}

/** Something has answered, so that it was sent. */
export function wasAnswered({ statusCode }: RescaleError): boolean {
  return statusCode !== undefined;
}

/**
 * A 200 to a submit has no body, and a gateway can answer it, too. False where the statuses can't be read: then it counts as
 * submitted, in doubt.
 */
export async function confirmSubmitted(
  client: RescaleClient,
  job: MadeJob,
  context: TaskContext,
): Promise<boolean> {
  let seen: true | null;
  try {
    seen = await wasSubmitted(client, job.id, context, 'prompt');
  } catch (failure) {
    unlessClosed(context)(failure);
    return false;
  }
  if (seen) return true;
  throw new RescaleError('RESCALE_PROTOCOL', 'submit-unseen', { jobId: job.id, name: job.name });
}

/** What can't be looked at is not known; a close is no look. */
export function unlessClosed(context: TaskContext): (failure: unknown) => null {
  return (failure) => {
    if (context.signal?.aborted) throw failure;
    return null;
  };
}

/** Sentences that say by themselves whether the job runs. */
const TELLING: ReadonlySet<ErrorText['key']> = new Set([
  'submit-may-run',
  'submit-unseen',
  'submit-refused-may-run',
]);

/** What failed after the job was made, with the draft that it left. */
export function draftLeftError(error: unknown, job: MadeJob, context: TaskContext): unknown {
  if (context.signal?.aborted) return error;
  const values = { jobId: job.id, name: job.name };
  if (!isRescaleError(error)) return faultAfter(error, values);
  if (TELLING.has(error.key)) return error;
  const { statusCode: status } = error;
  if (misleads(error)) {
    const reason =
      status === undefined
        ? { key: 'reason-connection' as const }
        : { key: 'reason-status' as const, values: { status } };
    return new RescaleError(error.code, 'submit-draft-unanswered', { ...values, reason }, status);
  }
  const reason = { key: error.key, values: error.values };
  return new RescaleError(error.code, 'submit-draft-left', { ...values, reason }, status);
}

/** A fault of ours loses no job that was made. */
function faultAfter(fault: unknown, values: { jobId: string; name: string }): RescaleError {
  const reason: ErrorText = { key: 'unexpected', values: { reason: textOf(fault) } };
  const error = new RescaleError('RESCALE_PROTOCOL', 'submit-draft-left', { ...values, reason });
  if (fault instanceof Error && fault.stack !== undefined) error.stack = fault.stack;
  return error;
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

/** Its sentence says to send the message again, which would make a second job, or that there is no job. */
function misleads({ kind, code }: RescaleError): boolean {
  return kind === 'transient' || code === 'RESCALE_NOT_FOUND';
}

/** The warning of a submission that was refused, and is seen to have been carried out. */
export function submittedThoughRefused({ id, name }: MadeJob, refusal: RescaleError): ErrorText {
  return { key: 'submit-refused-runs', values: { jobId: id, name, reason: refusalReason(refusal) } };
}

function refusalReason(refusal: RescaleError): ErrorText {
  if (!misleads(refusal)) return { key: refusal.key, values: refusal.values };
  return { key: 'reason-answered', values: { status: refusal.statusCode ?? 0 } };
}

export function mayExistError(name: string): RescaleError {
  return new RescaleError('RESCALE_NETWORK', 'submit-may-exist', { name });
}

export function mayRunError({ id, name }: MadeJob): RescaleError {
  return new RescaleError('RESCALE_NETWORK', 'submit-may-run', { jobId: id, name });
}
