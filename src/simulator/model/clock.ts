/** The simulator's time: it runs `speed` times as fast as the wall clock and can be pushed ahead. */
export interface VirtualClock {
  /** Milliseconds since the epoch, whole. */
  now(): number;
  advance(seconds: number): void;
  readonly speed: number;
}

/** @param start the virtual instant of this moment, ms since the epoch */
export function createVirtualClock(start: number, speed: number): VirtualClock {
  const origin = performance.now();
  let ahead = 0;
  return {
    speed,
    now: () => Math.floor(start + ahead + (performance.now() - origin) * speed),
    advance(seconds) {
      ahead += seconds * 1000;
    },
  };
}
