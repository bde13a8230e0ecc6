import type { Clock } from '../../src/api/time/clock';

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** Moves on, firing every sleep on the way at its own instant, and lets everything that follows happen. */
  advance(milliseconds: number): Promise<void>;
  /** As when a wrong clock is set right: the time of day jumps back, sleeps last as long as they would have. */
  setBack(milliseconds: number): void;
  /** As when the clock is set to a later time of day: nothing that takes a span is nearer to its end. */
  setAhead(milliseconds: number): void;
  /** As when the machine sleeps: time has passed, and no timer fires before it is awake again. */
  fallAsleep(milliseconds: number): void;
  /** Sleeps that have not ended. */
  readonly timers: number;
}

export function virtualClock(start = Date.parse('2026-01-01T00:00:00Z')): VirtualClock {
  let now = start;
  /** How far the time of day was set; spans know nothing of it. */
  let set = 0;
  const sleepers = new Set<{ at: number; wake: () => void }>();

  return {
    now: () => now + set,
    monotonic: () => now - start,
    sleep(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        const end = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
        };
        const abort = () => {
          end();
          reject(signal!.reason as Error);
        };
        const sleeper = {
          at: now + Math.max(0, milliseconds),
          wake: () => {
            end();
            resolve();
          },
        };
        if (signal?.aborted) return reject(signal.reason as Error);
        sleepers.add(sleeper);
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
    setBack(milliseconds) {
      set -= milliseconds;
    },
    setAhead(milliseconds) {
      set += milliseconds;
    },
    fallAsleep(milliseconds) {
      now += milliseconds;
    },
    get timers() {
      return sleepers.size;
    },
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settled();
      for (;;) {
        const next = [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        now = Math.max(now, next.at);
        next.wake();
        await settled();
      }
      now = until;
      await settled();
    },
  };
}

/** Lets promises and streams that need no timer come to rest. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
