import { randomBytes } from 'node:crypto';
import type { CallOptions, RescaleClient, Upload } from '../../api/client/client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { CoreType, Job, Project } from '../../api/client/types';
import { collect } from '../files/file-bytes';
import type { Work } from '../work/work';
import { checkHardware, checkVersions, findCoreType, findProject, readCoreTypes } from './catalog';
import { cloneOf } from './clone';
import { asDefinition, type Draft, type FileInput, type Tile } from './definition';
import { checkCost, estimateOf, type Estimate } from './estimate';
import { inputUploads } from './inputs';
import { checkTemplate, parameterTable, type ParameterTable } from './parameters';
import { withoutSecrets } from './secrets';
import { findMade, isUnsettled, wasSubmitted } from './settle';
import { replaceTokens } from './tokens';

export interface SubmitRequest {
  /** The job to clone … */
  source?: string | undefined;
  /** … or the body of a create request. */
  definition?: unknown;
  /** Blank: the source's name and the time, unique. */
  jobName: string;
  tokens: Record<string, unknown>;
  /** CSV text or rows of a table, for a sweep; undefined leaves the source's. */
  parameters?: unknown;
  /** Paths or patterns below `folder`, or `{ name, content }`; undefined adds none. */
  inputs?: unknown;
  folder: string;
  inputMode: 'add' | 'replace';
  command?: string | undefined;
  coreType?: string | undefined;
  coresPerSlot?: number | undefined;
  slots?: number | undefined;
  /** Whole hours. */
  walltime?: number | undefined;
  project?: string | undefined;
  /** Off leaves a draft, which costs nothing. */
  submit: boolean;
  /** 0 = no limit. */
  limitCost: number;
}

export interface SubmitResult {
  job: Job;
  submitted: boolean;
  /** Null where it can't be worked out. */
  estimate: Estimate | null;
}

/** Where a submission stands, kept on disk from before the job is made until it is over. */
export interface SubmissionRecord {
  name: string;
  /** The platform's clock, ms since the epoch, before the job was made. */
  since: number;
  step: 'making' | 'draft' | 'submitting';
  jobId: string | null;
  /** Whether it is to be submitted. */
  submit: boolean;
}

/** Keeps the record before each step is taken. */
export type KeepRecord = (record: SubmissionRecord) => Promise<void>;

/** A job that is ready to be made: everything that can be refused beforehand was looked at. */
export interface PreparedJob {
  draft: Draft;
  uploads: Upload[];
  table: ParameterTable | null;
  project: Project | null;
  estimate: Estimate | null;
}

const TEMPLATE_LIMIT = 1024 * 1024;

/**
 * Makes sure, with reads alone, that a job can be made: nothing is uploaded, made or paid for here. Rejects with RESCALE_INPUT
 * and RESCALE_PATH, each with one sentence on what does not fit.
 */
export async function prepareJob(
  client: RescaleClient,
  request: SubmitRequest,
  work: Work,
): Promise<PreparedJob> {
  const options: CallOptions = { signal: work.signal, trace: work.trace };
  const { definition, originalName } = await startingPoint(client, request, options);
  const draft: Draft = {
    ...definition,
    name: request.jobName.trim() || uniqueName(originalName, client.platformNow()),
  };
  const [first] = draft.jobanalyses as [Tile, ...Tile[]];
  if (request.command !== undefined) first.command = request.command;
  replaceTokens(draft.jobanalyses, request.tokens);

  const coreTypes = await readCoreTypes(client, options);
  changeHardware(draft, request, coreTypes);
  checkHardware(draft, coreTypes);
  if (request.coreType !== undefined) await checkVersions(client, draft, options);
  const estimated = estimateOf(draft, coreTypes);
  checkCost(estimated, request.limitCost);
  const project = request.project ? await findProject(client, request.project, options) : null;
  const table = request.parameters === undefined ? null : parameterTable(request.parameters);
  if (table) await checkTemplates(client, draft, table, options);
  const uploads = request.inputs === undefined ? [] : await inputUploads(request.inputs, request.folder);
  if (uploads.length > 0 && request.inputMode === 'replace') first.inputFiles = [];
  return { draft, uploads, table, project, estimate: 'unknown' in estimated ? null : estimated };
}

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
  work: Work,
  keep: KeepRecord,
): Promise<SubmitResult> {
  const options: CallOptions = { signal: work.signal, trace: work.trace };
  const { draft, estimate } = prepared;
  await uploadFiles(client, prepared, options);
  const record: SubmissionRecord = {
    name: draft.name,
    since: client.platformNow(),
    step: 'making',
    jobId: null,
    submit,
  };
  await keep(record);
  const job = await make(client, draft, record.since, work);
  await keep({ ...record, step: 'draft', jobId: job.id });
  try {
    if (prepared.project) await assignProject(client, job, prepared.project, options);
  } catch (error) {
    throw draftLeft(withoutSecrets(error, draft), job, work);
  }
  if (!submit) return { job, submitted: false, estimate };
  work.signal?.throwIfAborted();
  await keep({ ...record, step: 'submitting', jobId: job.id });
  try {
    await client.submitJob(job.id, options);
  } catch (error) {
    if (!isUnsettled(error)) throw draftLeft(withoutSecrets(error, draft), job, work);
    if (!(await wasSubmitted(client, job.id, work))) throw mayRun(job);
  }
  return { job, submitted: true, estimate };
}

