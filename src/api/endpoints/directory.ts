import type { DirectoryEntry } from '../client/types';
import { forEachInTurns } from '../time/turns';
import { isRecord, withoutSecrets, type List, type Row } from './rows';

/**
 * The files of a directory, which come all at once and can be hundreds of thousands. An entry that is none is left out, and so is a path that
 * comes again.
 */
export async function readDirectory(entries: readonly unknown[]): Promise<List<DirectoryEntry>> {
  const rows: DirectoryEntry[] = [];
  const known = new Set<string>();
  let dropped = 0;
  await forEachInTurns(entries, (value) => {
    const entry = readEntry(value);
    if (!entry) dropped += 1;
    else if (known.size < known.add(entry.path).size) rows.push(entry);
  });
  return { rows, dropped, odd: dropped };
}

function readEntry(entry: unknown): DirectoryEntry | null {
  if (!isRecord(entry) || typeof entry.path !== 'string') return null;
  const clean = isClean(entry) ? entry : { ...(withoutSecrets(entry) as Row), path: entry.path };
  return clean as unknown as DirectoryEntry;
}

/** Nearly all of them are. */
function isClean(row: Row): boolean {
  for (const name in row)
    if (name !== 'path' && (name !== 'resource' || !hasNoQuery(row[name]))) return false;
  return true;
}

function hasNoQuery(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('?') && !value.includes('#');
}
