import type { Clock } from '../time/clock';
import type { ScopeUsage } from './budget';
import { createPriorityQueue, type PriorityQueue } from './priority-queue';
import { scopeRates, SLOW, SLOW_FOR, type RateScope } from './scopes';
import { capTokens, changeRate, createTokenBucket, waitFor } from './token-bucket';

/** The platform counts by the hour, so no longer pause (ms) can be needed, whoever asks for it. */
const LONGEST_PAUSE = 3_600_000;
/** What is left of a burst after a pause. */
const AFTER_PAUSE = 5;
/** Spans (ms) in which the requests of the last minute are counted. */
const COUNTED_BY = 5_000;
const MINUTE = 60_000;

const ranks = { action: 0, message: 1, poll: 2 } as const;

/** What one scope may, and who waits for it. Instants are those of the monotonic clock. */
export interface ScopeLimit {
  readonly queue: PriorityQueue;
  /** Who is next: 0 for an action. */
  rank(): number;
  /** Milliseconds until a request may go. */
  waitFor(now: number): number;
  /** Requests per second that it may have now, null without a limit. */
  rate(): number | null;
  count(now: number): void;
  /** True when it is a new or a longer pause. */
  pause(milliseconds: number): boolean;
  /** Milliseconds; 0 or less when not paused. */
  pauseLeft(): number;
  /** True when it has ended just now. */
  endPauseWhenOver(): boolean;
  limitTo(remaining: number, now: number): void;
  setLimited(limited: boolean): void;
  usage(): ScopeUsage;
}

/** `limited`: the scope's own rate counts. */
export function createScopeLimit(
  scope: RateScope,
  clock: Clock,
  limited: boolean,
  whenLeft: () => void,
): ScopeLimit {
  const usual = scopeRates[scope];
  const queue = createPriorityQueue(() => clock.monotonic(), whenLeft);
  const bucket = createTokenBucket(usual, clock.monotonic());
  /** Requests by span of `COUNTED_BY`. */
  const counts = new Map<number, number>();
  let pauseEnd: number | null = null;
  let slowEnd: number | null = null;

  const pauseLeft = () => (pauseEnd === null ? 0 : pauseEnd - clock.monotonic());
  const fromNow = (left: number) => (left > 0 ? Math.round(clock.now() + left) : null);
  const slowLeft = () => (slowEnd === null ? 0 : slowEnd - clock.monotonic());

  function endSlowness(now: number): void {
    if (slowEnd === null || now < slowEnd) return;
    slowEnd = null;
    changeRate(bucket, usual, now);
  }

  function currentRate(): number | null {
    endSlowness(clock.monotonic());
    return limited ? bucket.rate.rate : null;
  }

  function forgetOld(now: number): void {
    for (const span of counts.keys()) if ((span + 1) * COUNTED_BY <= now - MINUTE) counts.delete(span);
  }

  return {
    queue,
    rank: () => ranks[queue.next() ?? 'poll'],
    waitFor(now) {
      if (pauseEnd !== null && now < pauseEnd) return pauseEnd - now;
      if (!limited) return 0;
      endSlowness(now);
      return waitFor(bucket, now);
    },
    rate: currentRate,
    count(now) {
      if (limited) bucket.tokens -= 1;
      const span = Math.floor(now / COUNTED_BY);
      const before = counts.get(span);
      counts.set(span, (before ?? 0) + 1);
      if (before === undefined) forgetOld(now);
    },
    pause(milliseconds) {
      const now = clock.monotonic();
      const end = now + Math.min(milliseconds, LONGEST_PAUSE);
      if (usual.slowsDown) {
        slowEnd = now + SLOW_FOR;
        changeRate(bucket, SLOW, now);
      }
      if (Number.isNaN(end) || end <= Math.max(now, pauseEnd ?? 0)) return false;
      pauseEnd = end;
      return true;
    },
    pauseLeft,
    endPauseWhenOver() {
      if (pauseEnd === null || pauseLeft() > 0) return false;
      pauseEnd = null;
      capTokens(bucket, AFTER_PAUSE, clock.monotonic());
      return true;
    },
    limitTo(remaining, now) {
      capTokens(bucket, remaining, now);
    },
    setLimited(now) {
      limited = now;
    },
    usage() {
      forgetOld(clock.monotonic());
      return {
        scope,
        rate: currentRate(),
        lastMinute: [...counts.values()].reduce((sum, count) => sum + count, 0),
        waiting: queue.length,
        pausedUntil: fromNow(pauseLeft()),
        slowUntil: limited ? fromNow(slowLeft()) : null,
      };
    },
  };
}
