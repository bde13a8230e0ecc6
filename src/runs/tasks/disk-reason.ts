import { dirname } from 'node:path';
import type { ErrorTextKey } from '../../api/errors/texts/error-texts';
import type { ErrorText } from '../../api/errors/errors';

/** What the codes of a file system mean to whoever has to put it right. */
const REASONS: Readonly<Record<string, ErrorTextKey>> = {
  ELOOP: 'disk-loop',
  ENOTDIR: 'disk-no-folder',
  EEXIST: 'disk-no-folder',
  EISDIR: 'disk-no-file',
  ENOENT: 'disk-missing',
  EACCES: 'disk-forbidden',
  EPERM: 'disk-forbidden',
  EROFS: 'disk-read-only',
  ENAMETOOLONG: 'disk-name-long',
  EDQUOT: 'disk-quota',
  ENOSPC: 'disk-full',
  ESTALE: 'disk-away',
  ENODEV: 'disk-away',
  ENXIO: 'disk-away',
  ENOTCONN: 'disk-away',
  EHOSTDOWN: 'disk-away',
  ETIMEDOUT: 'disk-away',
  EREMOTEIO: 'disk-away',
  EIO: 'disk-faulty',
  EMFILE: 'disk-handles',
  ENFILE: 'disk-handles',
  EBUSY: 'disk-busy',
  ETXTBSY: 'disk-busy',
};

/** What keeps a disk from taking anything, and not this file or this folder alone. */
const OF_WHOLE_DISK: ReadonlySet<string> = new Set<ErrorTextKey>([
  'disk-quota',
  'disk-full',
  'disk-read-only',
  'disk-away',
  'disk-faulty',
  'disk-handles',
]);

/** What is put right at the file itself. */
const OF_THIS_FILE: ReadonlySet<string> = new Set<ErrorTextKey>(['disk-no-file', 'disk-forbidden']);

/** Whether this reason (see `diskReason`) would meet any other file as well. */
export function isOfWholeDisk(reason: unknown): boolean {
  if (typeof reason !== 'object' || reason === null || !('key' in reason)) return false;
  return typeof reason.key === 'string' && OF_WHOLE_DISK.has(reason.key);
}

/** Calls of the network fail with some of the same codes. */
const OF_NETWORK = new Set(['connect', 'getaddrinfo', 'listen', 'bind', 'accept', 'spawn']);

/** Why a file system would not, and what to do; null for what does not come from one. */
export function diskReason(error: unknown): ErrorText | null {
  const { code, syscall } = systemError(error);
  const key = typeof code === 'string' && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  if (key === undefined || OF_NETWORK.has(syscall ?? '')) return null;
  return { key, values: { code: code! } };
}

/** The same with the folder that it is about, where the file system names it: those of state have names that tell nobody anything, and
 * are named only where that file is to be put right. */
export function diskReasonAt(error: unknown): ErrorText | null {
  const reason = diskReason(error);
  const { path } = systemError(error);
  if (!reason || typeof path !== 'string') return reason;
  const isStateFile = /\.(json|journal)(\.\w+)?$/.test(path) && !OF_THIS_FILE.has(reason.key);
  return { key: 'disk-at', values: { path: isStateFile ? dirname(path) : path, reason } };
}

function systemError(error: unknown): Pick<NodeJS.ErrnoException, 'code' | 'syscall' | 'path'> {
  return typeof error === 'object' && error !== null ? error : {};
}
