import { createHash } from 'node:crypto';
import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { RescaleFile } from '../../api/client/types';
import type { Clock } from '../tasks/ports';
import { checksumText } from './checksum';
import { readWhole } from './file-bytes';
import { storedFile } from './file-row';
import { otherContents, otherSize, type StoredFile } from './stored-contents';

/** What was found right. */
export interface Proof {
  bytes: number;
  /** `sha512:…` or `md5:…` where the platform told one, and it matched. */
  checksum: string | null;
}

/** Rejects with RESCALE_CHECKSUM what is not the file that the platform described. */
export function proveContents(file: StoredFile, bytes: number, hash: string | null): Proof {
  if (file.size !== null && file.size !== bytes) throw otherSize(file, bytes);
  if (file.checksum && file.checksum.hash !== hash) throw otherContents(file, file.checksum);
  return { bytes, checksum: file.checksum && checksumText(file.checksum) };
}

/** A whole file in memory, checked as one on disk is. Rejects with RESCALE_TOO_LARGE and RESCALE_CHECKSUM. */
export async function readChecked(
  client: RescaleClient,
  row: RescaleFile,
  limitBytes: number,
  options: CallOptions & { clock: Clock },
): Promise<Buffer> {
  const file = storedFile(row);
  const content = await readWhole(client, file, limitBytes, options);
  const hash = file.checksum && createHash(file.checksum.algorithm).update(content).digest('hex');
  proveContents(file, content.length, hash);
  return content;
}
