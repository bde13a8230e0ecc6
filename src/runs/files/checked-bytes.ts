import { createHash } from 'node:crypto';
import type { CallOptions, RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import type { RescaleFile } from '../../api/client/types';
import type { Clock } from '../tasks/ports';
import { checksumOf, checksumText, type Checksum } from './checksum';
import { readWhole } from './file-bytes';
import { storedFile } from './file-row';
import type { StoredFile } from './stored-contents';

/** A file of the storage, and what its contents are held to. */
export interface CheckedFile extends StoredFile {
  checksum: Checksum | null;
}

/** What was found right. */
export interface Proof {
  bytes: number;
  /** `sha512:…` or `md5:…` where the platform told one, and it matched. */
  checksum: string | null;
}

export function checkedFile(row: Parameters<typeof storedFile>[0]): CheckedFile {
  return { ...storedFile(row), checksum: checksumOf(row) };
}

/** Rejects with RESCALE_CHECKSUM what is not the file that the platform described. */
export function proveContents(file: CheckedFile, bytes: number, hash: string | null): Proof {
  if (file.size !== null && file.size !== bytes) {
    const values = { path: file.relativePath, bytes, expected: file.size };
    throw new RescaleError('RESCALE_CHECKSUM', 'download-size', values);
  }
  if (file.checksum && file.checksum.hash !== hash) {
    const values = { path: file.relativePath, hash: file.checksum.algorithm };
    throw new RescaleError('RESCALE_CHECKSUM', 'checksum', values);
  }
  return { bytes, checksum: file.checksum && checksumText(file.checksum) };
}

/** A whole file in memory, checked as one on disk is. Rejects with RESCALE_TOO_LARGE and RESCALE_CHECKSUM. */
export async function readChecked(
  client: RescaleClient,
  row: RescaleFile,
  limitBytes: number,
  options: CallOptions & { clock: Clock },
): Promise<Buffer> {
  const file = checkedFile(row);
  const content = await readWhole(client, file, limitBytes, options);
  const hash = file.checksum && createHash(file.checksum.algorithm).update(content).digest('hex');
  proveContents(file, content.length, hash);
  return content;
}
