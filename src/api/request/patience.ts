/** What the patience of a call is spent on: its turns in the rate limit, and the pauses between its attempts. */
import { abortError } from '../errors/abort';
import { RescaleError } from '../errors/errors';
import { onAbort, startTimer } from '../errors/guard';
import type { Budget } from '../limits/budget';
import { backOff } from '../time/back-off';
import type { Clock } from '../time/clock';
import { AttemptFailure, seconds } from './failures';
import type { Deadline, Request, Step } from './request';

/** `patience` in milliseconds. */
export function createDeadline(clock: Clock, patience: number, callersSignal?: AbortSignal): Deadline {
  let controller: AbortController | null = null;
  let beganAt: number | null = null;
  let stopTimer: (() => void) | null = null;

  const end = () => {
    controller?.abort(deadline.reason());
    deadline.interrupt?.();
  };
  const spent = () => (beganAt === null ? 0 : clock.monotonic() - beganAt);

  const deadline = {
    aborted: null as RescaleError | null,
    isOver: false,
    get signal() {
      controller ??= new AbortController();
      if (deadline.aborted || deadline.isOver) controller.abort(deadline.reason());
      return controller.signal;
    },
    interrupt: null as (() => void) | null,
    reason: () => deadline.aborted ?? new Error('patience is over'),
    begin() {
      if (beganAt !== null) return;
      beganAt = clock.monotonic();
      stopTimer = startTimer(patience, () => {
        deadline.isOver = true;
        end();
      });
    },
    spent,
    left: () => patience - spent(),
    endPatience() {
      stopTimer?.();
      stopTimer = null;
    },
    close() {
      stopTimer?.();
      stopListening();
    },
  };
  const stopListening = onAbort(callersSignal, () => {
    deadline.aborted = abortError(callersSignal!);
    end();
  });
  return deadline;
}

/**
 * Lets go of the caller's signal when the call is over. Of contents only the beginning has to keep to the patience; from then
 * on the caller's abort is what ends them.
 */
export const callDeadline: Step = async (request, next) => {
  const { deadline } = request;
  let streaming = false;
  try {
    if (deadline.aborted) throw deadline.aborted;
    const response = await next(request);
    const { chunks } = response;
    if (!chunks) return response;
    streaming = true;
    deadline.endPatience();
    deadline.interrupt = () => chunks.fail(deadline.aborted!);
    chunks.onClose(() => deadline.close());
    return response;
  } finally {
    if (!streaming) deadline.close();
  }
};

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
    let wait = failure.wait ? failure.wait : ownWait;
    if (failure.retry === 'pause') {
      const asked = failure.wait ? wait : Math.max(wait, LEAST_PAUSE);
      wait = budget.pause(scope, asked, failure.source);
      if (!passesPauses(request)) {
        if (once || wait > deadline.left()) throw giveUp();
        return false; // The rate limit waits, and the budget tells everybody.
      }
      // It does not keep to the pause, so it has one of its own.
      wait = Math.min(wait, FIRST_OF_STOP * 2 ** (failures - 1));
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

/** A stop, and what is read for one: money burns until the platform has it, and the worst that can come of it is one more 429. */
function passesPauses({ method, url, priority }: Request): boolean {
  return priority === 'action' && (method === 'GET' || url.endsWith('/stop/'));
}

/** Waits until the platform may be asked once more. The file storage does not count what it is asked. */
export function rateLimit(budget: Budget, platform: string, clock: Clock): Step {
  return async (request, next) => {
    if (request.toPlatform && !budget.take(request.scope, request.priority)) await turn(request);
    return next(request);
  };

  async function turn(request: Request): Promise<void> {
    const { scope, priority, deadline } = request;
    const pause = budget.pauseOf(scope);
    if (pause > 0 && passesPauses(request)) {
      const wait = budget.letStopPass(scope);
      if (wait > 0) await clock.sleep(wait, deadline.signal);
      return;
    }
    // Everybody keeps to the pause; who has less patience than it lasts hears so at once.
    if (pause > deadline.left()) throw paused(pause);
    try {
      await budget.acquire(priority, deadline.signal, scope);
    } catch (reason) {
      if (!deadline.isOver) throw reason;
      const left = budget.pauseOf(scope);
      if (left > 0) throw paused(left);
      const values = { platform, seconds: seconds(deadline.spent()) };
      throw new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-own', values);
    }
  }

  function paused(pause: number): RescaleError {
    const values = { platform, seconds: seconds(pause) };
    return new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-wait', values, 429);
  }
}
