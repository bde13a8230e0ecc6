import { abortReason } from '../errors/abort';
import type { Budget } from './budget';
import { systemClock, type Clock } from '../time/clock';
import { createWaitingLine } from './waiting-line';

export interface BudgetOptions {
  /** Requests per second; 0 = no limit. */
  rate: number;
  /** Requests that may go at once after a quiet time; 150 unless told (rescale-platform.md 1.6). */
  burst?: number;
  clock?: Clock;
}

const BURST = 150;

/**
 * What is left of a burst after a pause. A 429 says that the platform's count of our requests is ahead of ours,
 * so a full burst right after the pause would only earn the next 429.
 */
const BURST_AFTER_PAUSE = 5;

/** The platform counts by the hour (rescale-platform.md 1.6), so no longer pause can be needed, whoever asks for it. */
const LONGEST_PAUSE = 3_600_000;

/** Below this a token counts as whole: refilling adds fractions, whose sum may miss 1 by a rounding error. */
const WHOLE = 1 - 1e-6;

/** A token bucket with a line before it (see `createWaitingLine` for who goes first). */
export function createBudget({ rate, burst = BURST, clock = systemClock }: BudgetOptions): Budget {
  // The alarm does not depend on who waits, only on whether anybody does.
  const line = createWaitingLine(
    () => clock.now(),
    () => {
      if (line.length === 0) serve();
    },
  );
  const listeners = new Set<(until: number | null) => void>();
  let tokens = burst;
  let filledAt = clock.now();
  let pauseEnd: number | null = null;
  let alarm: AbortController | null = null;

  function refill(): void {
    const now = clock.now();
    // A clock that was set back must not empty the bucket, nor keep it from filling.
    if (now > filledAt) tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * rate);
    filledAt = now;
  }

  function tell(): void {
    for (const listener of [...listeners]) listener(pauseEnd);
  }

  function endPauseWhenOver(): void {
    if (pauseEnd === null || clock.now() < pauseEnd) return;
    pauseEnd = null;
    refill();
    tokens = Math.min(tokens, BURST_AFTER_PAUSE);
    tell();
  }

  /** True when a request may go now; it is then counted. */
  function take(): boolean {
    endPauseWhenOver();
    if (pauseEnd !== null) return false;
    if (rate === 0) return true;
    refill();
    if (tokens < WHOLE) return false;
    tokens -= 1;
    return true;
  }

  /** Admits all who may go, and sets the one alarm for the next who may, or for the end of the pause. */
  function serve(): void {
    while (line.length > 0 && take()) line.admit();
    alarm?.abort();
    alarm = null;
    endPauseWhenOver();
    const waiting = line.length > 0;
    if (!waiting && (pauseEnd === null || listeners.size === 0)) return;

    const now = clock.now();
    const wait = pauseEnd === null ? ((1 - tokens) / rate) * 1000 : pauseEnd - now;
    const mine = new AbortController();
    alarm = mine;
    // Somebody who waits keeps the process alive; the news that a pause is over does not.
    clock.sleep(Math.max(1, Math.ceil(wait)), mine.signal, !waiting).then(
      () => {
        if (alarm === mine) serve();
      },
      () => {}, // Replaced by another alarm, or nobody waits any more.
    );
  }

  return {
    async acquire(priority, signal) {
      if (signal?.aborted) throw abortReason(signal);
      if (line.length === 0 && take()) return;
      const turn = line.wait(priority, signal);
      if (line.length === 1) serve();
      await turn;
    },

    pauseUntil(instant) {
      const end = Math.min(instant, clock.now() + LONGEST_PAUSE);
      if (Number.isNaN(end) || end <= Math.max(clock.now(), pauseEnd ?? 0)) return;
      pauseEnd = end;
      tell();
      serve();
    },

    get pausedUntil() {
      return pauseEnd !== null && pauseEnd > clock.now() ? pauseEnd : null;
    },

    onPause(listener) {
      const entry = (until: number | null) => listener(until);
      listeners.add(entry);
      serve();
      return () => {
        listeners.delete(entry);
        serve();
      };
    },

    get rate() {
      return rate;
    },

    setRate(requestsPerSecond) {
      refill();
      rate = requestsPerSecond;
      serve();
    },
  };
}
