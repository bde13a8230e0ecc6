import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { shortened, shownValue } from '../../api/errors/shown-value';
import type { RescaleFile } from '../../api/client/types';
import { storedFile } from '../files/file-row';
import type { StoredFile } from '../files/stored-contents';

/**
 * A file as a flow names it: a row of a list of files, or its id alone. An element of a list that is no file stands as what is wrong
 * with it, and fails when its turn comes.
 */
export type FileReference = string | (Partial<RescaleFile> & { id: string }) | RescaleError;

/** A file to fetch, and which run's folder it belongs in. */
export interface WantedFile extends StoredFile {
  jobId: string;
  /** Null for a file of no run, such as an input. */
  runId: string | null;
}

/** A storage path names the job and mostly the run: `user/user_X/output/job_Y/run1/…` (docs/platform.md, files). */
const STORAGE = /(?:^|\/)job_([^/]+)\/(?:run([^/]+)\/)?/;
const ID = /^(?!\.{1,2}$|.*%[\da-f]{2})[^/\\\s\p{Cc}]{1,256}$/iu;

/** The files that a value of a flow means: one, or an array. Rejects with RESCALE_INPUT what is neither, and an array without a file. */
export function fileReferences(value: unknown): FileReference[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  // An array may have holes, which `map` passes over, and getters.
  const references = Array.from({ length: items.length }, (_, place) => referenceOf(() => items[place]));
  const [first] = references;
  if (isRescaleError(first) && references.every(isRescaleError)) throw first;
  return references;
}

function referenceOf(read: () => unknown): FileReference {
  try {
    const item = read();
    return isFile(item) ? item : noFile(item);
  } catch (error) {
    const reason = error instanceof Error ? shortened(error.message) : shownValue(error);
    return new RescaleError('RESCALE_INPUT', 'input-unreadable', { field: 'files', reason });
  }
}

function isFile(item: unknown): item is string | (Partial<RescaleFile> & { id: string }) {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : item;
  return typeof id === 'string' && ID.test(id);
}

function noFile(item: unknown): RescaleError {
  return new RescaleError('RESCALE_INPUT', 'input-type', {
    field: 'files',
    expected: { key: 'expected-files' },
    value: shownValue(item),
  });
}

/**
 * What has to be known of a file before it is fetched. A row of a list says it all; the platform is asked only where
 * an id came alone (a request per file is what makes thousands of files slow).
 *
 * `known` are the ids of the message. A run that the storage path names goes before the message's, because a list of
 * a whole job holds files of many runs.
 */
export async function describeFile(
  client: RescaleClient,
  reference: FileReference,
  known: { jobId?: string; runId?: string },
  options: CallOptions,
): Promise<WantedFile> {
  const row = await fileRow(client, reference, options);
  const stored = STORAGE.exec(row.path ?? '');
  const jobId = known.jobId ?? stored?.[1];
  if (!jobId) throw new RescaleError('RESCALE_INPUT', 'input-blank', { field: 'jobId' });
  const ofThisJob = stored?.[1] === jobId;
  return {
    ...storedFile(row),
    jobId,
    runId: (ofThisJob ? stored?.[2] : undefined) ?? known.runId ?? null,
  };
}

/** The row of a file; asked for where an id came alone. */
export async function fileRow(
  client: RescaleClient,
  reference: FileReference,
  options: CallOptions,
): Promise<RescaleFile> {
  if (isRescaleError(reference)) throw reference;
  if (isDescribed(reference)) return reference;
  return client.getFile(typeof reference === 'string' ? reference : reference.id, options);
}

/** Null for what is no file. */
export function idOf(reference: FileReference): string | null {
  if (isRescaleError(reference)) return null;
  return typeof reference === 'string' ? reference : reference.id;
}

/** True for a row of a list, which says everything that a download needs. */
function isDescribed(reference: string | Partial<RescaleFile>): reference is RescaleFile {
  return typeof reference === 'object' && typeof reference.relativePath === 'string';
}
