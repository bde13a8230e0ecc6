import { randomUUID } from 'node:crypto';
import { withoutEnvironment } from '../../runs/jobs/secrets';
import { prepareJob, type SubmitRequest } from '../../runs/jobs/prepare-job';
import { settleInterrupted } from '../../runs/jobs/settle-interrupted';
import { firstRecord, submitJob, type SubmissionRecord, type SubmitResult } from '../../runs/jobs/submit-job';
import type { StateStore } from '../../runs/work/ports';
import type { NodeHost, Result, StatusText, Work } from '../definition/definition';
import { createDurableItems, type DurableItem } from '../state/durable-items';
import { packMessage, unpackMessage } from '../state/stored-message';
import { submissionFormat, type StoredSubmission } from './submission-format';

type Submitting = AsyncGenerator<Result, StatusText | void, undefined>;

/** The submissions of one node. */
export interface DurableSubmissions<Fields> {
  /** One message that makes a job. */
  submit(work: Work<Fields>, request: SubmitRequest): Submitting;
  /** Says of what a restart interrupted how it stands, once. Nothing is submitted there. */
  resume(): Promise<void>;
}

export function createSubmissions<Fields>(
  host: NodeHost<Fields>,
  store: StateStore,
): DurableSubmissions<Fields> {
  const items = createDurableItems<StoredSubmission>(host, store, {
    prefix: 'submission:',
    format: submissionFormat,
    isForeign: async ({ origin }) => origin !== (await host.connect()).origin,
  });

  /** Written before each step is taken, so that a kill at any moment leaves word of what may have been made. */
  function recorder(work: Work<Fields>) {
    let item: DurableItem<StoredSubmission> | null = null;
    const keep = async (record: SubmissionRecord): Promise<void> => {
      if (item) {
        await item.write({ ...item.value, record });
        return;
      }
      // A message that can't be written is told of without it: what counts is the name of the job.
      const whole = packMessage(work.message);
      const packed = 'packed' in whole ? whole : packMessage({ _msgid: work.message._msgid ?? '' });
      if (!('packed' in packed)) return;
      const { origin } = work.connection;
      const begin = () => {
        const begun = items.begin(randomUUID(), { origin, record, packed: packed.packed });
        item = begun.item;
        return begun;
      };
      await work.keep(begin);
    };
    return { keep, forget: async () => void (await item?.forget()) };
  }

  return {
    async *submit(work, request) {
      const { keep, forget } = recorder(work);
      let result: SubmitResult;
      try {
        await keep(firstRecord(request.submit));
        const prepared = await prepareJob(work.client, request, work);
        result = await submitJob(work.client, prepared, request.submit, work, keep);
      } catch (error) {
        // A close leaves it for the next start, which says how it stands.
        if (!work.signal.aborted) work.afterwards(forget);
        throw error;
      }
      yield toResult(result);
      await forget();
      return statusOf(result);
    },

    resume: () =>
      items.takeUp(({ item }) => {
        const message = unpackMessage(item.value.packed);
        if (!message) return 'unreadable';
        host.resume(message, {} as Fields, (work) => settle(work, item));
        return undefined;
      }),
  };

  async function* settle(work: Work<Fields>, item: DurableItem<StoredSubmission>): Submitting {
    try {
      const result = await settleInterrupted(work.client, item.value.record, work);
      const { rescale, ...rest } = toResult(result);
      yield { ...rest, rescale: { ...rescale, redelivered: true } };
      await item.forget();
      return statusOf(result);
    } catch (error) {
      if (!work.signal.aborted) work.afterwards(() => item.forget());
      throw error;
    }
  }
}

function toResult({ job, submitted, estimate }: SubmitResult): Result {
  return { payload: withoutEnvironment(job), jobId: job.id, rescale: { submitted, estimate } };
}

function statusOf({ job, submitted }: SubmitResult): StatusText {
  return { key: submitted ? 'submitted' : 'draft-made', values: { jobId: job.id } };
}
