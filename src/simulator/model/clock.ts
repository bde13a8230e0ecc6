/** The simulator's time: it runs `speed` times as fast as the wall clock and can be pushed ahead. */
export interface VirtualClock {
  /** Virtual, milliseconds since the epoch, whole. */
  now(): number;
  advance(seconds: number): void;
  readonly speed: number;
  /**
   * The date that the platform tells for a virtual instant that has passed, ms since the epoch. It never
   * changes and keeps the order of instants.
   */
  dateOf: DateOf;
}

export type DateOf = (instant: number) => number;

/** @param start the virtual instant of this moment, ms since the epoch; null leaves it to the clock */
export function createVirtualClock(start: number | null, speed: number): VirtualClock {
  return start === null && speed > 0
    ? wallDatedClock(Date.now() - BEHIND_WALL_CLOCK, speed)
    : virtualClock(start ?? Date.now() - STOPPED_CLOCK_BEHIND, speed, (instant) => instant);
}

/** A clock that stands still is moved by hand only; this far behind, its dates never reach the future. */
const STOPPED_CLOCK_BEHIND = 400 * 86_400_000;

function virtualClock(start: number, speed: number, dateOf: DateOf): VirtualClock {
  const origin = performance.now();
  let ahead = 0;
  return {
    speed,
    dateOf,
    now: () => Math.floor(start + ahead + (performance.now() - origin) * speed),
    advance(seconds) {
      ahead += seconds * 1000;
    },
  };
}

/** Milliseconds behind this machine's clock: room for `advance`, too little to be noticed. */
const BEHIND_WALL_CLOCK = 2000;
/** Instants further back than this, as in the API page's samples, keep their own dates. */
const OWN_DATES_BEFORE = 86_400_000;

/** From the virtual instant `from` on, dates run from `date` at `rate` milliseconds per virtual millisecond. */
interface DateSegment {
  from: number;
  date: number;
  rate: number;
}

/**
 * Virtual time with the dates of the wall clock: what the platform tells to have taken half a minute took half a
 * minute, and nothing lies ahead of this machine's clock.
 */
function wallDatedClock(start: number, speed: number): VirtualClock {
  const segments: DateSegment[] = [{ from: start, date: start, rate: 1 / speed }];
  const dateOf: DateOf = (instant) => {
    if (instant < start - OWN_DATES_BEFORE) return instant;
    if (instant < start) return start - (start - instant) / Math.max(1, speed);
    const segment = segments.findLast(({ from }) => from <= instant)!;
    return segment.date + (instant - segment.from) * segment.rate;
  };
  const clock = virtualClock(start, speed, dateOf);
  return {
    ...clock,
    /** As if the time had passed, as far as there is room; beyond that instants stand closer together. */
    advance(seconds) {
      const from = clock.now();
      const date = dateOf(from);
      const takes = Math.min((seconds * 1000) / speed, Math.max(0, Date.now() - date) / 2);
      clock.advance(seconds);
      if (seconds <= 0) return;
      segments.push({ from, date, rate: takes / (seconds * 1000) });
      segments.push({ from: from + seconds * 1000, date: date + takes, rate: 1 / speed });
    },
  };
}
