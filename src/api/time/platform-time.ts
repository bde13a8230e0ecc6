import type { Clock } from './clock';

/** The platform's time of day, as its answers tell it. */
export interface PlatformTime {
  /** Milliseconds since the epoch; this machine's time of day until the platform has told its own. */
  now(): number;
  /** Takes the `Date` of an answer, and its `Age` where a cache between has kept it. */
  observe(date: string | undefined, age?: string): void;
}

/** Answers of which the latest `Date` counts. */
const REMEMBERED = 8;

/**
 * The platform's dates say something only beside the platform's clock: this machine's may be hours away from it, and may be
 * set at any moment. A `Date` is cut to whole seconds and has travelled, so it is never too late: of the last ones the latest
 * is the nearest.
 */
export function createPlatformTime(clock: Clock): PlatformTime {
  /** What the platform's time of day is ahead of the monotonic clock, by the last answers. */
  const offsets: number[] = [];
  return {
    now: () => (offsets.length === 0 ? clock.now() : clock.monotonic() + Math.max(...offsets)),
    observe(date, age) {
      const told = date === undefined ? NaN : Date.parse(date);
      if (Number.isNaN(told)) return;
      const kept = age !== undefined && /^\d{1,9}$/.test(age) ? Number(age) * 1000 : 0;
      offsets.push(told + kept - clock.monotonic());
      if (offsets.length > REMEMBERED) offsets.shift();
    },
  };
}
