import type { CallOptions, Contents, ContentsOptions, RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';

/** A file of the storage, as far as its row tells. */
export interface StoredFile {
  id: string;
  /** How errors name it. */
  relativePath: string;
  /** Bytes, null when not known. */
  size: number | null;
}

/** Bytes of an answer of unknown length that are held back until it is longer than a gateway's page. */
const LONGEST_PAGE = 64 * 1024;

/**
 * The contents of a file of the storage, or of a part of it, held to the size that its row tells. A gateway may answer
 * 200 and a page of its own in place of a file, and no content type tells them apart (docs/platform.md, "Contents"). Rejects
 * with RESCALE_CHECKSUM for an answer of another size, at once where it says its size; an answer that does not is held
 * back until it is too long for a page, and rejects at its end.
 */
export async function openStored(
  client: RescaleClient,
  file: StoredFile,
  options: CallOptions & ContentsOptions,
): Promise<Contents> {
  const contents = await client.openContents(file.id, options);
  const promised = promisedSize(contents);
  if (file.size === null) return contents;
  if (promised !== null && promised !== file.size) {
    contents.discard();
    throw otherSize(file, promised);
  }
  if (contents.status === 416 || promised !== null) return contents;
  return { ...contents, chunks: held(contents, file, contents.range?.start ?? 0) };
}

/** True for an answer that was not the file: the next one may be. */
export function isOtherSize(error: unknown): boolean {
  return error instanceof RescaleError && error.key === 'download-size';
}

/** Bytes of the whole file as the answer tells, null where it does not. */
export function promisedSize({ status, bytes, range }: Contents): number | null {
  return status === 200 ? bytes : (range?.size ?? null);
}

async function* held(
  contents: Contents,
  file: StoredFile,
  from: number,
): AsyncGenerator<Buffer, void, undefined> {
  let waiting: Buffer[] | null = [];
  let arrived = from;
  for await (const chunk of contents.chunks) {
    arrived += chunk.length;
    if (!waiting) {
      yield chunk;
      continue;
    }
    waiting.push(chunk);
    if (arrived - from <= LONGEST_PAGE) continue;
    yield* waiting;
    waiting = null;
  }
  if (arrived !== file.size && contents.range?.end !== arrived - 1) throw otherSize(file, arrived);
  if (waiting) yield* waiting;
}

function otherSize({ relativePath, size }: StoredFile, bytes: number): RescaleError {
  return new RescaleError('RESCALE_CHECKSUM', 'download-size', {
    path: relativePath,
    bytes,
    expected: size ?? 0,
  });
}
