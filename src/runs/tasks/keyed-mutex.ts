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
  const lines = new Map<string, Promise<void>>();

  return {
    async run(name, signal, task) {
      const before = lines.get(name);
      let leave = () => {};
      const mine = new Promise<void>((resolve) => (leave = resolve));
      const line = before ? before.then(() => mine) : mine;
      lines.set(name, line);
      try {
        if (before) await unlessAborted(before, signal);
        signal?.throwIfAborted();
        return await task();
      } finally {
        leave();
        if (lines.get(name) === line) lines.delete(name);
      }
    },
    isTaken: (name) => lines.has(name),
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
