import { abortReason } from '../errors/abort';
import { createElapsedTime } from './elapsed-time';

/** Time as everything here sees it. Tests hand in a clock of their own; nothing else reads `Date.now()`. */
export interface Clock {
  /** The time of day: milliseconds since the epoch. It may be set at any moment, so it is for dates and not for spans. */
  now(): number;
  /**
   * Milliseconds since an instant of the clock's own, for spans: deadlines, pauses, intervals. It can't be set, and
   * goes on while the machine sleeps. It means nothing in another process.
   */
  monotonic(): number;
  /**
   * Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted.
   * With `background` it does not keep the process alive.
   */
  sleep(milliseconds: number, signal?: AbortSignal, background?: boolean): Promise<void>;
}

/**
 * Timers stand still while the machine sleeps, so no span is given to one timer: after this (ms) at most it is looked
 * whether the rest of it has passed. It also keeps every timer below the 24.8 days beyond which it would fire at once.
 */
const LONGEST_TIMER = 30_000;

const elapsed = createElapsedTime();

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => elapsed(),
  async sleep(milliseconds, signal, background = false) {
    const end = elapsed() + milliseconds;
    let left = Math.max(0, milliseconds);
    do {
      await timer(Math.min(left, LONGEST_TIMER), signal, background);
      // A timer may fire a fraction of a millisecond early; that is no reason for another one.
      left = left <= LONGEST_TIMER ? 0 : end - elapsed();
    } while (left > 0);
  },
};

function timer(milliseconds: number, signal: AbortSignal | undefined, background: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const abort = () => {
      clearTimeout(timeout);
      reject(abortReason(signal!));
    };
    const timeout = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (background) timeout.unref();
    signal?.addEventListener('abort', abort, { once: true });
  });
}
