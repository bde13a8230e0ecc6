import type { CallOptions, RescaleClient, Upload } from '../../api/client/client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { Job, Project, RescaleFile } from '../../api/client/types';
import type { Budget } from '../../api/limits/budget';
import { checksumOf, hashBytes } from '../files/checksum';
import { createKeyedMutex, type KeyedMutex } from '../tasks/keyed-mutex';
import type { TaskContext } from '../tasks/task-context';
import type { Draft, FileInput } from '../jobs/definition';
import type { Estimate } from '../jobs/estimate';
import type { PreparedJob } from '../jobs/prepare-job';
import { redactorOf } from '../jobs/secrets';
import { digestOf, findMade, isUnsettled } from './settle';
import {
  confirmSubmitted,
  draftLeftError,
  mayExistError,
  settleLost,
  settleRefused,
  unlessClosed,
  wasAnswered,
} from './settle-submission';

export interface SubmitResult {
  job: Job;
  submitted: boolean;
  /** It has been seen submitted since. False where its statuses could not be read: the platform's good answer is all there is then. */
  confirmed: boolean;
  /** Null where it can't be worked out. */
  estimate: Estimate | null;
  /** What the platform said to the submission, which its statuses show all the same. */
  refused?: RescaleError;
}

/** Where a submission stands, kept on disk from its message on until it is over. */
export interface SubmissionRecord {
  /** '' before it is known. */
  name: string;
  /** The platform's clock, ms since the epoch, before the job was made. */
  since: number;
  /**
   * `unmade`: nothing was sent that makes a job. `making` and `submitting`: it was sent, or was about to be. `draft`: it was made, and
   * nothing was sent that submits it.
   */
  step: 'unmade' | 'making' | 'draft' | 'submitting';
  jobId: string | null;
  /** Whether it is to be submitted. */
  submit: boolean;
  /** By what the job is known for this submission's own; see `WantedJob`. */
  marks: string[];
  digest: string;
}

/** Keeps the record before each step is taken. */
type KeepRecord = (record: SubmissionRecord) => Promise<void>;

/** Before anything was done for it. */
export const firstRecord = (submit: boolean): SubmissionRecord => ({
  name: '',
  since: 0,
  step: 'unmade',
  jobId: null,
  submit,
  marks: [],
  digest: '',
});

/** The rate for submissions is so low that many of them at once would hold every connection while they wait for it. */
const submitting = new WeakMap<Budget, KeyedMutex>();

/**
 * Makes a job and submits it. Nothing is sent twice: a lost answer is settled by looking for what it did. Nothing is submitted
 * after a step that failed: the draft is named in the error.
 *
 * Rejects with RESCALE_NETWORK ("may exist", "may run") when what became of a lost answer can't be known.
 */
export async function submitJob(
  client: RescaleClient,
  prepared: PreparedJob,
  submit: boolean,
  context: TaskContext,
  keep: KeepRecord,
): Promise<SubmitResult> {
  const { draft, estimated, mark } = prepared;
  // The platform may repeat what it was sent.
  const options: CallOptions = {
    signal: context.signal,
    trace: context.trace,
    redact: redactorOf(draft.jobanalyses),
  };
  const estimate = 'unknown' in estimated ? null : estimated;
  const uploaded = await uploadFiles(client, prepared, options);
  const since = client.platformNow();
  const before = {
    ...firstRecord(submit),
    name: draft.name,
    since,
    marks: [mark, ...uploaded],
    digest: digestOf(draft.jobanalyses),
  };
  const job = await step(keep, before, 'making', context, () =>
    make(client, draft, before, context, options),
  );
  const record: SubmissionRecord = { ...before, step: 'draft', jobId: job.id };
  await keep(record);
  try {
    if (prepared.project) await assignProject(client, job, prepared.project, options);
    if (!submit) return { job, submitted: false, confirmed: false, estimate };
    const turn = submitting.get(client.budget) ?? createKeyedMutex();
    submitting.set(client.budget, turn);
    if (turn.isTaken('')) context.progress?.({ doing: 'awaiting-submissions' });
    // Only the sending has to wait for others: what became of a lost answer may take minutes to find out.
    const answer = await turn.run('', context.signal, () => {
      context.progress?.({ doing: 'submitting' });
      return step(keep, record, 'submitting', context, () => sendSubmission(client, job, options));
    });
    const settled = { job, submitted: true, estimate };
    if (answer === 'accepted') return { ...settled, confirmed: await confirmSubmitted(client, job, context) };
    if (answer === null) await settleLost(client, job, context);
    else await settleRefused(client, job, answer, context);
    return { ...settled, confirmed: true, ...(answer && { refused: answer }) };
  } catch (error) {
    throw draftLeftError(error, job, context);
  }
}

/**
 * Takes a step that must not be taken twice. The record says so before; and when the step is given up before anything of it was
 * sent, it is put back, so that the next start need not look for what was never there.
 */
