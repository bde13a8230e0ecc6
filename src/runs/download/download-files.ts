import { lstat, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { checksumText, hashFile } from '../files/checksum';
import { distinctNames, isCaseBlind, keyOf } from './distinct-names';
import { fetchToFile, isSmall } from './download-file';
import type { Proof } from '../files/checked-bytes';
import { beginClaims, nameClaims } from './name-claims';
import { removeAbandonedParts } from './part-files';
import { createDownloadProgress } from './download-progress';
import { isOfWholeDisk } from '../tasks/disk-reason';
import { inParallel, limitTo } from '../tasks/in-parallel';
import { enterDirectory, writeFailure } from '../files/safe-path';
import { createLateFiles, type LateFiles } from '../files/late-files';
import { describeFile, idOf, type FileReference, type WantedFile } from './wanted-files';
import type { TaskContext } from '../tasks/task-context';

export interface DownloadRequest {
  files: FileReference[];
  /** Made if it is not there. */
  folder: string;
  /** A file that is there already: left if it is right, fetched again, or an error. */
  existing: 'skip' | 'replace' | 'error';
  /** Files at the same time; small ones twice as many, see `MOST_SMALL`. */
  concurrency: number;
  /** Of the message; where they are missing the storage path tells. */
  jobId?: string;
  runId?: string;
  /** Files of a run that has just ended may be late: they are waited for. */
  complete?: boolean;
}

/** What became of one file. */
export interface Download {
  /** Null for an element that is no file. */
  id: string | null;
  /** Null when not even that is known. */
  relativePath: string | null;
  /** Where it is now, null when it is not. */
  file: string | null;
  bytes: number;
  /** `sha512:…` or `md5:…`, checked; null where the platform tells none. */
  checksum: string | null;
  /** It was there already, and right. */
  skipped: boolean;
  /** Why it is not. */
  error?: RescaleError;
}

interface Downloads {
  /** In the order of the request. */
  downloads: Download[];
  /** Null when all went well. */
  failure: RescaleError | null;
}

/**
 * Small files at the same time, once the first has arrived: their time goes by in waiting for two answers each, so that fewer would be
 * slower than what the platform grants. Unless asked for no more than this, which leaves a connection to those who poll.
 */
const MOST_SMALL = 5;
/** Files that are taken up for each one that is fetched: while some of them arrive, the disk works for the others. */
const TAKEN_UP = 2;
/** Files in a row that fail for no fault of theirs, each after all patience, after which the others are not tried. */
const HOPELESS = 8;

/**
 * Fetches files to `<folder>/<jobId>/run<runId>/<relativePath>` and never writes anywhere else. One bad file does not
 * stop the others; its result says why. Only a key that is refused everywhere, or an outage or a full disk that file after
 * file meets, spares the rest the attempt. Rejects when the folder can't be used, and when it is aborted.
 */
export async function downloadFiles(
  client: RescaleClient,
  request: DownloadRequest,
  context: TaskContext,
): Promise<Downloads> {
  const endClaims = beginClaims();
  try {
    return await fetchFiles(client, request, context);
  } finally {
    endClaims();
  }
}

async function fetchFiles(
  client: RescaleClient,
  request: DownloadRequest,
  context: TaskContext,
): Promise<Downloads> {
  const options: CallOptions = { signal: context.signal, trace: context.trace };
  const late: LateFiles = request.complete ? createLateFiles(client, context) : (_job, _run, act) => act();
  const isKeyRefused = keyCheck(client, options);
  const root = await enterRoot(request.folder);
  const wanted = new Map<number, WantedFile>();
  const results = new Map<number, Download>();
  const failures = new Map<number, RescaleError>();
  const swept = new Set<string>();
  const { concurrency } = request;
  const most = Math.max(concurrency, Math.min(2 * concurrency, MOST_SMALL));
  let arrived = false;
  const places = limitTo(() => (arrived ? most : concurrency));
  const placesOfLarge = limitTo(() => concurrency);
  let inVain = 0;
  let hopeless: RescaleError | null = null;

  const transfer = <Done>(act: () => Promise<Done>) =>
    places(async () => {
      if (hopeless) throw hopeless;
      try {
        return await act();
      } catch (error) {
        // Before the next one goes, which would be refused as well.
        if (isRescaleError(error) && (await isKeyRefused(error))) hopeless = error;
        throw error;
      }
    });
  const fail = (index: number, error: RescaleError) => {
    const failure = failed(request.files[index]!, wanted.get(index), error);
    failures.set(index, failure.error);
    results.set(index, failure);
  };
  const each = (indexes: Iterable<number>, act: (index: number) => Promise<void>) =>
    inParallel(indexes, TAKEN_UP * most, async (index) => {
      try {
        if (hopeless) throw hopeless;
        await act(index);
        inVain = 0;
      } catch (error) {
        if (context.signal?.aborted || !isRescaleError(error)) throw error;
        inVain = isNobodysFault(error) ? inVain + 1 : 0;
        fail(index, error);
        if (inVain >= HOPELESS || (await isKeyRefused(error))) hopeless = error;
      }
    });

  await each(request.files.keys(), async (index) => {
    const describe = () => transfer(() => describeFile(client, request.files[index]!, request, options));
    wanted.set(index, await late(request.jobId, request.runId, describe));
  });
  const caseBlind = await isCaseBlind(root);
  const claims = nameClaims(root);
  const names = distinctNames(wanted, caseBlind, fail, claims);
  const progress = createDownloadProgress(request.files.length, context);
  await each(names.keys(), async (index) => {
    const file = wanted.get(index)!;
    const parts = names.get(index)!;
    const directory = await enterDirectory(root, parts.slice(0, -1), file.relativePath);
    if (!swept.has(directory)) {
      swept.add(directory);
      await removeAbandonedParts(directory);
    }
    const target = path.join(directory, parts.at(-1)!);
    const present = await findPresent(file, target, request.existing, context.signal);
    const received = (bytes: number) => progress.received(bytes);
    const inTurn: typeof transfer = (act) =>
      isSmall(file) ? transfer(act) : placesOfLarge(() => transfer(act));
    const how = { ...options, jobId: file.jobId, clock: context.clock, received, transfer: inTurn };
    const fetch = () => fetchToFile(client, file, target, how);
    const fetched = present ?? (await late(file.jobId, file.runId, fetch));
    arrived ||= present === null;
    const { id, relativePath } = file;
    results.set(index, { id, relativePath, file: target, ...fetched, skipped: present !== null });
    progress.done();
  });
  for (const [index, parts] of names)
    if (failures.has(index)) claims.release(keyOf(parts, caseBlind), wanted.get(index)!.id);
  const downloads = request.files.map((_, index) => results.get(index)!);
  return { downloads, failure: failureOf(request.files.length, failures) };
}

async function enterRoot(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    return await realpath(folder);
  } catch (error) {
    throw writeFailure(folder, error);
  }
}

