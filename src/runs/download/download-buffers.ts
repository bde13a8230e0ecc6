import { createHash } from 'node:crypto';
import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { RescaleFile } from '../../api/client/types';
import { checksumOf } from '../files/checksum';
import { proof } from './download-file';
import { readWhole } from '../files/file-bytes';
import { idOf, isDescribed, type FileReference } from './wanted-files';
import type { Work } from '../work/work';

/**
 * One file as a buffer, checked as one on disk is. Rejects with RESCALE_TOO_LARGE beyond the limit (before anything
 * is fetched, where the size is known) and RESCALE_CHECKSUM.
 */
export async function downloadBuffer(
  client: RescaleClient,
  reference: FileReference,
  limitBytes: number,
  work: Work,
): Promise<{ file: RescaleFile; content: Buffer }> {
  const options: CallOptions = { signal: work.signal, trace: work.trace };
  const file = isDescribed(reference) ? reference : await client.getFile(idOf(reference), options);
  const content = await readWhole(client, file, limitBytes, { ...options, clock: work.clock });
  const checksum = checksumOf(file);
  const size = typeof file.decryptedSize === 'number' ? file.decryptedSize : null;
  const hash = checksum && createHash(checksum.algorithm).update(content).digest('hex');
  proof({ id: file.id, relativePath: file.relativePath, size, checksum }, content.length, hash);
  return { file, content };
}
