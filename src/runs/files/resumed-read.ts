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
}

type ReadOptions = CallOptions & Pick<ContentsOptions, 'bulk' | 'bytes'> & { clock: Clock };

/**
 * Reads a file of the storage to its end and goes on with Range after a break (docs/platform.md, jobs). The client's
 * patience covers each request; here it is counted how often the body broke off without anything gained.
 * A file that changed in between (another ETag or size) is read from its start, so that no two files are mixed. What is not
 * of the file's size is a break like any other: a gateway's page mostly passes by.
 */
export async function readResumed(
  client: RescaleClient,
  read: ResumedRead,
  options: ReadOptions,
): Promise<void> {
  let first: { etag: string | null; size: number | null } | null = null;
  let startAgain = false;
  let furthest = 0;
  let lastFailure: RescaleError | null = null;
  let fruitless = 0;
  for (;;) {
    const offset: number = startAgain ? 0 : read.taken();
    const range: ByteRange | undefined = offset > 0 ? { start: offset } : undefined;
    let contents: Contents;
    try {
      contents = await openStored(client, read.file, { ...options, range });
    } catch (error) {
      if (!isOtherFile(error)) throw error;
      fruitless += 1;
      await pauseAfterBreak(read.file.relativePath, fruitless, options, error as RescaleError);
      continue;
    }
    const about = { etag: contents.etag, size: promisedSize(contents) };
    const from = contents.range?.start ?? 0;
    const same = first === null || isSame(first, about);
    startAgain = from > 0 && (from !== offset || !same);
    if (startAgain || contents.status === 416) {
      contents.discard();
      // Nothing after what was taken: the break came after the last byte.
      if (!startAgain) return;
    } else {
      first = about;
      const promised = contents.bytes === null ? null : from + contents.bytes;
      const failure = await attempt(read, contents, from);
      options.signal?.throwIfAborted();
      if (failure === null && (promised === null || read.taken() >= promised)) return;
      if (failure !== null && !isBreak(failure)) throw failure;
      lastFailure = isOtherFile(failure) ? (failure as RescaleError) : null;
      startAgain = lastFailure !== null;
    }
    fruitless = read.taken() > furthest ? 0 : fruitless + 1;
    furthest = Math.max(furthest, read.taken());
    await pauseAfterBreak(read.file.relativePath, fruitless, options, lastFailure);
  }
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

/** True unless both say that they are of different files. */
function isSame(
  one: { etag: string | null; size: number | null },
  other: { etag: string | null; size: number | null },
): boolean {
  const differ = <Value>(a: Value | null, b: Value | null) => a !== null && b !== null && a !== b;
  return !differ(one.etag, other.etag) && !differ(one.size, other.size);
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
