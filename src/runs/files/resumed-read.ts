import type { ByteRange, CallOptions, Contents, RescaleClient } from '../../api/client/client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { Clock } from '../work/ports';

/** Breaks in a row without a byte more after which a file is given up. */
const FRUITLESS = 5;
/** Pause (ms) after the first break; it doubles with each that follows without a byte more. */
const FIRST_PAUSE = 500;

export interface ResumedRead {
  /** File id, and how errors name the file. */
  fileId: string;
  path: string;
  /** Bytes of the file that are safe already: where to go on after a break. */
  taken(): number;
  /**
   * Takes what arrives. `from` is the offset of its first byte: what was taken, or 0 when the platform sends the
   * whole file again. Rejects with the stream's error when it breaks off.
   */
  take(contents: Contents, from: number): Promise<void>;
}

type ReadOptions = CallOptions & { clock: Clock };

/**
 * Reads a file of the storage to its end and goes on with Range after a break (rescale-platform.md 2.2). The client's
 * patience covers each request; here it is counted how often the body broke off without anything gained.
 * A file that changed in between (another ETag or size) is read from its start, so that no two files are mixed.
 */
export async function readResumed(
  client: RescaleClient,
  read: ResumedRead,
  options: ReadOptions,
): Promise<void> {
  let first: { etag: string | null; size: number | null } | null = null;
  let startAgain = false;
  let furthest = 0;
  let fruitless = 0;
  for (;;) {
    const offset: number = startAgain ? 0 : read.taken();
    const range: ByteRange | undefined = offset > 0 ? { start: offset } : undefined;
    const contents = await client.openContents(read.fileId, { ...options, range });
    const about = { etag: contents.etag, size: sizeOf(contents) };
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
    }
    fruitless = read.taken() > furthest ? 0 : fruitless + 1;
    furthest = Math.max(furthest, read.taken());
    await pauseAfterBreak(read.path, fruitless, options);
  }
}

/** Waits before the next try; rejects with RESCALE_NETWORK after too many breaks in a row without a byte more. */
export async function pauseAfterBreak(path: string, fruitless: number, options: ReadOptions): Promise<void> {
  if (fruitless >= FRUITLESS) {
    throw new RescaleError('RESCALE_NETWORK', 'download-broken', { path, times: fruitless });
  }
  await options.clock.sleep(FIRST_PAUSE * 2 ** fruitless, options.signal);
}

/** Bytes of the whole file, null where the answer does not tell. */
function sizeOf({ status, bytes, range }: Contents): number | null {
  return status === 200 ? bytes : (range?.size ?? null);
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

/** A connection that broke, as opposed to a full disk or a limit. */
export function isBreak(failure: Error): boolean {
  if (isRescaleError(failure)) return ['RESCALE_NETWORK', 'RESCALE_TIMEOUT'].includes(failure.code);
  const { code } = failure as NodeJS.ErrnoException;
  return (
    code !== undefined &&
    ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)
  );
}
