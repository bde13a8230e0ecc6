import type { ByteRange, CallOptions, Contents, RescaleClient } from '../api/client';
import { isRescaleError, RescaleError } from '../api/errors';
import type { Clock } from './ports';

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

/**
 * Reads a file of the storage to its end and goes on with Range after a break (rescale-platform.md 2.2). The client's
 * patience covers each request; here it is counted how often the body broke off without anything gained.
 * A file that changed in between (another ETag) is read from its start.
 */
export async function readResumed(
  client: RescaleClient,
  read: ResumedRead,
  options: CallOptions & { clock: Clock },
): Promise<void> {
  let etag: string | null = null;
  let fruitless = 0;
  for (;;) {
    const offset = read.taken();
    const range: ByteRange | undefined = offset > 0 ? { start: offset } : undefined;
    const contents = await client.openContents(read.fileId, { ...options, range });
    if (contents.status === 416) {
      // Nothing after what was taken: the break came after the last byte.
      contents.stream.destroy();
      return;
    }
    const from = contents.range?.start ?? 0;
    const changed = etag !== null && contents.etag !== null && contents.etag !== etag;
    if (from !== 0 && (from !== offset || changed)) {
      // Not the part that was asked for, or of another file: only the whole one will do.
      contents.stream.destroy();
      await read.take(await client.openContents(read.fileId, options), 0);
      return;
    }
    etag = contents.etag;
    const promised = contents.bytes === null ? null : from + contents.bytes;
    const failure = await attempt(read, contents, from);
    options.signal?.throwIfAborted();
    if (failure === null && (promised === null || read.taken() >= promised)) return;
    if (failure !== null && !isBreak(failure)) throw failure;

    fruitless = read.taken() > offset ? 0 : fruitless + 1;
    if (fruitless >= FRUITLESS) {
      throw new RescaleError('RESCALE_NETWORK', 'download-broken', { path: read.path, times: fruitless });
    }
    await options.clock.sleep(FIRST_PAUSE * 2 ** fruitless, options.signal);
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

/** A connection that broke, as opposed to a full disk or a limit. */
function isBreak(failure: Error): boolean {
  if (isRescaleError(failure)) return ['RESCALE_NETWORK', 'RESCALE_TIMEOUT'].includes(failure.code);
  const { code } = failure as NodeJS.ErrnoException;
  return (
    code !== undefined &&
    ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)
  );
}
