import type { Clock } from '../../api/time/clock';

/** When lines of a log came: as spans that no setting of a clock changes, and, from one process to the next, as dates. */
export interface Arrivals {
  /** Lines have come; `steps` tells whether they closed any. `at` (ms since the epoch) where it was before a restart. */
  heard(steps: boolean, at?: number): void;
  /** Milliseconds since the last line, also where that came before a restart. */
  quiet(): number;
  /** Milliseconds since this node has the log, or since the last line if that came later. */
  listened(): number;
  /** Milliseconds that usually pass between pieces with steps; 0 while that is not known. */
  readonly usualGap: number;
  state(): ArrivalsState;
}

/** What outlives a restart. Plain JSON. */
export interface ArrivalsState {
  /** The date of the last line, ms since the epoch; null where that is not known. */
  heardAt: number | null;
  /** The last spans (ms) between pieces with steps. */
  gaps: readonly number[];
}

export const NOTHING_HEARD: ArrivalsState = { heardAt: null, gaps: [] };

const GAPS_KEPT = 20;
const LEAST_GAPS = 3;

export function createArrivals(clock: Clock, before: ArrivalsState = NOTHING_HEARD): Arrivals {
  let here = clock.monotonic();
  let last = before.heardAt === null ? here : instantOf(before.heardAt);
  let lastStep: number | null = null;
  const gaps = [...before.gaps];

  /** A date as an instant of the monotonic clock; what lies ahead was set wrong somewhere, and is now. */
  function instantOf(date: number): number {
    return clock.monotonic() - Math.max(0, clock.now() - date);
  }

  return {
    heard(steps, at) {
      const now = clock.monotonic();
      const came = at === undefined ? now : instantOf(at);
      if (at === undefined) here = now;
      last = Math.max(last, came);
      if (!steps) return;
      if (lastStep !== null) gaps.push(came - lastStep);
      if (gaps.length > GAPS_KEPT) gaps.shift();
      lastStep = came;
    },
    quiet: () => clock.monotonic() - last,
    listened: () => clock.monotonic() - here,
    get usualGap() {
      if (gaps.length < LEAST_GAPS) return 0;
      return [...gaps].sort((one, other) => one - other)[gaps.length >> 1]!;
    },
    state: () => ({ heardAt: Math.round(clock.now() - (clock.monotonic() - last)), gaps: [...gaps] }),
  };
}
