import { isRecord } from '../../api/endpoints/rows';
import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { ErrorText } from '../../api/errors/errors';
import type { Job } from '../../api/client/types';
import type { TaskContext } from '../tasks/task-context';
import { coreTypeOf, type Tile } from './definition';
import type { Estimate } from './estimate';
import { prepareJob, type PreparedJob, type SubmitRequest } from './prepare-job';

/** What a submission would send, for a person to look at. No value of an environment is in it. */
export interface JobPreview {
  name: string;
  tiles: TilePreview[];
  uploads: { name: string; bytes: number }[];
  /** Null: a file says how many, which nobody has read. */
  runs: number | null;
  /** Columns of new parameters; null where there are none. */
  columns: string[] | null;
  project: string | null;
  submit: boolean;
  estimate: Estimate | { unknown: ErrorText };
}

export interface TilePreview {
  software: string;
  version: string | null;
  command: string;
  coreType: string;
  coresPerSlot: number;
  slots: number;
  /** Whole hours; null: no limit. */
  walltime: number | null;
  /** Names of its environment. */
  environment: string[];
  /** Names of inputs that are there already, or ids where no name is known. */
  inputs: string[];
}

/** Reads what is needed and makes nothing. Rejects as the submission would. */
export async function previewJob(
  client: RescaleClient,
  request: SubmitRequest,
  context: TaskContext,
): Promise<JobPreview> {
  const options: CallOptions = { signal: context.signal, trace: context.trace, once: true };
  const prepared = await prepareJob(client, request, context);
  const source = request.source === undefined ? null : await client.getJob(request.source, options);
  const { draft, uploads, table, project, estimated } = prepared;
  return {
    name: draft.name,
    tiles: draft.jobanalyses.map((tile) => tilePreview(tile, fileNames(source))),
    uploads: uploads.map(({ name, bytes }) => ({ name, bytes })),
    runs: table ? table.rows : await runsOf(client, prepared, source, options),
    columns: table?.columns ?? null,
    project: project && (project.name ?? project.id),
    submit: request.submit,
    estimate: estimated,
  };
}

function tilePreview(tile: Tile, names: ReadonlyMap<string, string>): TilePreview {
  const { analysis, command, hardware, envVars, inputFiles } = tile;
  return {
    software: analysis.code,
    version: analysis.version ?? null,
    command,
    coreType: coreTypeOf(hardware) ?? '',
    coresPerSlot: hardware.coresPerSlot,
    slots: hardware.slots ?? 1,
    walltime: hardware.walltime ?? null,
    environment: isRecord(envVars) ? Object.keys(envVars) : [],
    inputs: (inputFiles ?? []).map(({ id }) => names.get(id) ?? id),
  };
}

/** A clone holds ids alone; people know files by their names. */
function fileNames(job: Job | null): Map<string, string> {
  const tiles: unknown = job && 'jobanalyses' in job ? job.jobanalyses : [];
  const files = (Array.isArray(tiles) ? (tiles as unknown[]) : [])
    .flatMap((tile): unknown => (isRecord(tile) ? tile['inputFiles'] : []))
    .filter(isRecord);
  const named = files.filter(({ id, name }) => typeof id === 'string' && typeof name === 'string');
  return new Map(named.map(({ id, name }) => [id as string, name as string]));
}

async function runsOf(
  client: RescaleClient,
  { draft }: PreparedJob,
  source: Job | null,
  options: CallOptions,
): Promise<number | null> {
  const variables: unknown = draft['jobvariables'];
  const isSweep =
    draft['paramFile'] !== undefined ||
    draft['caseFile'] !== undefined ||
    (Array.isArray(variables) && variables.length > 0);
  if (!isSweep) return 1;
  if (!source) return null;
  const pages = client.listRuns(source.id, { ...options, pageSize: 1 });
  const { value } = await pages.next();
  await pages.return();
  return value?.count ?? null;
}
