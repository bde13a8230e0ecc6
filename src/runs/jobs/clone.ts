import { isRecord } from '../../api/endpoints/rows';
import { RescaleError } from '../../api/errors/errors';
import type { Job, JobDefinition } from '../../api/client/types';
import { asDefinition, type Tile } from './definition';

/**
 * What of a job goes into a clone: the platform has no call for it, and an answer carries much that may not be sent back. The
 * list is what the portal itself posts for a clone and what the official sweep example copies (docs/platform.md, "Cloning a
 * job"). Anything else stays out: ids, owner, counts, dates, names of versions.
 */
const JOB_FIELDS = [
  'archiveFilters', // the portal's clone
  'resourceFilters', // documented with archiveFilters: which files are kept
  'jobvariables', // the portal's clone; the sweep example
  'isLowPriority', // the portal's clone; the sweep example
  'billingPriorityValue', // the portal's clone: the newer form of the priority
  'isTemplateDryRun', // the portal's clone; the sweep example
  'inputFileParseTask', // the portal's clone
  'isTemplate', // the portal's clone
  'templatedFrom', // the portal's clone
  'includeNominalRun', // documented beside the variables
  'monteCarloIterations', // documented beside the variables
  'description', // the portal's create request
  'cidrRule', // the portal's create request: who may log in
  'publicKey', // the portal's create request
  'sshPort', // the portal's create request
] as const;

/** Files of a whole job, by id alone. */
const JOB_FILES = ['paramFile', 'caseFile'] as const;

const TILE_FIELDS = [
  'command', // all sources
  'preProcessScriptCommand', // documented beside the scripts
  'postProcessScriptCommand', // the sweep example
  'flags', // the portal's clone
  'envVars', // the portal's clone: licences stand here
  'useRescaleLicense', // licence field of the create request
  'onDemandLicenseSeller', // the portal's clone
  'userDefinedLicenseSettings', // licence field of the create request
  'useMpi', // documented; both spellings are seen
  'useMPI',
] as const;

const TILE_FILES = ['preProcessScript', 'postProcessScript'] as const;

const HARDWARE_FIELDS = ['coreType', 'coresPerSlot', 'slots', 'walltime', 'type'] as const;

/**
 * The definition of a new job that does what `job` did. Rejects with RESCALE_INPUT a job whose inputs are gone, and one of which a
 * part can't be read or copied: without it, something else would be computed and paid for.
 */
export function cloneOf(job: Job): JobDefinition & { jobanalyses: Tile[] } {
  const source = job as unknown as Record<string, unknown>;
  const { optimizer } = source;
  if (optimizer !== undefined && optimizer !== null && optimizer !== '') {
    // No public source tells what may be sent of it (docs/platform.md, "Cloning a job").
    throw new RescaleError('RESCALE_INPUT', 'submit-source-optimizer', { jobId: job.id });
  }
  return asDefinition({
    ...picked(source, JOB_FIELDS),
    ...pickedFiles(source, JOB_FILES, job.id),
    clonedFrom: job.id,
    jobanalyses: rowsOf(source, 'jobanalyses', job.id).map((tile) => cloneOfTile(tile, job.id)),
  });
}

function cloneOfTile(tile: Record<string, unknown>, jobId: string): Record<string, unknown> {
  const analysis = isRecord(tile['analysis']) ? tile['analysis'] : {};
  const hardware = isRecord(tile['hardware']) ? tile['hardware'] : {};
  const tasks = rowsOf(tile, 'templateTasks', jobId);
  return {
    // The code of the version, and not the name that is shown.
    analysis: picked(analysis, ['code', 'version']),
    ...picked(tile, TILE_FIELDS),
    hardware: picked(hardware, HARDWARE_FIELDS),
    inputFiles: listOf(tile, 'inputFiles', jobId).map((file) => ({
      id: fileId(file, 'inputFiles', jobId),
      // Archives are unpacked unless this says otherwise, and old answers do not say it.
      decompress: !isRecord(file) || file['decompress'] !== false,
    })),
    ...pickedFiles(tile, TILE_FILES, jobId),
    ...(tasks.length > 0 && {
      templateTasks: tasks.map((task) => ({
        ...pickedFiles(task, ['templateFile'], jobId),
        ...picked(task, ['processedFilename']),
      })),
    }),
  };
}

/** A list of the source; none where there is none. */
function listOf(from: Record<string, unknown>, name: string, jobId: string): unknown[] {
  const list = from[name];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw unreadable(name, jobId);
  return list;
}

function rowsOf(from: Record<string, unknown>, name: string, jobId: string): Record<string, unknown>[] {
  const rows = listOf(from, name, jobId);
  if (!rows.every(isRecord)) throw unreadable(name, jobId);
  return rows;
}

/** What is there and says something: null is left to the platform. */
function picked(from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const entries = names.map((name): [string, unknown] => [name, from[name]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function pickedFiles(
  from: Record<string, unknown>,
  names: readonly string[],
  jobId: string,
): Record<string, unknown> {
  const files = Object.entries(picked(from, names)).filter(([, file]) => file !== '');
  return Object.fromEntries(files.map(([name, file]) => [name, { id: fileId(file, name, jobId) }]));
}

/**
 * The id of a file that the source names by a row or by the id alone. A file that was deleted stays linked in its jobs, and would make
 * the submission of a clone fail; the documentation spells the mark in two ways.
 */
function fileId(file: unknown, part: string, jobId: string): string {
  const row = isRecord(file) ? file : { id: file };
  const id = typeof row['id'] === 'number' && Number.isSafeInteger(row['id']) ? String(row['id']) : row['id'];
  if (typeof id !== 'string' || id.trim() === '') throw unreadable(part, jobId);
  if ([row['isDeleted'], row['isDelelted']].some((mark) => mark === true || mark === 'true')) {
    const { name } = row;
    const shown = typeof name === 'string' ? name : id;
    throw new RescaleError('RESCALE_INPUT', 'submit-deleted-input', { name: shown, jobId });
  }
  return id;
}

function unreadable(part: string, jobId: string): RescaleError {
  return new RescaleError('RESCALE_INPUT', 'submit-source-part', { part, jobId });
}
