import type { Stats } from 'node:fs';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { RescaleError, type ErrorText } from '../../api/errors/errors';
import { diskReason } from '../tasks/disk-reason';
import { hasControlCharacter } from './path-match';

/**
 * Names come from whatever ran on the cluster, so none of them is trusted: nothing is ever written outside of the
 * folder that the flow author named.
 */

/** Names that Windows takes for devices, with any extension. */
const DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?$/i;
const NOT_ON_WINDOWS = /[<>:"|?*\\]/;
/** Bytes of one name; what the common file systems hold. */
const LONGEST_NAME = 255;

/**
 * The parts of a path below a folder. Rejects with RESCALE_PATH what is absolute, climbs with `..`, holds a control
 * character, or can't be a name here. `windows`: names that Windows can't hold are refused, because it would write
 * something else in silence (a device, a stream, a name without its last dot).
 */
export function partsBelow(relativePath: string, windows = process.platform === 'win32'): string[] {
  // A backslash and a letter with a colon are parts of plain names everywhere but on Windows.
  const climbs = relativePath.split(windows ? /[\\/]/ : '/').includes('..');
  const absolute = (windows ? /^([\\/]|[A-Za-z]:)/ : /^\//).test(relativePath);
  if (climbs || absolute) throw new RescaleError('RESCALE_PATH', 'path-outside', { path: relativePath });
  const parts = relativePath.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0) throw unusable(relativePath, { key: 'reason-name-empty' });
  for (const part of parts) {
    const reason = reasonAgainst(part, windows);
    if (reason) throw unusable(relativePath, reason);
  }
  return parts;
}

function reasonAgainst(part: string, windows: boolean): ErrorText | null {
  if (hasControlCharacter(part)) return { key: 'reason-name-control' };
  if (Buffer.byteLength(part) > LONGEST_NAME) return { key: 'reason-name-long' };
  if (!windows) return null;
  if (DEVICES.test(part)) return { key: 'reason-name-device', values: { part } };
  if (/[. ]$/.test(part)) return { key: 'reason-name-end' };
  if (NOT_ON_WINDOWS.test(part)) return { key: 'reason-name-character' };
  return null;
}

/**
 * Makes the directories below `root` (a real path) one by one and returns the real path of the last. A link on the
 * way is followed only to a place inside the root.
 */
export async function enterDirectory(root: string, parts: readonly string[], shown: string): Promise<string> {
  let directory = root;
  for (const part of parts) {
    const next = path.join(directory, part);
    const found = await lstat(next).catch(() => makeDirectory(next, shown));
    directory = found.isSymbolicLink() ? await realpath(next).catch(() => '') : next;
    if (!isInside(root, directory)) throw new RescaleError('RESCALE_PATH', 'path-outside', { path: shown });
    if (!found.isDirectory() && !found.isSymbolicLink())
      throw unusable(shown, { key: 'reason-name-file', values: { part } });
  }
  return directory;
}

/** One that somebody else has made in the meantime is as good. */
async function makeDirectory(directory: string, shown: string): Promise<Stats> {
  try {
    await mkdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return await lstat(directory);
  } catch (error) {
    throw writeFailure(shown, error);
  }
}

/** True for the root itself and everything below it; both are real paths. */
export function isInside(root: string, candidate: string): boolean {
  if (candidate === '') return false;
  const way = path.relative(root, candidate);
  return way === '' || (way !== '..' && !way.startsWith('..' + path.sep) && !path.isAbsolute(way));
}

/** A disk that is full, read-only or not ours. */
export function writeFailure(shown: string, error: unknown): RescaleError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = diskReason(error) ?? code ?? message;
  return new RescaleError('RESCALE_PATH', 'path-write', { path: shown, reason });
}

function unusable(shown: string, reason: ErrorText): RescaleError {
  return new RescaleError('RESCALE_PATH', 'path-name', { path: shown, reason });
}
