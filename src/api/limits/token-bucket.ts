import type { Rate } from './scopes';

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
