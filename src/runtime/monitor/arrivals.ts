import type { Clock } from '../../api/time/clock';

/** When lines of a log came, in spans that no setting of a clock changes. */
export interface Arrivals {
  /** Lines have come; `steps` tells whether they closed any. */
  heard(steps: boolean): void;
  /** Milliseconds since the last line. */
  quiet(): number;
  /** Milliseconds that usually pass between pieces with steps; 0 while that is not known. */
  readonly usualGap: number;
}

const REMEMBERED = 20;
const LEAST = 3;

export function createArrivals(clock: Clock): Arrivals {
  let last = clock.monotonic();
  let lastStep: number | null = null;
  const gaps: number[] = [];

  return {
    heard(steps) {
      last = clock.monotonic();
      if (!steps) return;
      if (lastStep !== null) gaps.push(last - lastStep);
      if (gaps.length > REMEMBERED) gaps.shift();
      lastStep = last;
    },
    quiet: () => clock.monotonic() - last,
    get usualGap() {
      if (gaps.length < LEAST) return 0;
      return [...gaps].sort((one, other) => one - other)[gaps.length >> 1]!;
    },
  };
}
