import { RescaleError } from '../errors/errors';
import type { Budget } from '../limits/budget';
import { backOff } from '../time/back-off';
import type { Clock } from '../time/clock';
import { AttemptFailure } from './failures';
import type { Request, Step } from './request';

export interface RetryOptions {
  budget: Budget;
  clock: Clock;
  /** 0 to 1, for jitter. */
  random: () => number;
  /** Closes the pooled connections. */
  discardIdle: () => void;
}

/** After a 429 that does not say for how long, nobody asks for at least this many milliseconds. */
const LEAST_PAUSE = 1_000;

/** Tries until it succeeds, can't succeed any more, or the patience is over. */
export function retry({ budget, clock, random, discardIdle }: RetryOptions): Step {
  return async (request, next) => {
    const { deadline, trace } = request;
    let last: AttemptFailure | null = null;
    let told = false;
    let refused = 0;
    try {
      for (let failures = 1; ; failures += 1) {
        try {
          return await next(request);
        } catch (error) {
          // What the end of the patience broke off says less than what failed before it.
          if (deadline.isOver && last && !isFinal(error)) throw last.toError(deadline.spent());
          if (!(error instanceof AttemptFailure)) throw error;
          last = error;
        }
        if (last.retry === 'once') refused += 1;
        if (refused > 1) throw last.toError(deadline.spent());
        told = (await pauseAfter(last, failures, request)) || told;
      }
    } finally {
      if (told) trace?.onRetry?.(null, 0);
    }
  };

  /** Waits as long as it is right to wait; throws when another attempt makes no sense. True when that was told. */
  async function pauseAfter(failure: AttemptFailure, failures: number, request: Request): Promise<boolean> {
    const { deadline, once, scope, trace } = request;
    const giveUp = () => failure.toError(deadline.spent());
    if (failure.retry === 'never') throw giveUp();
    if (failure.retry === 'at-once') {
      // The other side closes what was idle, so the rest of the pool is no better.
      discardIdle();
      return false;
    }
    // "Retry-After: 0" would have us ask again and again without a breath.
    const ownWait = backOff(failures, random);
    const wait = failure.wait ? failure.wait : ownWait;
    if (failure.retry === 'pause') {
      const pause = failure.wait ? wait : Math.max(wait, LEAST_PAUSE);
      budget.pause(scope, pause);
      if (once || pause > deadline.left()) throw giveUp();
      return false; // The rate limit waits, and the budget tells everybody.
    }
    if (once || wait > deadline.left()) throw giveUp();
    trace?.onRetry?.(giveUp(), wait);
    try {
      await clock.sleep(wait, deadline.signal);
    } catch (reason) {
      trace?.onRetry?.(null, 0);
      throw deadline.isOver ? giveUp() : reason;
    }
    return true;
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof AttemptFailure
    ? error.retry === 'never'
    : error instanceof RescaleError && error.kind !== 'transient';
}
