import { randomUUID } from 'node:crypto';
import { isRecord } from '../../api/endpoints/rows';
import { secretsBrought, withoutEnvironment } from '../../runs/jobs/secrets';
import { prepareJob, type SubmitRequest } from '../../runs/jobs/prepare-job';
import { settleInterrupted } from '../../runs/submission/settle-interrupted';
import {
  firstRecord,
  submitJob,
  type SubmissionRecord,
  type SubmitResult,
} from '../../runs/submission/submit-job';
import { submittedThoughRefused } from '../../runs/submission/settle-submission';
import type { StateStore } from '../../runs/tasks/ports';
import type { NodeHost, Result, StatusText, InputContext } from '../definition/definition';
import { createDurableItems, type NewItem, type DurableItem } from '../state/durable-items';
import { maskedMessage } from '../state/masked-message';
import { storeLater } from '../state/first-write';
import { removeWhenDelivered, sendUntilDelivered } from './until-delivered';
import { packMessage, unpackMessage } from '../state/stored-message';
import { submissionFormat, type StoredSubmission } from './submission-format';

type Submitting = AsyncGenerator<Result, StatusText | void, undefined>;

/** The submissions of one node. */
interface DurableSubmissions<Fields> {
  /** One message that makes a job. */
  submit(context: InputContext<Fields>, request: SubmitRequest): Submitting;
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
  function recorder(context: InputContext<Fields>, request: SubmitRequest) {
    let item: DurableItem<StoredSubmission> | null = null;
    let stopStoring = () => {};
    const keep = async (record: SubmissionRecord): Promise<void> => {
      if (item) {
        await item.write({ ...item.value, record });
        return;
      }
      // A message that can't be written is told of without it: what counts is the name of the job.
      const { message } = context;
      const complete = packMessage(maskedMessage(message, secretsBrought(message, request)));
      const packed = 'packed' in complete ? complete : packMessage({ _msgid: message._msgid ?? '' });
      if (!('packed' in packed)) return;
      const { origin } = context.connection;
      let created: NewItem<StoredSubmission> | null = null;
      const begin = () => {
        created = items.create(randomUUID(), { origin, record, packed: packed.packed });
        item = created.item;
        return created;
      };
      const stored = await context.keep(begin);
      if (!stored && store.durable) stopStoring = storeLater(host, context, () => created!.retry());
    };
    const forget = async () => {
      stopStoring();
      await item?.remove();
    };
    return { keep, forget };
  }

  return {
    async *submit(context, request) {
      const { keep, forget } = recorder(context, request);
      let result: SubmitResult;
      try {
        await keep(firstRecord(request.submit));
        const prepared = await prepareJob(context.client, request, context);
        result = await submitJob(context.client, prepared, request.submit, context, keep);
        if (result.refused) host.warn(submittedThoughRefused(result.job, result.refused));
      } catch (error) {
        // A close leaves it for the next start, which says how it stands.
        if (!context.signal.aborted) context.afterwards(removeWhenDelivered(host, forget));
        throw error;
      }
      const results = (again: boolean) => [again ? redelivered(toResult(result)) : toResult(result)];
      if (yield* sendUntilDelivered(host, results)) await forget();
      return statusOf(result);
    },

    resume: () =>
      items.resumeStored(({ item }) => {
        const message = unpackMessage(item.value.packed);
        if (!message) return 'unreadable';
        // A kill just after it was told leaves it here, so it may be told for the second time, on Catch too.
        message.rescale = { ...(isRecord(message.rescale) ? message.rescale : {}), redelivered: true };
        host.resume(message, {} as Fields, (context) => settle(context, item));
        return undefined;
      }),
  };

  async function* settle(context: InputContext<Fields>, item: DurableItem<StoredSubmission>): Submitting {
    try {
      const result = await settleInterrupted(context.client, item.value.record, context);
      if (yield* sendUntilDelivered(host, () => [redelivered(toResult(result))])) await item.remove();
      return statusOf(result);
    } catch (error) {
      if (!context.signal.aborted) context.afterwards(removeWhenDelivered(host, () => item.remove()));
      throw error;
    }
  }
}

function redelivered({ rescale, ...result }: Result): Result {
  return { ...result, rescale: { ...rescale, redelivered: true } };
}

function toResult({ job, submitted, confirmed, estimate }: SubmitResult): Result {
  return { payload: withoutEnvironment(job), jobId: job.id, rescale: { submitted, confirmed, estimate } };
}

function statusOf({ job, submitted, confirmed }: SubmitResult): StatusText {
  if (submitted && !confirmed) return { key: 'submitted-unseen', values: { jobId: job.id }, kind: 'trouble' };
  return { key: submitted ? 'submitted' : 'draft-made', values: { jobId: job.id } };
}