async function startingPoint(client: RescaleClient, request: SubmitRequest, options: CallOptions) {
  if (request.source === undefined) {
    const definition = asDefinition(request.definition);
    const { name } = definition;
    return { definition, originalName: typeof name === 'string' && name !== '' ? name : 'job' };
  }
  const source = await client.getJob(request.source, options);
  return { definition: cloneOf(source), originalName: source.name };
}

/** The platform has nothing by which a repeated request is known, so a job is known by its name. */
function uniqueName(original: string, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replace('T', ' ');
  return `${original} ${time} ${randomBytes(2).toString('hex')}`;
}

/** The command is the first tile's, the hardware that of all: they share one cluster. */
function changeHardware(
  draft: Draft,
  request: SubmitRequest,
  coreTypes: ReadonlyMap<string, CoreType>,
): void {
  const { coreType, coresPerSlot, slots, walltime } = request;
  for (const { hardware } of draft.jobanalyses) {
    if (coreType !== undefined) hardware.coreType = findCoreType(coreTypes, coreType)?.code ?? coreType;
    if (coresPerSlot !== undefined) hardware.coresPerSlot = coresPerSlot;
    if (slots !== undefined) hardware.slots = slots;
    if (walltime !== undefined) hardware.walltime = walltime;
  }
}

async function checkTemplates(
  client: RescaleClient,
  draft: Draft,
  table: ParameterTable,
  options: CallOptions,
): Promise<void> {
  const tasks = draft.jobanalyses.flatMap(({ templateTasks }) => templateTasks ?? []);
  for (const { templateFile, processedFilename } of tasks) {
    if (!templateFile?.id) continue;
    const contents = await client.openContents(templateFile.id, options);
    const name = processedFilename ?? templateFile.id;
    checkTemplate((await collect(contents, name, TEMPLATE_LIMIT)).toString('utf8'), name, table);
  }
}

async function uploadFiles(
  client: RescaleClient,
  { draft, uploads, table }: PreparedJob,
  options: CallOptions,
): Promise<void> {
  const inputs: FileInput[] = [];
  for (const upload of uploads) {
    const file = await client.uploadFile(upload, options);
    inputs.push({ id: file.id, decompress: true });
  }
  const first = draft.jobanalyses[0]!;
  first.inputFiles = [...(first.inputFiles ?? []), ...inputs];
  if (!table) return;
  const bytes = Buffer.from(table.csv);
  const upload: Upload = { name: 'parameters.csv', bytes: bytes.length, typeId: 3, open: () => chunk(bytes) };
  draft['paramFile'] = { id: (await client.uploadFile(upload, options)).id };
  // The platform reads them from the header of the table.
  draft['jobvariables'] = [];
}

async function* chunk(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield await Promise.resolve(bytes);
}

async function make(client: RescaleClient, draft: Draft, since: number, work: Work): Promise<Job> {
  const options: CallOptions = { signal: work.signal, trace: work.trace };
  try {
    return await client.createJob(draft, options);
  } catch (error) {
    if (!isUnsettled(error)) throw withoutSecrets(error, draft);
    const made = await findMade(client, draft.name, since, work).catch((failure: unknown) => {
      if (work.signal?.aborted) throw failure;
      return null;
    });
    if (made) return client.getJob(made.id, options);
    throw new RescaleError('RESCALE_NETWORK', 'submit-may-exist', { name: draft.name });
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

function draftLeft(error: unknown, job: Job, work: Work): unknown {
  if (!isRescaleError(error) || work.signal?.aborted) return error;
  const reason = { key: error.key, values: error.values };
  const values = { jobId: job.id, name: job.name, reason };
  return new RescaleError(error.code, 'submit-draft-left', values, error.statusCode);
}

function mayRun(job: Job): RescaleError {
  return new RescaleError('RESCALE_NETWORK', 'submit-may-run', { jobId: job.id, name: job.name });
}
