import { randomUUID } from 'node:crypto';
import { lstat, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isRescaleError, type RescaleError } from '../../api/errors/errors';
import { partsBelow, writeFailure } from '../files/safe-path';
import type { NameClaims } from './name-claims';
import type { WantedFile } from './wanted-files';

/**
 * Where each file goes below the folder: job, run and its path. Files that would be one (twice the same path, or
 * another case on a disk that does not tell cases apart) are told apart by their ids: `mesh~aBcDe.vtk`; the first in
 * order of path and id keeps its name, so that the same files always get the same names. So are those that would replace
 * another file, as `claims` tell.
 */
export function distinctNames(
  files: ReadonlyMap<number, WantedFile>,
  caseBlind: boolean,
  refuse: (index: number, error: RescaleError) => void,
  claims?: NameClaims,
): Map<number, string[]> {
  const order = [...files].sort(([, one], [, other]) => compareFiles(one, other));
  const taken = new Set<string>();
  const names = new Map<number, string[]>();
  for (const [index, file] of order) {
    try {
      const parts = partsOf(file);
      const name = keyOf(parts, caseBlind);
      if (taken.has(name) || claims?.isAnothers(name, file.id))
        parts[parts.length - 1] = withId(parts.at(-1)!, file.id);
      taken.add(keyOf(parts, caseBlind));
      claims?.claim(keyOf(parts, caseBlind), file.id);
      names.set(index, parts);
    } catch (error) {
      if (!isRescaleError(error)) throw error;
      refuse(index, error);
    }
  }
  // Fetched in the order of the request, not of the names.
  return new Map([...names].sort(([one], [other]) => one - other));
}

/** Whether the disk takes `A` and `a` for the same name, seen by trying. `root` is a real path. */
export async function isCaseBlind(root: string): Promise<boolean> {
  const probe = path.join(root, `.${randomUUID()}.case`);
  try {
    await writeFile(probe, '', { flag: 'wx' });
    return await lstat(path.join(root, path.basename(probe).toUpperCase())).then(
      () => true,
      () => false,
    );
  } catch (error) {
    throw writeFailure(root, error);
  } finally {
    await rm(probe, { force: true });
  }
}

function partsOf({ jobId, runId, relativePath }: WantedFile): string[] {
  const place = runId === null ? [jobId] : [jobId, `run${runId}`];
  return [...place.flatMap((part) => partsBelow(part)), ...partsBelow(relativePath)];
}

/** The same for all names that the disk takes for one. */
export function keyOf(parts: string[], caseBlind: boolean): string {
  const key = parts.join('/');
  // Disks that are blind to case are mostly blind to how an accent is composed as well.
  return caseBlind ? key.normalize('NFC').toLowerCase() : key;
}

function withId(name: string, id: string): string {
  const { name: stem, ext } = path.parse(name);
  return `${stem}~${id}${ext}`;
}

function compareFiles(one: WantedFile, other: WantedFile): number {
  if (one.relativePath !== other.relativePath) return one.relativePath < other.relativePath ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}
