import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file that nothing was written to for this long (ms) belongs to no download in progress. */
const ABANDONED = 3_600_000;
const NAME = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;

/** Where a file is written until it is whole. Hidden, beside its target so that it can be renamed, and nobody else's. */
export function partBeside(target: string): string {
  return path.join(path.dirname(target), `.${randomUUID()}.part`);
}

/**
 * Removes the parts that downloads left in a directory because Node-RED was killed; nothing else removes them, and each
 * can be as large as its file. Those that another download may still be writing stay. Never rejects: what can't be
 * removed is no reason not to fetch.
 */
export async function removeAbandonedParts(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (!NAME.test(name)) continue;
    const part = path.join(directory, name);
    const written = await stat(part).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (Date.now() - written > ABANDONED) await rm(part, { force: true }).catch(() => undefined);
  }
}
