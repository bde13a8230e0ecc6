import { createMemoryStore } from '../../src/runtime/state/state-store';
import type { StateStore } from '../../src/runs/tasks/ports';

/** A disk that is full for so many writes. Like the real store it does everything in the order in which it was asked. */
interface FullDisk extends StateStore {
  /** Writes that fail yet. */
  failures: number;
  /** Every write so far. */
  writes: number;
  /** Writes wait from now on until the returned function is called. */
  hold(): () => void;
}

export function fullDisk(failures: number): FullDisk {
  const memory = createMemoryStore();
  let last: Promise<unknown> = Promise.resolve();
  let gate: Promise<void> = Promise.resolve();
  const inOrder = (act: () => Promise<void>) => {
    const done = last.then(act, act);
    last = done.catch(() => undefined);
    return done;
  };
  const disk: FullDisk = {
    ...memory,
    durable: true,
    failures,
    writes: 0,
    write(key, value) {
      disk.writes += 1;
      const text = JSON.stringify(value);
      return inOrder(async () => {
        await gate;
        disk.failures -= 1;
        if (disk.failures >= 0) throw new Error('ENOSPC: no space left on device');
        await memory.write(key, JSON.parse(text));
      });
    },
    remove: (key) => inOrder(() => memory.remove(key)),
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => (release = resolve));
      return release;
    },
  };
  return disk;
}
