import type { Clock } from '../time/clock';
import type { RateScope, ScopeUsage } from './budget';
import { keptOf, slownessAfter, type PauseSource, type PauseSteps } from './pause-steps';
import { createPriorityQueue, type PriorityQueue } from './priority-queue';

/** How fast one scope may be asked. */
interface Rate {
  /** Requests per second. */
  rate: number;
  /** Requests that may go at once after a quiet time. */
  burst: number;
}

/**
 * 85 % of what is published, because whoever meets the limit is locked out for longer than the rest is worth. Nobody has published
 * a figure for runs and files: they begin at that of the jobs, and one 429 takes them to `slow` for a while.
 */
const scopeRates: Record<RateScope, Rate & { slowsDown: boolean }> = {
  jobs: { rate: 21.25, burst: 300, slowsDown: true },
  submit: { rate: 0.236, burst: 50, slowsDown: false },
  files: { rate: 21.25, burst: 300, slowsDown: true },
  other: { rate: 1.7, burst: 150, slowsDown: false },
};

/** For a fast scope that met a 429. */
const SLOW: Rate = { rate: 1.7, burst: 1 };

/** Requests that may go at once after a quiet time, where one rate is given for everything. */
export const BURST = 150;

/** Below this a token counts as whole: refilling adds fractions, whose sum may miss 1 by a rounding error. */
const WHOLE = 1 - 1e-6;

/** Tokens that come at a rate, for as many requests. Instants and spans in milliseconds of a monotonic clock. */
export interface TokenBucket {
  rate: Rate;
  tokens: number;
  filledAt: number;
}

export function createTokenBucket(rate: Rate, now: number): TokenBucket {
  return { rate, tokens: rate.burst, filledAt: now };
}

function refill(bucket: TokenBucket, now: number): void {
  const { rate, burst } = bucket.rate;
  // The clock of a test may be set back; that must not empty the bucket.
  if (now > bucket.filledAt) {
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
  }
  bucket.filledAt = now;
}

/** No more tokens than these are left. */
export function capTokens(bucket: TokenBucket, most: number, now: number): void {
  refill(bucket, now);
  bucket.tokens = Math.min(bucket.tokens, most);
}

/** Another rate from now on; what was saved up beyond its burst is lost. */
export function changeRate(bucket: TokenBucket, rate: Rate, now: number): void {
  capTokens(bucket, rate.burst, now);
  bucket.rate = rate;
}

/** Milliseconds until there is a token, 0 when there is one. */
export function waitFor(bucket: TokenBucket | null, now: number): number {
  if (bucket === null) return 0;
  refill(bucket, now);
  return bucket.tokens >= WHOLE ? 0 : ((1 - bucket.tokens) / bucket.rate.rate) * 1000;
}

/** What is left of a burst after a pause. */
const AFTER_PAUSE = 5;
/** Spans (ms) in which the requests of the last minute are counted. */
const COUNTED_BY = 5_000;
const MINUTE = 60_000;

interface Span {
  readonly end: number;
  requests: number;
}

const ranks = { action: 0, message: 1, poll: 2 } as const;

/** What one scope may, and who waits for it. Instants are those of the monotonic clock. */
export interface ScopeLimit {
  readonly scope: RateScope;
  readonly queue: PriorityQueue;
  /** From `pause` until `endPauseWhenOver` has seen its end. */
  readonly isPaused: boolean;
  /** Its own rate counts. */
  isLimited: boolean;
  readonly bucket: TokenBucket;
  readonly steps: PauseSteps;
  /** In which requests are counted now. */
  readonly span: Span;
  beginSpan(now: number): void;
  /** Who is next: 0 for an action. */
  rank(): number;
  /** Milliseconds until a request may go. */
  waitFor(now: number): number;
  /** Requests per second that it may have now, null without a limit. */
  rate(): number | null;
  /** True when it is a new or a longer pause. */
  pause(milliseconds: number, source: PauseSource): boolean;
  /** Milliseconds; 0 or less when not paused. */
  pauseLeft(): number;
  /** True when it has ended just now. */
  endPauseWhenOver(): boolean;
  limitTo(remaining: number, now: number): void;
  usage(): ScopeUsage;
}

export function createScopeLimit(
  scope: RateScope,
  clock: Clock,
  isLimited: boolean,
  whenLeft: () => void,
): ScopeLimit {
  const usual = scopeRates[scope];
  const queue = createPriorityQueue(() => clock.monotonic(), whenLeft);
  const bucket = createTokenBucket(usual, clock.monotonic());
  /** Of the last minute, the latest last. */
  let spans: Span[] = [];
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
    return limit.isLimited ? bucket.rate.rate : null;
  }

  function forgetOld(now: number): void {
    spans = spans.filter(({ end }) => end > now - MINUTE);
  }

  const limit = {
    scope,
    queue,
    isPaused: false,
    isLimited,
    bucket,
    steps: { taken: 0, nextStop: -Infinity },
    span: { end: -Infinity, requests: 0 },
    beginSpan(now: number) {
      forgetOld(now);
      limit.span = { end: (Math.floor(now / COUNTED_BY) + 1) * COUNTED_BY, requests: 0 };
      spans.push(limit.span);
    },
    rank: () => ranks[queue.next() ?? 'poll'],
    waitFor(now: number): number {
      if (pauseEnd !== null && now < pauseEnd) return pauseEnd - now;
      if (!limit.isLimited) return 0;
      if (slowEnd !== null) endSlowness(now);
      return waitFor(bucket, now);
    },
    rate: currentRate,
    pause(milliseconds: number, source: PauseSource) {
      const now = clock.monotonic();
      const end = now + keptOf(limit.steps, milliseconds, source, pauseLeft() > 0);
      if (usual.slowsDown) {
        slowEnd = Math.max(slowEnd ?? 0, now + slownessAfter(source));
        changeRate(bucket, SLOW, now);
      }
      if (Number.isNaN(end) || end <= Math.max(now, pauseEnd ?? 0)) return false;
      pauseEnd = end;
      limit.isPaused = true;
      return true;
    },
    pauseLeft,
    endPauseWhenOver() {
      if (pauseEnd === null || pauseLeft() > 0) return false;
      pauseEnd = null;
      limit.isPaused = false;
      capTokens(bucket, AFTER_PAUSE, clock.monotonic());
      return true;
    },
    limitTo(remaining: number, now: number) {
      capTokens(bucket, remaining, now);
    },
    usage(): ScopeUsage {
      forgetOld(clock.monotonic());
      return {
        scope,
        rate: currentRate(),
        lastMinute: spans.reduce((sum, { requests }) => sum + requests, 0),
        waiting: queue.length,
        pausedUntil: fromNow(pauseLeft()),
        slowUntil: limit.isLimited ? fromNow(slowLeft()) : null,
      };
    },
  };
  return limit;
}
