import { uptime } from 'node:os';
import { abortReason } from '../errors/abort';
import { onAbort } from '../errors/guard';
import { nextTurn } from './turns';

/** Time as everything here sees it. Tests hand in a clock of their own; nothing else reads `Date.now()`. */
export interface Clock {
  /** The time of day: milliseconds since the epoch. It may be set at any moment, so it is for dates and not for spans. */
  now(): number;
  /**
   * Milliseconds since an instant of the clock's own, for spans: deadlines, pauses, intervals. It can't be set, and
   * goes on while the machine sleeps. It means nothing in another process.
   */
  monotonic(): number;
  /**
   * Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted.
   * With `background` it does not keep the process alive.
   */
  sleep(milliseconds: number, signal?: AbortSignal, background?: boolean): Promise<void>;
}

/**
 * Timers stand still while the machine sleeps, so no span is given to one timer: after this (ms) at most it is looked
 * whether the rest of it has passed. It also keeps every timer below the 24.8 days beyond which it would fire at once.
 */
const LONGEST_TIMER = 30_000;

/** The machine's uptime is told in whole seconds by some systems; less than this (ms) is no sleep. */
const SHORTEST_SLEEP = 3_000;

/** Who wakes up later than this (ms) was held up: the machine, or this process, stood still, or somebody blocked it. */
export const STOOD_STILL = 1_000;

/** Asking the machine costs a system call and a file, so it is asked at most so often (ms). */
const LOOK_EVERY = 250;

/** Where the spans come from; tests hand in their own. */
interface TimeSources {
  /** Milliseconds. Can't be set; stands still while the machine sleeps. */
  running(): number;
  /** Seconds. Goes on while the machine sleeps; may be coarse. Throws where a container hides it: then a sleep can't be seen. */
  uptime(): number;
}

const machine: TimeSources = { running: performance.now.bind(performance), uptime };

/**
 * Milliseconds that have passed on the machine, its sleeps included. Node's own monotonic clock leaves them out on
 * Linux and macOS, and the time of day can't tell a sleep from a clock that was set: the uptime can. It never goes back.
 */
export function createElapsedTime(sources: TimeSources = machine): () => number {
  /** What the uptime was ahead at first; null when it was hidden. */
  let ahead: number | null = null;
  try {
    ahead = sources.uptime() * 1000 - sources.running();
  } catch {
    // Hidden.
  }
  let asleep = 0;
  let latest = -Infinity;
  let looked = -Infinity;
  return () => {
    const now = sources.running();
    if (ahead !== null && now - looked >= LOOK_EVERY) {
      looked = now;
      try {
        const slept = sources.uptime() * 1000 - now - ahead;
        if (slept > asleep + SHORTEST_SLEEP) asleep = slept;
      } catch {
        // Hidden for now.
      }
    }
    latest = Math.max(latest, now + asleep);
    return latest;
  };
}

const elapsed = createElapsedTime();

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: elapsed,
  async sleep(milliseconds, signal, background = false) {
    const end = elapsed() + milliseconds;
    let left = Math.max(0, milliseconds);
    do {
      await timer(Math.min(left, LONGEST_TIMER), signal, background);
      // A timer may fire a fraction of a millisecond early; that is no reason for another one.
      left = left <= LONGEST_TIMER ? 0 : end - elapsed();
    } while (left > 0);
    if (elapsed() - end < STOOD_STILL) return;
    // Timers come before sockets: what lies there by now must not be told as late.
    await nextTurn();
    if (signal?.aborted) throw abortReason(signal);
  },
};

function timer(milliseconds: number, signal: AbortSignal | undefined, background: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const abort = () => {
      clearTimeout(timeout);
      reject(abortReason(signal!));
    };
    const timeout = setTimeout(() => {
      stopListening();
      resolve();
    }, milliseconds);
    if (background) timeout.unref();
    const stopListening = onAbort(signal, abort);
  });
}

/** The platform's time of day, as its answers tell it. */
export interface PlatformTime {
  /** Milliseconds since the epoch; this machine's time of day until the platform has told its own. */
  readonly now: () => number;
  /** It has. */
  readonly isTold: () => boolean;
  /** Takes the `Date` of an answer, and its `Age` where a cache between has kept it. */
  observe(date: string | undefined, age?: string): void;
}

/** Answers that are remembered. */
const REMEMBERED = 8;
/** An answer may have travelled for so long (ms); one that is farther ahead of most others has another clock. */
const LONGEST_TRAVEL = 300_000;
/** No cache keeps an answer of the platform for longer (s); a greater `Age` is none. */
const GREATEST_AGE = 3_600;

/**
 * The platform's dates say something only beside the platform's clock: this machine's may be hours away from it, and may be
 * set at any moment. A `Date` is cut to whole seconds and has travelled, so it is never too late: the latest is the nearest, of
 * those that most of the last answers agree with, because one may be of another machine.
 */
export function createPlatformTime(clock: Clock): PlatformTime {
  /** What the platform's time of day is ahead of the monotonic clock, by the last answers. */
  const offsets: number[] = [];

  /** The latest of those that agree; null before the first answer, and until it is asked for again after one. */
  let agreed: number | null = null;

  return {
    now() {
      if (offsets.length === 0) return clock.now();
      if (agreed === null) {
        const sorted = Float64Array.from(offsets).sort();
        const middle = sorted[(sorted.length - 1) >> 1]!;
        let latest = sorted.length - 1;
        while (sorted[latest]! > middle + LONGEST_TRAVEL) latest -= 1;
        agreed = sorted[latest]!;
      }
      return clock.monotonic() + agreed;
    },
    isTold: () => offsets.length > 0,
    observe(date, age = '0') {
      const told = date === undefined ? NaN : Date.parse(date);
      const kept = /^\d{1,9}$/.test(age) ? Number(age) : 0;
      if (Number.isNaN(told) || kept > GREATEST_AGE) return;
      offsets.push(told + kept * 1000 - clock.monotonic());
      if (offsets.length > REMEMBERED) offsets.shift();
      agreed = null;
    },
  };
}
