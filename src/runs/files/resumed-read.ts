import type {
  ByteRange,
  CallOptions,
  Contents,
  ContentsOptions,
  RescaleClient,
} from '../../api/client/client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { Clock } from '../tasks/ports';
import { isOtherFile, openStored, promisedSize, type StoredFile } from './stored-contents';

/** Breaks in a row without a byte more after which a file is given up. */
const FRUITLESS = 5;
/** So many answers in a row that were not the file, and the whole is asked for: parts may be those of another version. */
const STRANGE = 3;
/** How often a file is begun again that was put together from several answers and is none. */
const MOST_RESTARTS = 2;
/** Pause (ms) after the first break; it doubles with each that follows without a byte more. */
const FIRST_PAUSE = 500;

interface ResumedRead {
  file: StoredFile;
  /** Bytes of the file that are safe already: where to go on after a break. */
  taken(): number;
  /**
   * Takes what arrives. `from` is the offset of its first byte: what was taken, or 0 when the platform sends the
   * whole file again. Rejects with the stream's error when it breaks off.
   */
  take(contents: Contents, from: number): Promise<void>;
  /** False when what was taken is not what the file's row describes. */
  isRight(): boolean;
}

type ReadOptions = CallOptions & Pick<ContentsOptions, 'bulk' | 'bytes'> & { clock: Clock };

/**
 * Reads a file of the storage to its end and goes on with Range after a break (docs/platform.md, jobs). The client's
 * patience covers each request; here it is counted how often the body broke off without anything gained.
 * A file that changed in between (another ETag or size) is read from its start, so that no two files are mixed; so is one of
 * which a part is refused or is not the one that was asked for, and one that was put together and is none. What is not of the
 * file's size is a break like any other: a gateway's page mostly passes by.
 */
export async function readResumed(
  client: RescaleClient,
  read: ResumedRead,
  options: ReadOptions,
): Promise<void> {
  const { relativePath } = read.file;
  let first: Version | null = null;
  let startAgain = false;
  let furthest = 0;
  let lastFailure: RescaleError | null = null;
  let fruitless = 0;
  let isJoined = false;
  let restarts = 0;
  for (;;) {
    const offset: number = startAgain ? 0 : read.taken();
    const range: ByteRange | undefined = offset > 0 ? { start: offset } : undefined;
    let contents: Contents;
    try {
      contents = await openStored(client, read.file, { ...options, range, ofVersion: first?.etag ?? null });
    } catch (error) {
      const isRefused = range !== undefined && isRefusedRange(error);
      if (!isRefused && !isOtherFile(error)) throw error;
      fruitless += 1;
      startAgain ||= isRefused || fruitless >= STRANGE;
      await pauseAfterBreak(relativePath, fruitless, options, error as RescaleError);
      continue;
    }
    const about = versionOf(contents);
    const from = contents.range?.start ?? 0;
    const isSame = first === null || isSameVersion(first, about);
    const total = read.file.size ?? about.size ?? (contents.bytes === null ? null : from + contents.bytes);
    if (contents.status === 416) {
      contents.discard();
      // Nothing after what was taken: the break came after the last byte, if the file is so long.
      startAgain = !isSame || offset !== (read.file.size ?? about.size ?? first?.size);
    } else if (from > 0 && (from !== offset || !isSame || !isPartAsTold(contents))) {
      contents.discard();
      startAgain = true;
    } else {
      first = about;
      isJoined = from > 0;
      const failure = await attempt(read, contents, from);
      options.signal?.throwIfAborted();
      if (failure !== null && !isBreak(failure)) throw failure;
      lastFailure = isOtherFile(failure) ? (failure as RescaleError) : null;
      startAgain = lastFailure !== null;
      if (failure !== null || (total !== null && read.taken() < total)) {
        fruitless = read.taken() > furthest ? 0 : fruitless + 1;
        furthest = Math.max(furthest, read.taken());
        // A part may be shorter than the one that was asked for.
        if (failure !== null || fruitless > 0)
          await pauseAfterBreak(relativePath, fruitless, options, lastFailure);
        continue;
      }
    }
    if (!startAgain) {
      if (!isJoined || restarts >= MOST_RESTARTS || read.isRight()) return;
      startAgain = true;
      restarts += 1;
      fruitless = 0;
    }
    fruitless += 1;
    await pauseAfterBreak(relativePath, fruitless, options, lastFailure);
  }
}

/** By which two answers are known to be of the same file, as far as they tell. */
interface Version {
  etag: string | null;
  size: number | null;
}

export function versionOf(contents: Contents): Version {
  return { etag: contents.etag, size: promisedSize(contents) };
}

/** True unless both say that they are of different files. */
export function isSameVersion(one: Version, other: Version): boolean {
  const differ = <Value>(a: Value | null, b: Value | null) => a !== null && b !== null && a !== b;
  return !differ(one.etag, other.etag) && !differ(one.size, other.size);
}

/** An answer says twice how long a part is. */
function isPartAsTold({ range, bytes }: Contents): boolean {
  return range === null || bytes === null || bytes === range.end - range.start + 1;
}

/** The whole may be had where a part of it is refused, or comes in a way that says not which part it is. */
export function isRefusedRange(error: unknown): boolean {
  if (!(error instanceof RescaleError)) return false;
  return ['RESCALE_REJECTED', 'RESCALE_PROTOCOL'].includes(error.code) || error.key === 'server-fault';
}

/**
 * Waits before the next try; after too many in a row without a byte more it rejects with `failure`, RESCALE_NETWORK unless
 * told.
 */
export async function pauseAfterBreak(
  path: string,
  fruitless: number,
  options: ReadOptions,
  failure: RescaleError | null = null,
): Promise<void> {
  if (fruitless >= FRUITLESS) {
    throw failure ?? new RescaleError('RESCALE_NETWORK', 'download-broken', { path, times: fruitless });
  }
  await options.clock.sleep(FIRST_PAUSE * 2 ** fruitless, options.signal);
}

/**
 * Reads what can only be had as a whole, and once more where it broke off after it was `opened`. That it can't be opened has had
 * the client's patience already.
 */
export async function readAgain<Read>(
  path: string,
  options: ReadOptions,
  read: (opened: () => void) => Promise<Read>,
): Promise<Read> {
  for (let breaks = 1; ; breaks += 1) {
    let isOpened = false;
    try {
      return await read(() => (isOpened = true));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isOpened || !isRescaleError(error) || !isBreak(error)) throw error;
      await pauseAfterBreak(path, breaks, options, error);
    }
  }
}

async function attempt(read: ResumedRead, contents: Contents, from: number): Promise<Error | null> {
  try {
    await read.take(contents, from);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A connection that broke or an answer that was not the file, as opposed to a full disk or a limit. */
export function isBreak(failure: Error): boolean {
  if (isOtherFile(failure)) return true;
  if (isRescaleError(failure)) return ['RESCALE_NETWORK', 'RESCALE_TIMEOUT'].includes(failure.code);
  const { code } = failure as NodeJS.ErrnoException;
  return (
    code !== undefined &&
    ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)
  );
}
