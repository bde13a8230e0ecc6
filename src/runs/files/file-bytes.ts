import type { ByteRange, CallOptions, Contents, RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import type { Clock } from '../tasks/ports';
import {
  isBreak,
  isRefusedRange,
  isSameVersion,
  pauseAfterBreak,
  readAgain,
  readResumed,
  versionOf,
} from './resumed-read';
import { hashOf, isOtherFile, isProven, openStored, type StoredFile } from './stored-contents';
import { lastLineEnd, utf8, type TextEncoding } from './text-encoding';

/** The first window (bytes) for the last lines of a file, and by what it grows. */
const SMALLEST_WINDOW = 64 * 1024;
const BYTES_PER_LINE = 160;
const GROWTH = 4;

/** How many lines from the end, cut by the encoding of the file, and how much of it may be held. */
interface LastLines {
  lines: number;
  limitBytes: number;
  encoding: TextEncoding;
}

type ReadOptions = CallOptions & { clock: Clock };
/** `prove`: see `openStored`; default true. */
type LastLinesOptions = ReadOptions & { prove?: boolean };

/** All bytes of a live answer, RESCALE_TOO_LARGE beyond the limit. */
export async function collect(contents: Contents, path: string, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await takeChunks(contents, chunks, path, limitBytes);
  return Buffer.concat(chunks);
}

/** All bytes of a file of the storage, RESCALE_TOO_LARGE beyond the limit; a break is gone on from. */
export async function readWhole(
  client: RescaleClient,
  file: StoredFile,
  limitBytes: number,
  options: ReadOptions,
): Promise<Buffer> {
  if (file.size !== null && file.size > limitBytes) throw tooLarge(file.relativePath, limitBytes);
  let chunks: Buffer[] = [];
  await readResumed(
    client,
    {
      file,
      taken: () => length(chunks),
      take: (contents, from) => {
        if (from === 0) chunks = [];
        return takeChunks(contents, chunks, file.relativePath, limitBytes);
      },
      isRight: () => isProven(file, length(chunks), (checksum) => hashOf(chunks, checksum)),
    },
    { ...options, bytes: file.size },
  );
  return Buffer.concat(chunks);
}

/**
 * The bytes of the last `lines` lines of a file of the storage, without fetching what is before them: Range from the
 * end in growing windows; where that is refused `/lines/`, and at last a stream of which only the end is kept.
 */
export async function readLastLines(
  client: RescaleClient,
  file: StoredFile,
  end: LastLines,
  options: LastLinesOptions,
): Promise<Buffer> {
  if (file.size === 0 || end.lines <= 0) return Buffer.alloc(0);
  const ranged = await fromTheEnd(client, file, end, options);
  if (ranged) return ranged;
  if (end.encoding === utf8) {
    try {
      const all = await client.fileLines(file.id, options);
      return Buffer.from(all.slice(-end.lines).join(''));
    } catch (error) {
      if (options.signal?.aborted) throw error;
    }
  }
  return readAgain(file.relativePath, options, async (opened) => {
    const contents = await openStored(client, file, { prove: true, ...options });
    opened();
    return keepLastLines(contents, file.relativePath, end);
  });
}

/** Null when the platform refuses ranges, or does not keep to them. */
async function fromTheEnd(
  client: RescaleClient,
  file: StoredFile,
  end: LastLines,
  options: LastLinesOptions,
): Promise<Buffer | null> {
  const { lines, limitBytes } = end;
  const path = file.relativePath;
  let bytes = Buffer.alloc(0);
  let window = Math.max(SMALLEST_WINDOW, lines * BYTES_PER_LINE);
  let start: number | null = null;
  let version: ReturnType<typeof versionOf> | null = null;
  let fruitless = 0;
  for (;;) {
    window = Math.min(window, limitBytes);
    const range: ByteRange =
      start === null ? { last: window } : { start: Math.max(0, start - window), end: start - 1 };
    let contents: Contents;
    try {
      contents = await openStored(client, file, { prove: true, ...options, range });
    } catch (error) {
      if (isRefusedRange(error)) return null;
      if (!isOtherFile(error)) throw error;
      fruitless += 1;
      await pauseAfterBreak(path, fruitless, options, error as RescaleError);
      continue;
    }
    if (contents.status === 416) {
      contents.discard();
      return contents.range?.size === 0 ? bytes : null;
    }
    if (!contents.range) return keepLastLines(contents, path, end);
    if (!isPartAskedFor(range, contents.range)) {
      contents.discard();
      return null;
    }
    if (version && !isSameVersion(version, versionOf(contents))) {
      contents.discard();
      // Parts of two files are no file.
      return null;
    }
    version = versionOf(contents);
    const part = await collect(contents, path, limitBytes).catch((error: Error) => {
      options.signal?.throwIfAborted();
      if (isBreak(error)) return Buffer.alloc(0);
      throw error;
    });
    if (part.length !== contents.range.end - contents.range.start + 1) {
      fruitless += 1;
      await pauseAfterBreak(path, fruitless, options);
      continue;
    }
    fruitless = 0;
    bytes = Buffer.concat([part, bytes]);
    start = contents.range.start;
    const first = startOfLastLines(bytes, end, start);
    if (first !== null) return bytes.subarray(first);
    if (start === 0) return bytes;
    if (bytes.length >= limitBytes) throw tooLarge(path, limitBytes);
    window *= GROWTH;
  }
}

/** Parts of a file are joined at their ends, so another part than the one that was asked for is of no use. */
function isPartAskedFor(asked: ByteRange, sent: NonNullable<Contents['range']>): boolean {
  if ('last' in asked) return sent.size === null || sent.end === sent.size - 1;
  return sent.start === asked.start && sent.end === asked.end;
}

/**
 * Where the last `lines` lines begin, null when that is before `bytes`, which begin at `first` in the file. A line end at
 * the very end begins none.
 */
function startOfLastLines(bytes: Buffer, { lines, encoding }: LastLines, first = 0): number | null {
  let at = bytes.length - encoding.unit;
  if (lastLineEnd(bytes, encoding, at, first) === at) at -= 1;
  for (let found = 0; at >= 0; at -= 1) {
    at = lastLineEnd(bytes, encoding, at, first);
    if (at < 0) return null;
    found += 1;
    if (found === lines) return at + encoding.unit;
  }
  return null;
}

/** Reads to the end and keeps only the last lines: memory is bounded by what is kept, however long the file. */
export async function keepLastLines(contents: Contents, path: string, end: LastLines): Promise<Buffer> {
  const { limitBytes } = end;
  let kept = Buffer.alloc(0);
  let fresh: Buffer[] = [];
  const trim = () => {
    kept = Buffer.concat([kept, ...fresh]);
    fresh = [];
    const first = startOfLastLines(kept, end);
    if (first !== null) kept = Buffer.from(kept.subarray(first));
    if (kept.length > limitBytes) throw tooLarge(path, limitBytes);
  };
  for await (const chunk of contents.chunks) {
    fresh.push(chunk);
    if (length(fresh) >= Math.max(kept.length, SMALLEST_WINDOW)) trim();
  }
  trim();
  return kept;
}

async function takeChunks(
  contents: Contents,
  chunks: Buffer[],
  path: string,
  limitBytes: number,
): Promise<void> {
  let size = length(chunks);
  if (contents.bytes !== null && size + contents.bytes > limitBytes) {
    contents.discard();
    throw tooLarge(path, limitBytes);
  }
  for await (const chunk of contents.chunks) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(path, limitBytes);
    chunks.push(chunk);
  }
}

function length(chunks: Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function tooLarge(path: string, limitBytes: number): RescaleError {
  return new RescaleError('RESCALE_TOO_LARGE', 'too-large', { what: path, limit: limitBytes });
}
