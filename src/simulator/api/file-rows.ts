import { createHash } from 'node:crypto';
import { chunksOf, type Content } from '../content/contents';
import { isoMicroseconds, isoWithOffset } from '../content/dates';
import { bytesFor, fraction, hash } from '../content/random';
import type { FileIds } from '../model/file-ids';
import type { FileMetadata } from '../model/file-source';
import type { FileFacts } from '../model/run-facts';
import { fileIdOf, outputContent, type OutputFile, type RunContext } from '../model/run-files';

/** What newer files, and the file endpoint, tell beside that (docs/platform.md, "Files"). */
export interface FullFileRow extends FileMetadata {
  isDeleted: boolean;
  downloadUrl: string;
  fileChecksums: { hashFunction: string; fileHash: string }[] | null;
}

export const OWNER = 'demouser@rescale.com';
export const STORAGE_USER = 'user_OvdRk';

/** Larger files tell no checksum unless their script says so: it would have to be computed. */
const CHECKSUM_LIMIT = 256 * 1024;

export function fileRow(ids: FileIds, context: RunContext, file: OutputFile): FileMetadata {
  const { seed, job, run } = context;
  const id = fileIdOf(ids, context, file);
  const knownFacts = outputFacts(context, file);
  return {
    typeId: file.typeId,
    name: file.name,
    dateUploaded: dateUploaded(seed, id, Math.floor(context.dateOf(file.uploadedAt))),
    relativePath: file.relativePath,
    encodedEncryptionKey: bytesFor(32, seed, 'key', id).toString('base64'),
    sharedWith: [],
    decryptedSize: knownFacts.size,
    owner: OWNER,
    path: `user/${STORAGE_USER}/output/job_${job.id}/run${run.number}/${file.relativePath}`,
    // False on real, downloadable outputs too (docs/platform.md, "Files").
    isUploaded: file.source.fixedMetadata !== undefined || fraction(seed, 'uploaded', id) > 0.1,
    viewInBrowser: knownFacts.size < 1_000_000,
    id,
    md5: knownFacts.md5,
    ...file.source.fixedMetadata,
  };
}

/** @param storage where a signed address leads to, `http://127.0.0.1:PORT` */
export function fullFileRow(
  ids: FileIds,
  context: RunContext,
  file: OutputFile,
  storage: string,
): FullFileRow {
  const row = fileRow(ids, context, file);
  const { sha512 } = outputFacts(context, file);
  return {
    ...row,
    isDeleted: file.source.deleted ?? false,
    downloadUrl: signedAddress(storage, context.seed, row.id),
    fileChecksums: sha512 === null ? null : [{ hashFunction: 'SHA-512', fileHash: sha512 }],
  };
}

/** An address that opens a file without a token; whoever has it has the file. */
export function signedAddress(storage: string, seed: number, id: string): string {
  return `${storage}/storage/${id}?se=2099-01-01T00%3A00%3A00Z&sig=${signature(seed, id)}`;
}

export function signature(seed: number, id: string): string {
  return encodeURIComponent(bytesFor(24, seed, 'signature', id).toString('base64'));
}

/** Dates come in several forms, each naming one instant (docs/platform.md, "Dates"). */
function dateUploaded(seed: number, id: string, instant: number): string {
  const microseconds = hash(seed, 'microseconds', id) % 1000;
  const form = fraction(seed, 'date', id);
  if (form < 0.1) return isoWithOffset(instant, microseconds, -7);
  if (form < 0.2) return isoWithOffset(instant, microseconds, 0);
  return isoMicroseconds(instant, microseconds);
}

/** Computed once: the outputs of an ended run do not change any more. */
function outputFacts(context: RunContext, file: OutputFile): FileFacts {
  const { fileFacts } = context.run;
  let facts = fileFacts.get(file.fileIndex);
  if (!facts) {
    const content = outputContent(context, file);
    const wanted = file.source.checksum ?? (content.size <= CHECKSUM_LIMIT ? 'both' : 'none');
    facts = {
      size: content.size,
      md5: wanted === 'md5' || wanted === 'both' ? digest('md5', content) : null,
      sha512: wanted === 'sha512' || wanted === 'both' ? digest('sha512', content) : null,
    };
    fileFacts.set(file.fileIndex, facts);
  }
  return facts;
}

/** By content, because many files can share one. */
const digests = { md5: new WeakMap<Content, string>(), sha512: new WeakMap<Content, string>() };

function digest(algorithm: 'md5' | 'sha512', content: Content): string {
  const known = digests[algorithm].get(content);
  if (known !== undefined) return known;
  const running = createHash(algorithm);
  for (const chunk of chunksOf(content)) running.update(chunk);
  const hex = running.digest('hex');
  digests[algorithm].set(content, hex);
  return hex;
}