/** The file that is there already, when that is the one that is wanted; null when it has to be fetched. */
async function findPresent(
  file: WantedFile,
  target: string,
  existing: DownloadRequest['existing'],
  signal: AbortSignal | undefined,
): Promise<Proof | null> {
  const found = await lstat(target).catch(() => null);
  if (!found) return null;
  // Whatever was chosen, a file replaces no folder.
  if (found.isDirectory()) throw writeFailure(target, { code: 'EISDIR' });
  if (existing === 'error') throw new RescaleError('RESCALE_PATH', 'path-exists', { path: target });
  // What a link points to is not what would be written here, and is never read.
  if (existing === 'replace' || !found.isFile() || file.size === null || found.size !== file.size)
    return null;
  if (!file.checksum) return { bytes: found.size, checksum: null };
  const hash = await hashFile(target, file.checksum.algorithm, signal).catch(() => null);
  signal?.throwIfAborted();
  return hash === file.checksum.hash ? { bytes: found.size, checksum: checksumText(file.checksum) } : null;
}

/**
 * Whether a failure means that the key is refused, and not that one file is: asked of a call that any key may make, once
 * for all files.
 */
function keyCheck(client: RescaleClient, options: CallOptions): (error: RescaleError) => Promise<boolean> {
  let refused: Promise<boolean> | null = null;
  return async ({ code }) => {
    if (code !== 'RESCALE_AUTH') return false;
    refused ??= client.checkConnection(options).then(
      () => false,
      (error: unknown) => isRescaleError(error) && error.code === 'RESCALE_AUTH',
    );
    return refused;
  };
}

/** The platform does not answer, or the disk takes nothing, whichever file it is. */
function isNobodysFault({ code, key, values }: RescaleError): boolean {
  if (key === 'path-write') return isOfWholeDisk(values['reason']);
  return ['RESCALE_NETWORK', 'RESCALE_TIMEOUT', 'RESCALE_SERVER', 'RESCALE_RATE_LIMIT'].includes(code);
}

/** One file fails in its own words, of several it is said how many. */
function failureOf(total: number, failures: Map<number, RescaleError>): RescaleError | null {
  const first = failures.get(Math.min(...failures.keys()));
  if (!first || total === 1) return first ?? null;
  const { key, values } = first;
  const all = { failed: failures.size, total, first: { key, values } };
  return new RescaleError(first.code, 'download-failed', all, first.statusCode);
}

/** An error that spared this file the attempt is of another file, and names that one. */
function failed(reference: FileReference, file: WantedFile | undefined, error: RescaleError) {
  const isRow = typeof reference === 'object' && 'id' in reference;
  const id = idOf(reference);
  const relativePath = file?.relativePath ?? (isRow ? (reference.relativePath ?? null) : null);
  const { code, key, values, statusCode } = error;
  const name = relativePath ?? id;
  const isOfOther = name !== null && SPARING.has(key) && values['path'] !== name;
  const own = isOfOther ? new RescaleError(code, key, { ...values, path: name }, statusCode) : error;
  return {
    ...{ id, relativePath, file: null, bytes: 0, checksum: null, skipped: false },
    error: own,
  } satisfies Download;
}

/** Errors that name a file and spare others the attempt, which fail in the same way. */
const SPARING: ReadonlySet<string> = new Set(['path-write', 'download-broken']);