async function step<Made>(
  keep: KeepRecord,
  before: SubmissionRecord,
  name: 'making' | 'submitting',
  { trace, signal }: TaskContext,
  take: () => Promise<Made>,
): Promise<Made> {
  await keep({ ...before, step: name });
  const sent = trace?.attempts;
  try {
    return await take();
  } catch (error) {
    if (signal?.aborted && sent !== undefined && trace?.attempts === sent) await keep(before);
    throw error;
  }
}

/** The ids of what was uploaded, which stand in the definition of no other job. */
async function uploadFiles(
  client: RescaleClient,
  { draft, uploads, table }: PreparedJob,
  options: CallOptions,
): Promise<string[]> {
  const inputs: FileInput[] = [];
  for (const upload of uploads) {
    const file = await uploadWhole(client, upload, options);
    inputs.push({ id: file.id, decompress: true });
  }
  const first = draft.jobanalyses[0]!;
  first.inputFiles = [...(first.inputFiles ?? []), ...inputs];
  const ids = inputs.map(({ id }) => id);
  if (!table) return ids;
  const bytes = Buffer.from(table.csv);
  const upload: Upload = { name: 'parameters.csv', bytes: bytes.length, typeId: 3, open: () => chunk(bytes) };
  const { id } = await uploadWhole(client, upload, options);
  draft['paramFile'] = { id };
  // The platform reads them from the header of the table.
  draft['jobvariables'] = [];
  return [...ids, id];
}

/** Bytes. What is larger is held to its size alone: its checksum would take as long again as its upload. */
const HASHED_AT_MOST = 64 * 1024 * 1024;

/** Uploads a file and holds what the platform says of it against what was sent: a computation with half an input costs as much. */
async function uploadWhole(
  client: RescaleClient,
  upload: Upload,
  options: CallOptions,
): Promise<RescaleFile> {
  const { name, bytes } = upload;
  const file = await client.uploadFile(upload, options).catch(uploadLost(upload));
  const got = file.decryptedSize;
  if (typeof got === 'number' && got !== bytes) {
    throw new RescaleError('RESCALE_CHECKSUM', 'submit-upload-cut', { name, sent: bytes, got });
  }
  const told = bytes <= HASHED_AT_MOST ? checksumOf(file) : null;
  if (told && (await hashBytes(upload.open(), told.algorithm, options.signal)) !== told.hash) {
    throw new RescaleError('RESCALE_CHECKSUM', 'submit-upload-other', { name, hash: told.algorithm });
  }
  return file;
}

/** A file that is there twice does no harm, so the message may simply come again. */
function uploadLost({ name }: Upload): (error: unknown) => never {
  return (error) => {
    throw isUnsettled(error) ? new RescaleError('RESCALE_NETWORK', 'submit-upload-lost', { name }) : error;
  };
}

async function* chunk(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield await Promise.resolve(bytes);
}

async function make(
  client: RescaleClient,
  draft: Draft,
  wanted: SubmissionRecord,
  context: TaskContext,
  options: CallOptions,
): Promise<Job> {
  try {
    return await client.createJob(draft, options);
  } catch (error) {
    if (!isUnsettled(error)) throw await unlessMade(client, wanted, error, context);
    const made = await findMade(client, wanted, context).catch(unlessClosed(context));
    if (!made) throw mayExistError(draft.name);
    // Its name and id are enough to go on.
    return client
      .getJob(made.id, options)
      .catch(unlessClosed(context))
      .then((job) => job ?? made);
  }
}

/** What to tell of a job that the platform would not make: it may be there all the same, and is a draft then. */
async function unlessMade(
  client: RescaleClient,
  wanted: SubmissionRecord,
  refusal: unknown,
  context: TaskContext,
): Promise<unknown> {
  if (!isRescaleError(refusal) || refusal.kind !== 'refused' || refusal.code === 'RESCALE_AUTH')
    return refusal;
  const made = await findMade(client, wanted, context, 'once').catch(unlessClosed(context));
  return made ? draftLeftError(refusal, made, context) : refusal;
}

/** Null where the answer was lost, and the refusal where there was one: either may have been carried out. */
async function sendSubmission(
  client: RescaleClient,
  job: Job,
  options: CallOptions,
): Promise<'accepted' | RescaleError | null> {
  try {
    await client.submitJob(job.id, options);
    return 'accepted';
  } catch (error) {
    if (isUnsettled(error)) return null;
    if (isRescaleError(error) && wasAnswered(error)) return error;
    throw error;
  }
}

/** Which name the platform reads in a create request is not certain, so the answer is looked at and the project assigned. */
async function assignProject(
  client: RescaleClient,
  job: Job,
  project: Project,
  options: CallOptions,
): Promise<void> {
  const { company } = await client.currentUser(options);
  if (company?.code) return client.assignProject(company.code, job.id, project.id, options);
  const answer = await client.patchJob(job.id, { projectId: project.id }, options);
  if (answer['projectId'] === project.id) return;
  throw new RescaleError('RESCALE_REJECTED', 'submit-project-unassigned', {
    project: project.name ?? project.id,
  });
}
