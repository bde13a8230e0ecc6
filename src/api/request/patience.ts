/** What the patience of a call is spent on: its turns in the rate limit, and the pauses between its attempts. */
import { RescaleError } from '../errors/errors';
import type { Budget } from '../limits/budget';
import { backOff } from '../time/back-off';
import type { Clock } from '../time/clock';
import { leftOf, signalOf, spentOf } from './deadline';
import { AttemptFailure, seconds } from './failures';
import type { Next, Request, Response } from './request';

interface RetryOptions {
  budget: Budget;
  clock: Clock;
  /** 0 to 1, for jitter. */
  random: () => number;
  /** Closes the pooled connections. */
  discardIdle: () => void;
}

/** After a 429 that does not say for how long, nobody asks for at least this many milliseconds. */
const LEAST_PAUSE = 1_000;
/** The first pause (ms) of a stop that met a 429; each next one is twice as long. */
const FIRST_OF_STOP = 5_000;

/** Makes attempts after the first, which ended with `error`, until one succeeds, none can any more, or the patience is over. */
export type TryAgain = (request: Request, next: Next, error: unknown) => Promise<Response>;

export function createTryAgain({ budget, clock, random, discardIdle }: RetryOptions): TryAgain {
  return async (request, next, first) => {
    const { deadline, trace } = request;
    let error = first;
    let last: AttemptFailure | null = null;
    let told = false;
    let refused = 0;
    try {
      for (let failures = 1; ; failures += 1) {
        // What the end of the patience broke off says less than what failed before it.
        if (deadline.isOver && last && !isFinal(error)) throw last.toError(spentOf(deadline));
        if (!(error instanceof AttemptFailure)) throw error;
        last = error;
        if (last.retry === 'once') refused += 1;
        if (refused > 1) throw last.toError(spentOf(deadline));
        told = (await pauseAfter(last, failures, request)) || told;
        try {
          return await next(request);
        } catch (failure) {
          error = failure;
        }
      }
    } finally {
      if (told) trace?.onRetry?.(null, 0);
    }
  };

  /** Waits as long as it is right to wait; throws when another attempt makes no sense. True when that was told. */
  async function pauseAfter(failure: AttemptFailure, failures: number, request: Request): Promise<boolean> {
    const { deadline, once, scope, trace } = request;
    const giveUp = () => failure.toError(spentOf(deadline));
    if (failure.retry === 'never') throw giveUp();
    if (failure.retry === 'at-once') {
      // The other side closes what was idle, so the rest of the pool is no better.
      discardIdle();
      return false;
    }
    // "Retry-After: 0" would have us ask again and again without a breath.
    const ownWait = backOff(failures, random);
    let wait = failure.wait ? failure.wait : ownWait;
    if (failure.retry === 'pause') {
      const asked = failure.wait ? wait : Math.max(wait, LEAST_PAUSE);
      wait = budget.pause(scope, asked, failure.source);
      if (!passesPauses(request)) {
        if (once || wait > leftOf(deadline)) throw giveUp();
        return false; // The rate limit waits, and the budget tells everybody.
      }
      // It does not keep to the pause, so it has one of its own.
      wait = Math.min(wait, FIRST_OF_STOP * 2 ** (failures - 1));
    }
    if (once || wait > leftOf(deadline)) throw giveUp();
    trace?.onRetry?.(giveUp(), wait);
    try {
      await clock.sleep(wait, signalOf(deadline));
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

/** A stop, and what is read for one: money burns until the platform has it, and the worst that can come of it is one more 429. */
function passesPauses({ method, url, priority }: Request): boolean {
  return priority === 'action' && (method === 'GET' || url.endsWith('/stop/'));
}

/** Waits until the platform may be asked once more, where that is not at once. */
export function createTurns(
  budget: Budget,
  platform: string,
  clock: Clock,
): (request: Request) => Promise<void> {
  return turn;

  async function turn(request: Request): Promise<void> {
    const { scope, priority, deadline } = request;
    const pause = budget.pauseOf(scope);
    if (pause > 0 && passesPauses(request)) {
      const wait = budget.letStopPass(scope);
      if (wait > 0) await clock.sleep(wait, signalOf(deadline));
      return;
    }
    // Everybody keeps to the pause; who has less patience than it lasts hears so at once.
    if (pause > leftOf(deadline)) throw paused(pause);
    try {
      await budget.acquire(priority, signalOf(deadline), scope);
    } catch (reason) {
      if (!deadline.isOver) throw reason;
      const left = budget.pauseOf(scope);
      if (left > 0) throw paused(left);
      const values = { platform, seconds: seconds(spentOf(deadline)) };
      throw new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-own', values);
    }
  }

  function paused(pause: number): RescaleError {
    const values = { platform, seconds: seconds(pause) };
    return new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-wait', values, 429);
  }
}
