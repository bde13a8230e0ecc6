import type { RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import type { Job } from '../../api/client/types';
import type { TaskContext } from '../tasks/task-context';
import { findMade, wasSubmitted } from './settle';
import { mayExistError, mayRunError } from './settle-submission';
import type { SubmissionRecord, SubmitResult } from './submit-job';

/**
 * How a submission stands that a restart or a redeploy interrupted. Resolves for a job that did all it was to do. Nothing is
 * made or submitted here, because nobody is there any more who would notice that it went wrong: a draft is named instead.
 *
 * Rejects with RESCALE_CLOSED for a job that was not made, and for a draft that was not submitted; with RESCALE_NETWORK when it
 * can't be known. As long as the platform can't be reached, it waits.
 */
export async function settleInterrupted(
  client: RescaleClient,
  record: SubmissionRecord,
  context: TaskContext,
): Promise<SubmitResult> {
  const { name, step, jobId, submit } = record;
  if (step === 'unmade') throw new RescaleError('RESCALE_CLOSED', 'submit-unmade');
  const asked = { signal: context.signal, trace: context.trace };
  // Whatever the platform refuses now, the person has to learn what there may be.
  const unless = (doubt: RescaleError) => (failure: unknown) => {
    throw context.signal?.aborted ? failure : doubt;
  };
  const id =
    jobId ??
    (await findMade(client, record, context, 'patient').catch(unless(mayExistError(name))))?.id ??
    null;
  if (id === null) throw mayExistError(name);
  const draft = { id, name };
  // Also where nothing was sent: the record may be older than what was done on a disk that is full, and a person may have submitted it.
  const patience = step === 'submitting' ? 'patient' : 'glance';
  const submitted =
    submit && (await wasSubmitted(client, id, context, patience).catch(unless(mayRunError(draft)))) === true;
  if (!submitted && submit)
    throw new RescaleError('RESCALE_CLOSED', 'submit-interrupted', { jobId: id, name });
  const job = await client.getJob(id, asked).catch((failure: unknown): Job => {
    if (context.signal?.aborted) throw failure;
    return { ...draft, dateInserted: '' };
  });
  return { job, submitted, confirmed: submitted, estimate: null };
}
