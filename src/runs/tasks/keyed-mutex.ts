import { abortReason } from '../../api/errors/abort';
import { onAbort } from '../../api/errors/guard';

/** Lets work with the same name go on one after the other, in the order in which it came. */
export interface KeyedMutex {
  /** Rejects with the signal's reason while it waits; what has begun is not interrupted by this. */
  run<Result>(name: string, signal: AbortSignal | undefined, task: () => Promise<Result>): Promise<Result>;
  /** True when work with this name would have to wait now. */
  isTaken(name: string): boolean;
}

export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<void>>();

  return {
    async run(name, signal, task) {
      const before = tails.get(name);
      let release = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      const tail = before ? before.then(() => released) : released;
      tails.set(name, tail);
      try {
        if (before) await unlessAborted(before, signal);
        signal?.throwIfAborted();
        return await task();
      } finally {
        release();
        if (tails.get(name) === tail) tails.delete(name);
      }
    },
    isTaken: (name) => tails.has(name),
  };
}

async function unlessAborted(turn: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  let stopListening = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stopListening = onAbort(signal, () => reject(abortReason(signal!)));
  });
  try {
    await Promise.race([turn, aborted]);
  } finally {
    stopListening();
  }
}
