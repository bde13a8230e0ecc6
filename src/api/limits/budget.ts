import type { PauseSource } from './pause-steps';

/** What the platform counts together (docs/platform.md, rates). */
export type RateScope = 'jobs' | 'submit' | 'files' | 'other';

/**
 * Who goes first. `action`: a stop or a snapshot and all that they need, which goes before everything. `message`: a message
 * waits for it. `poll`: it can wait, but is never starved: one that has waited ten seconds takes turns with the messages.
 */
export type Priority = 'action' | 'message' | 'poll';

/** How one scope stands, for people. */
export interface ScopeUsage {
  scope: RateScope;
  /** Requests per second it may have; null without a limit. */
  rate: number | null;
  /** Requests in the last minute. */
  lastMinute: number;
  /** Requests that wait for their turn now. */
  waiting: number;
  /** Until when nobody asks (ms since the epoch), null when not paused. */
  pausedUntil: number | null;
  /** Until when it goes slowly after a 429 (ms since the epoch), null when it does not. */
  slowUntil: number | null;
}

/** How fast one key may ask: shared by every client of the same origin and token. Each scope is counted for itself. */
export interface Budget {
  /** True when a request may be sent at once; it is then counted. Default priority `message`. */
  take(scope: RateScope, priority?: Priority): boolean;
  /** Resolves when a request may be sent; rejects with the signal's reason when aborted first. Default scope `jobs`. */
  acquire(priority: Priority, signal?: AbortSignal, scope?: RateScope): Promise<void>;
  /**
   * An action of several requests has begun: until the function that is returned is called, and for two seconds at most, only
   * actions are admitted. The pauses between its requests, for an answer or a disk, would else let others go before the last.
   */
  letActionsPass(): () => void;
  /**
   * Nobody asks in this scope for so many milliseconds, or for the next step of them where they are too many to be waited for
   * blindly, by default from the platform. A 429 calls it, which also slows down a fast scope. Returns what is left of the pause, ms.
   */
  pause(scope: RateScope, milliseconds: number, source?: PauseSource): number;
  /** Scopes in which a long pause was taken in steps, and which `answered` is to be told of. */
  readonly inSteps: ReadonlySet<RateScope>;
  /** The platform has answered well in this scope: the next long pause begins with the first step. */
  answered(scope: RateScope): void;
  /** A stop goes whatever pause there is, for money burns meanwhile. It is counted; returns the milliseconds until it may go. */
  letStopPass(scope: RateScope): number;
  /** The platform says that only so many requests are left in this scope. */
  limitTo(scope: RateScope, remaining: number): void;
  /** Milliseconds for which nobody asks in this scope, 0 when not paused. */
  pauseOf(scope: RateScope): number;
  /** The instant (ms since the epoch) until which nobody asks for jobs and runs, null when not paused. */
  readonly pausedUntil: number | null;
  /** Called with the end of the longest pause whenever it changes, null for none. Returns the way to stop listening. */
  onPause(listener: (until: number | null) => void): () => void;
  /** Requests per second that jobs and runs may have now; 0 = no limit. */
  readonly rate: number;
  /**
   * What those who share the key ask for, each: requests per second for everything, 0 for no limit, null for the rates by
   * scope. The lowest number bounds all of them, and the scopes count as well when anybody asks for that.
   */
  setRates(rates: readonly (number | null)[]): void;
  /** How each scope that was used stands. */
  usage(): ScopeUsage[];
}
