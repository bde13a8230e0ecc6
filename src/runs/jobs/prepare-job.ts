import { randomBytes } from 'node:crypto';
import type { CallOptions, RescaleClient, Upload } from '../../api/client/client';
import type { CoreType, Project } from '../../api/client/types';
import { RescaleError } from '../../api/errors/errors';
import { shortened } from '../../api/errors/shown-value';
import { collect } from '../files/file-bytes';
import type { TaskContext } from '../tasks/task-context';
import { checkHardware, findCoreType, findProject, readCoreTypes } from './catalog';
import { cloneOf } from './clone';
import { asDefinition, type Draft, type Tile } from './definition';
import { checkCost, estimateOf, type Estimated } from './estimate';
import { inputUploads } from './inputs';
import { checkTemplate, parameterTable, type ParameterTable } from './parameters';
import { replaceTokens } from './tokens';
import { changeVersion, checkVersions } from './versions';

export interface SubmitRequest {
  /** The job to clone … */
  source?: string | undefined;
  /** … or the body of a create request. */
  definition?: unknown;
  /** Blank: the source's name and the time, unique. */
  jobName: string;
  /** Null: not known yet, so they stay as they are. */
  tokens: Record<string, unknown> | null;
  /** CSV text or rows of a table, for a sweep; undefined leaves the source's. */
  parameters?: unknown;
  /** Paths or patterns below `folder`, or `{ name, content }`; undefined adds none. */
  inputs?: unknown;
  folder: string;
  inputMode: 'add' | 'replace';
  command?: string | undefined;
  /** Of the software of the first tile: its code, or as people read it. */
  analysisVersion?: string | undefined;
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

/** A job that is ready to be made: everything that can be refused beforehand was looked at. */
export interface PreparedJob {
  draft: Draft;
  /** By what the job is known again; see `WantedJob`. */
  mark: string;
  uploads: Upload[];
  table: ParameterTable | null;
  project: Project | null;
  estimated: Estimated;
}

const TEMPLATE_LIMIT = 1024 * 1024;

/**
 * Makes sure, with reads alone, that a job can be made: nothing is uploaded, made or paid for here. Rejects with RESCALE_INPUT
 * and RESCALE_PATH, each with one sentence on what does not fit.
 */
export async function prepareJob(
  client: RescaleClient,
  request: SubmitRequest,
  context: TaskContext,
): Promise<PreparedJob> {
  const options: CallOptions = { signal: context.signal, trace: context.trace };
  const { definition, originalName } = await startingPoint(client, request, options);
  const jobName = request.jobName.trim();
  const draft: Draft = { ...definition, name: jobName || uniqueName(originalName, client.platformNow()) };
  if (!/^[^\p{Cc}]{1,255}$/u.test(draft.name)) {
    throw new RescaleError('RESCALE_INPUT', 'submit-job-name', { name: shortened(draft.name) });
  }
  const mark = jobName === '' ? draft.name : markIn(draft);
  const [first] = draft.jobanalyses as [Tile, ...Tile[]];
  if (request.command !== undefined) first.command = request.command;
  if (request.tokens) replaceTokens(draft.jobanalyses, request.tokens);

  const coreTypes = await readCoreTypes(client, options);
  changeHardware(draft, request, coreTypes);
  checkHardware(draft, coreTypes);
  if (request.analysisVersion !== undefined)
    await changeVersion(client, first, request.analysisVersion, options);
  if (request.coreType !== undefined || request.analysisVersion !== undefined)
    await checkVersions(client, draft, options);
  const estimated = estimateOf(draft, coreTypes);
  checkCost(estimated, request.limitCost);
  const project = request.project ? await findProject(client, request.project, options) : null;
  const table = request.parameters === undefined ? null : parameterTable(request.parameters);
  if (table) await checkTemplates(client, draft, table, options);
  const uploads = request.inputs === undefined ? [] : await inputUploads(request.inputs, request.folder);
  if (request.inputs !== undefined && request.inputMode === 'replace') {
    // A computation without its inputs is nobody's wish, and the old ones are not what was asked for.
    if (uploads.length === 0) throw new RescaleError('RESCALE_INPUT', 'submit-input-empty');
    first.inputFiles = [];
  }
  return { draft, mark, uploads, table, project, estimated };
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

/** Characters of a name that the time is written behind; the platform takes 255 in all. */
const LONGEST_NAME = 200;

/** The platform has nothing by which a repeated request is known, so a job is known by its name. */
function uniqueName(original: string, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replace('T', ' ');
  return `${original.replace(/\p{Cc}/gu, ' ').slice(0, LONGEST_NAME)} ${time} ${randomBytes(4).toString('hex')}`;
}

/** A name that was given may be another job's, too, so its description gets what no other has; that of a source is taken out. */
function markIn(draft: Draft): string {
  const mark = `node-red-${randomBytes(6).toString('hex')}`;
  const description = typeof draft['description'] === 'string' ? draft['description'] : '';
  const plain = description.replace(/ ?\(node-red-[\da-f]{12}\)/g, '');
  draft['description'] = `${plain} (${mark})`.trim();
  return mark;
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
