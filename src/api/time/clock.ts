import { abortReason } from '../errors/abort';

/** Time as everything here sees it. Tests hand in a clock of their own; nothing else reads `Date.now()`. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted.
   * With `background` it does not keep the process alive.
   */
  sleep(milliseconds: number, signal?: AbortSignal, background?: boolean): Promise<void>;
}

/** setTimeout overflows beyond this and would fire at once, so longer waits are made of several. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal, background = false) {
    let left = Math.max(0, milliseconds);
    do {
      const step = Math.min(left, LONGEST_TIMER);
      await timer(step, signal, background);
      left -= step;
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
