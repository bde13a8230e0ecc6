import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { RescaleFile } from '../../api/client/types';

type Algorithm = 'sha512' | 'sha256' | 'md5';

export interface Checksum {
  algorithm: Algorithm;
  /** Lower-case hexadecimal. */
  hash: string;
}

/** By the number of hexadecimal digits, because how the platform names its functions is not documented. */
const ALGORITHMS = new Map<number, Algorithm>([
  [128, 'sha512'],
  [64, 'sha256'],
  [32, 'md5'],
]);

/**
 * The strongest checksum that a file's row tells: newer rows have SHA-512, older ones MD5, and either can be missing
 * (docs/platform.md, files).
 */
export function checksumOf(file: {
  fileChecksums?: RescaleFile['fileChecksums'];
  md5?: string | null;
}): Checksum | null {
  // Another version of the platform may send something else here, which is no reason to keep a file from its reader.
  const checksums = Array.isArray(file.fileChecksums) ? file.fileChecksums : [];
  const told = [...checksums.map((checksum) => checksum?.fileHash), file.md5]
    .filter((hash) => typeof hash === 'string' && /^[0-9a-f]+$/i.test(hash))
    .map((hash) => ({ algorithm: ALGORITHMS.get(hash!.length), hash: hash!.toLowerCase() }))
    .filter((checksum): checksum is Checksum => checksum.algorithm !== undefined);
  return told.sort((one, other) => other.hash.length - one.hash.length)[0] ?? null;
}

/** `sha512:…`, as results tell it. */
export function checksumText({ algorithm, hash }: Checksum): string {
  return `${algorithm}:${hash}`;
}

/** The checksum of a file on disk, in constant memory. */
export function hashFile(path: string, algorithm: Algorithm, signal?: AbortSignal): Promise<string> {
  return hashBytes(createReadStream(path), algorithm, signal);
}

/** The checksum of bytes as they come, in constant memory. */
export async function hashBytes(
  bytes: AsyncIterable<Uint8Array>,
  algorithm: Algorithm,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(bytes, hash, { signal });
  return hash.digest('hex');
}
