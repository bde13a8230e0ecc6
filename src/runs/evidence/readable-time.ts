import type { Clock } from '../tasks/ports';

/**
 * Between two answers at most so much time (ms) counts as time in which evidence could be read. Looks are hardly farther
 * apart; a longer gap is an outage, or the sleep of this machine.
 */
const LONGEST_STEP = 30_000;

/**
 * Time in which evidence of a job could be read: it goes on with each answer of the platform, so that neither an outage nor a
 * sleeping machine uses up the patience with evidence that is there. Milliseconds; its start means nothing.
 */
export interface ReadableTime {
  now(): number;
  /** The platform answered something about the job. */
  answered(): void;
  /** When it last did, on the monotonic clock. */
  readonly answeredAt: number;
  /** When it may be that far at the earliest, on the monotonic clock. */
  at(instant: number): number;
}

export function createReadableTime(clock: Clock): ReadableTime {
  let readable = 0;
  let last = clock.monotonic();
  return {
    now: () => readable,
    answered() {
      const now = clock.monotonic();
      readable += Math.min(now - last, LONGEST_STEP);
      last = now;
    },
    get answeredAt() {
      return last;
    },
    at: (instant) => last + (instant - readable),
  };
}

/**
 * The patience with one piece of evidence. It ends only at a look that finds it missing or unreadable, never by time alone: who
 * has not looked since an outage knows nothing.
 */
export interface Lack {
  /** When it was first known to be lacking, as readable time; null = it is not. */
  since: number | null;
  /** It was lacking for the whole patience. */
  over: boolean;
}

export const NOT_LACKING: Readonly<Lack> = { since: null, over: false };

/** The same after a look at which it was lacking. */
export function lackedAgain({ since }: Lack, now: number, patience: number): Lack {
  const first = since ?? now;
  return { since: first, over: now - first >= patience };
}

/** When it may be over at the earliest, on the monotonic clock, ms. */
export function endOfLack({ since, over }: Lack, patience: number, readable: ReadableTime): number {
  return since === null || over ? Infinity : readable.at(since + patience);
}
