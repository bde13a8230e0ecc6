import { backOff } from '../time/back-off';
import type { Budget } from '../limits/budget';
import type { Result } from './call';
import { openScope, type CallScope } from '../time/call-scope';
import type { Clock } from '../time/clock';
import { isRescaleError, RescaleError } from '../errors/errors';
import { seconds, type Failure } from './failures';
import type { LeaveSeat } from '../limits/seats';

export interface RepeatOptions {
  platform: string;
  /** Milliseconds for all attempts and the waits between them. */
  patience: number;
  budget: Budget;
  clock: Clock;
  random: () => number;
  /** Closes the pooled connections. */
  discardIdle: () => void;
}

/** How one kind of call takes its seat and is tried. */
export interface Repeated<Value> {
  signal: AbortSignal | undefined;
  /** The first failure is the answer. */
  once: boolean | undefined;
  takeSeat(scope: CallScope): Promise<LeaveSeat>;
  attempt(scope: CallScope, leave: LeaveSeat): Promise<Result<Value>>;
  /** The value goes on using the seat and the scope, and ends them itself. */
  handsOver: boolean;
}

/** After a 429 that does not say for how long, nobody asks for at least this many milliseconds. */
const LEAST_PAUSE = 1_000;

/** Tries until it succeeds, can't succeed any more, or the patience is over. */
export type Repeat = <Value>(repeated: Repeated<Value>) => Promise<Value>;

export function createRepeat(options: RepeatOptions): Repeat {
  const { platform, patience, budget, clock, random } = options;

  return async (repeated) => {
    const scope = openScope(clock, patience, repeated.signal);
    let last: Failure | null = null;
    let handedOver = false;
    try {
      for (let failures = 1; ; failures += 1) {
        const leave = await repeated.takeSeat(scope);
        try {
          scope.begin();
          const result = await repeated.attempt(scope, leave);
          if ('value' in result) {
            handedOver = repeated.handsOver;
            return result.value;
          }
          // An attempt that the end of the patience broke off says less than the one before it.
          const brokenOff = scope.patienceOver && result.failure.retry !== 'never';
          last = brokenOff && last ? last : result.failure;
        } finally {
          if (!handedOver) leave();
        }
        await waitAfter(last, failures, scope, repeated.once);
      }
    } catch (error) {
      if (isRescaleError(error) || !scope.patienceOver) throw error;
      throw last?.error(scope.spent()) ?? waitedInVain(scope);
    } finally {
      if (!handedOver) scope.close();
    }
  };

  /** Waits as long as it is right to wait; throws when another attempt makes no sense. */
  async function waitAfter(
    failure: Failure,
    failures: number,
    scope: CallScope,
    once = false,
  ): Promise<void> {
    if (failure.retry === 'never') throw failure.error(scope.spent());
    if (failure.retry === 'at-once') {
      // The other side closes what was idle, so the rest of the pool is no better.
      options.discardIdle();
      return;
    }
    // "Retry-After: 0" would have us ask again and again without a breath.
    const ownWait = backOff(failures, random);
    const wait = failure.wait ? failure.wait : ownWait;
    if (failure.retry === 'back-off') {
      if (once || wait > scope.left()) throw failure.error(scope.spent());
      await clock.sleep(wait, scope.signal);
      return;
    }
    const pause = failure.wait ? wait : Math.max(wait, LEAST_PAUSE);
    budget.pauseUntil(clock.now() + pause);
    if (once || pause > scope.left()) throw failure.error(scope.spent());
  }

  function waitedInVain(scope: CallScope): RescaleError {
    const values = { platform, seconds: seconds(scope.spent()) };
    return new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-own', values);
  }
}
