import { createHash } from 'node:crypto';
import type { CallOptions, Contents, ContentsOptions, RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import { looksLikeErrorPage } from '../../api/request/platform-message';
import type { Checksum } from './checksum';

/** A file of the storage, as far as its row tells. */
export interface StoredFile {
  id: string;
  /** How errors name it. */
  relativePath: string;
  /** Bytes, null when not known. */
  size: number | null;
  checksum: Checksum | null;
}

/** How contents are asked for. */
interface OpenStored extends CallOptions, ContentsOptions {
  /** What comes whole is held to the checksum as well, by whoever does not do that with the file itself. */
  prove?: boolean;
}

/** Bytes of an answer of unknown length that are held back until it is longer than a gateway's page. */
const LONGEST_PAGE = 64 * 1024;

/**
 * The contents of a file of the storage, or of a part of it, held to the size that its row tells. A gateway may answer
 * 200 and a page of its own in place of a file, and no content type tells them apart (docs/platform.md, "Contents"). Rejects
 * with RESCALE_CHECKSUM for an answer of another size, at once where it says its size; an answer that does not is held
 * back until it is too long for a page, and rejects at its end. So does one of the right size that is to be proved and is
 * short enough for a page.
 */
export async function openStored(
  client: RescaleClient,
  file: StoredFile,
  { prove = false, ...options }: OpenStored,
): Promise<Contents> {
  const isUnknown = file.size === null && !file.checksum;
  const packing = isUnknown && /\.t?gz$/i.test(file.relativePath) ? 'gzip' : null;
  const contents = await client.openContents(file.id, { bytes: file.size, packing, ...options });
  const promised = promisedSize(contents);
  if (promised !== null && file.size !== null && promised !== file.size) {
    contents.discard();
    throw otherSize(file, promised);
  }
  if (contents.status === 200 && isUnknown && !isNamedPage(file))
    return { ...contents, chunks: noPage(contents, file) };
  const checksum = prove && contents.status === 200 ? file.checksum : null;
  const isLong = promised !== null && promised > LONGEST_PAGE;
  const isSized = file.size === null || promised !== null;
  if (contents.status === 416 || isLong || (isSized && !checksum)) return contents;
  return { ...contents, chunks: held(contents, file, checksum) };
}

const OF_ANOTHER_FILE: readonly string[] = ['download-size', 'download-page', 'checksum'];

/** True for an answer that was not the file: the next one may be. */
export function isOtherFile(error: unknown): boolean {
  return error instanceof RescaleError && OF_ANOTHER_FILE.includes(error.key);
}

/** Bytes of the whole file as the answer tells, null where it does not. */
export function promisedSize({ status, bytes, range }: Contents): number | null {
  return status === 200 ? bytes : (range?.size ?? null);
}

/** Bytes that show whether an answer begins like a page. */
const BEGINNING = 1024;

function isNamedPage({ relativePath }: StoredFile): boolean {
  return /\.(?:x?html?|(?:geo|nd)?jsonl?|ipynb|gltf|xml|xs[dl]t?|mht(?:ml)?)$/i.test(relativePath);
}

/** Where nothing is known of a file but its name, what begins like a page is none of it, unless that is its name. */
async function* noPage(contents: Contents, file: StoredFile): AsyncGenerator<Buffer, void, undefined> {
  let beginning: Buffer | null = Buffer.alloc(0);
  for await (const chunk of contents.chunks) {
    if (beginning === null) {
      yield chunk;
      continue;
    }
    beginning = Buffer.concat([beginning, chunk]);
    if (beginning.length < BEGINNING) continue;
    refusePage(beginning, contents, file);
    yield beginning;
    beginning = null;
  }
  if (beginning === null) return;
  refusePage(beginning, contents, file);
  if (beginning.length > 0) yield beginning;
}

function refusePage(beginning: Buffer, { type }: Contents, { relativePath }: StoredFile): void {
  if (!looksLikeErrorPage(beginning.toString('utf8', 0, BEGINNING), type)) return;
  throw new RescaleError('RESCALE_CHECKSUM', 'download-page', { path: relativePath });
}

async function* held(
  contents: Contents,
  file: StoredFile,
  checksum: Checksum | null,
): AsyncGenerator<Buffer, void, undefined> {
  const from = contents.range?.start ?? 0;
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
  const isWhole = file.size === null || arrived === file.size || contents.range?.end === arrived - 1;
  if (!isWhole) throw otherSize(file, arrived);
  if (!waiting) return;
  if (checksum && hashOf(waiting, checksum) !== checksum.hash) throw otherContents(file, checksum);
  yield* waiting;
}

/** True for what matches all that its row tells; `hash` is asked for where a checksum is told. */
export function isProven(
  file: StoredFile,
  bytes: number,
  hash: (checksum: Checksum) => string | null,
): boolean {
  if (file.size !== null && file.size !== bytes) return false;
  return !file.checksum || file.checksum.hash === hash(file.checksum);
}

export function hashOf(chunks: readonly Buffer[], { algorithm }: Checksum): string {
  const hash = createHash(algorithm);
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** What does not match the checksum that its row tells. */
export function otherContents({ relativePath }: StoredFile, { algorithm }: Checksum): RescaleError {
  return new RescaleError('RESCALE_CHECKSUM', 'checksum', { path: relativePath, hash: algorithm });
}

export function otherSize({ relativePath, size }: StoredFile, bytes: number): RescaleError {
  return new RescaleError('RESCALE_CHECKSUM', 'download-size', {
    path: relativePath,
    bytes,
    expected: size ?? 0,
  });
}
