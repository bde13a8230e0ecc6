import type { RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import type { Work } from '../work/work';
import { findMade, wasSubmitted } from './settle';
import type { SubmissionRecord, SubmitResult } from './submit-job';

/**
 * How a submission stands that a restart or a redeploy interrupted. Resolves for a job that did all it was to do. Nothing is
 * made or submitted here, because nobody is there any more who would notice that it went wrong: a draft is named instead.
 *
 * Rejects with RESCALE_CLOSED for a draft that was not submitted, and with RESCALE_NETWORK when it can't be known whether the
 * job exists. As long as the platform can't be reached, it waits.
 */
export async function settleInterrupted(
  client: RescaleClient,
  { name, since, step, jobId, submit }: SubmissionRecord,
  work: Work,
): Promise<SubmitResult> {
  const id = jobId ?? (await findMade(client, name, since, work, 'patient'))?.id ?? null;
  if (id === null) throw new RescaleError('RESCALE_NETWORK', 'submit-may-exist', { name });
  const submitted = step === 'submitting' && (await wasSubmitted(client, id, work, 'patient')) === true;
  if (!submitted && submit)
    throw new RescaleError('RESCALE_CLOSED', 'submit-interrupted', { jobId: id, name });
  const job = await client.getJob(id, { signal: work.signal, trace: work.trace });
  return { job, submitted, estimate: null };
}
