import { createHash } from 'node:crypto';
import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { errorCode, retryWhileBusy } from './retry-busy';
import { writeAtomically } from './write-atomically';

/** The name of the file that holds an item: a hash, because keys hold what the platform and flows say. */
export function stateFileName(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`;
}

/** What one file holds: names are hashes, so the key stands inside. */
interface FileContent {
  key: string;
  value: unknown;
}

type StoredFile = FileContent & {
  /** The newest copy is damaged; this is the last good one. */
  recovered: boolean;
};

/**
 * What is in a state file, or in its last copy where the file is damaged; null when there is neither. Only what was
 * read can be damaged: rejects when a file is there and can't be read now, with the file system's error.
 */
export async function readStateFile(
  path: string,
  attempt: <Result>(read: () => Promise<Result>) => Promise<Result> = retryWhileBusy,
): Promise<StoredFile | 'damaged' | null> {
  const name = basename(path);
  const item = parse(await attempt(() => readText(path)), name);
  if (item && item !== 'damaged') return { ...item, recovered: false };
  const last = parse(await attempt(() => readText(lastCopy(path))), name);
  if (last && last !== 'damaged') return { ...last, recovered: true };
  return item ?? last;
}

/** The file, and the job and run that are named in what is left of it. Never rejects. */
export async function describeDamaged(path: string): Promise<string> {
  const texts = await Promise.all([path, lastCopy(path)].map((one) => readText(one).catch(() => null)));
  return [path, ...texts.flatMap((text) => jobsNamed(text ?? '').slice(0, 1)).slice(0, 1)].join(' ');
}

/** `(job/run)` of a text that may be cut anywhere. */
export function jobsNamed(text: string): string[] {
  const named = text.matchAll(/"jobId":"([\w-]{1,80})"(?:,"runId":"([\w-]{1,80})")?/g);
  return [...named].map(([, jobId, runId]) => `(${[jobId, runId].filter(Boolean).join('/')})`);
}

/** A second copy (`.last`) follows each write, so that a file that was cut or emptied afterwards costs nothing. */
export async function writeStateFile(path: string, text: string): Promise<void> {
  await retryWhileBusy(() => writeAtomically(path, text));
  // In place, for what it is a copy of is whole on disk, and stays so whatever becomes of the copy. It is a convenience: a failure is none.
  await copyFile(path, lastCopy(path)).catch(() => undefined);
}

export async function removeStateFile(path: string): Promise<void> {
  await retryWhileBusy(() => rm(lastCopy(path), { force: true }));
  await retryWhileBusy(() => rm(path, { force: true }));
}

/** Another version of the package may be able to read it, or a person. What was set aside before gives way. */
export async function setStateFileAside(path: string): Promise<void> {
  for (const file of [path, lastCopy(path)]) {
    const moved = retryWhileBusy(() => rename(file, `${file}.unread`));
    await moved.catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
  }
}

function lastCopy(path: string): string {
  return `${path}.last`;
}

/** Null when there is no such file. */
async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return null;
    // Of a folder in its place the file system does not say which one it is.
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}

/** What was put in another item's place is damage: whoever took it up would never find it to remove it. */
function parse(text: string | null, name: string): FileContent | 'damaged' | null {
  if (text === null) return null;
  try {
    const item = JSON.parse(text) as unknown;
    if (typeof item !== 'object' || item === null) return 'damaged';
    const { key, value } = item as { key?: unknown; value?: unknown };
    if (typeof key !== 'string' || value === undefined || stateFileName(key) !== name) return 'damaged';
    return { key, value };
  } catch {
    return 'damaged';
  }
}
