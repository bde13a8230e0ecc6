import type { CallOptions, CallTrace } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import { pollOnce } from '../tasks/poll-until';
import type { Clock } from '../tasks/ports';
import type { ReadableTime } from './readable-time';

/** One log, or the search for them, is given up for this time after so long (ms). */
export const LONGEST_READ = 60_000;

export type TimelyReads = ReturnType<typeof timelyReads>;

/** Reads of evidence, each in its time. */
export function timelyReads(readable: ReadableTime, clock: Clock) {
  function limited<Read>(
    read: (end: AbortSignal) => Promise<Read>,
    signal: AbortSignal | undefined,
    most = LONGEST_READ,
  ): Promise<Read | null> {
    return pollOnce(read, most, { clock, signal });
  }

  /**
   * Reads within its time; null when that failed. `failed` is called when the platform had its chance: what was only held up
   * by the rate limit says nothing about the evidence.
   */
  async function attempt<Read>(
    read: (more: { signal: AbortSignal; trace: CallTrace }) => Promise<Read>,
    { signal }: CallOptions,
    failed: () => void = () => undefined,
    most = LONGEST_READ,
  ): Promise<Read | null> {
    const trace: CallTrace = { attempts: 0, status: null };
    try {
      const value = await limited((end) => read({ signal: end, trace }), signal, most);
      if (value !== null) readable.answered();
      else if (trace.attempts > 0) failed();
      return value;
    } catch (error) {
      if (signal?.aborted) throw error;
      const code = isRescaleError(error) ? error.code : null;
      // That there is no such file is an answer as well.
      if (code === 'RESCALE_NOT_FOUND') readable.answered();
      if (code !== 'RESCALE_RATE_LIMIT') failed();
      return null;
    }
  }

  return { limited, attempt };
}
