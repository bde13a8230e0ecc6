import { abortReason, CALLED_OFF } from '../errors/abort';
import { startTimer } from '../errors/guard';
import { systemClock, type Clock } from '../time/clock';
import type { Budget, Priority, RateScope } from './budget';
import { turnOfStop } from './pause-steps';
import {
  BURST,
  capTokens,
  changeRate,
  createScopeLimit,
  createTokenBucket,
  waitFor,
  type ScopeLimit,
  type TokenBucket,
} from './scope-limit';

interface BudgetOptions {
  /** Requests per second for everything; 0 = no limit, null = by scope. */
  rate: number | null;
  /** Requests that may go at once after a quiet time, where `rate` is a number. */
  burst?: number;
  clock?: Clock;
}

/** What the platform counts a request with. `path` begins with `/api/`; a query may follow. */
export function scopeOf(method: string, path: string): RateScope {
  if (method === 'POST' && /\/submit\/?(\?|$)/.test(path)) return 'submit';
  if (path.startsWith('/api/v2/jobs/')) return 'jobs';
  return path.startsWith('/api/v2/files/') ? 'files' : 'other';
}

/**
 * Token buckets with a queue before each (see `createPriorityQueue` for who goes first): one for each scope, and one over all of
 * them where somebody gave a number. Spans are measured by the monotonic clock: setting the time of day moves none.
 */
export function createBudget({ rate, burst = BURST, clock = systemClock }: BudgetOptions): Budget {
  const scopes = new Map<RateScope, ScopeLimit>();
  const inSteps = new Set<RateScope>();
  const listeners = new Set<(until: number | null) => void>();
  let total: TokenBucket | null = null;
  let byScope = false;
  let alarm: AbortController | null = null;
  /** Actions under way that everything else waits for. */
  let passing = 0;

  const limitOf = (scope: RateScope): ScopeLimit => scopes.get(scope) ?? newLimit(scope);

  const newLimit = (scope: RateScope): ScopeLimit => {
    const limit = createScopeLimit(scope, clock, byScope, () => {
      if (limit.queue.length === 0) serve();
    });
    scopes.set(scope, limit);
    return limit;
  };

  function agree(rates: readonly (number | null)[]): void {
    const now = clock.monotonic();
    const numbers = rates.filter((one) => one !== null && one > 0) as number[];
    const lowest = numbers.length === 0 ? null : { rate: Math.min(...numbers), burst };
    if (lowest === null) total = null;
    else if (total === null) total = createTokenBucket(lowest, now);
    else changeRate(total, lowest, now);
    byScope = rates.includes(null);
    for (const limit of scopes.values()) limit.isLimited = byScope;
  }
  agree([rate]);

  /** See `Budget.take`. `regardless`: it has waited and this is its turn, or it is a stop that goes whatever pause there is. */
  function take(scope: RateScope, priority: Priority = 'message', regardless = false): boolean {
    const limit = scopes.get(scope) ?? newLimit(scope);
    // Those who wait go first, and while actions pass nobody else does.
    const isBehind = limit.queue.length > 0 || (passing > 0 && priority !== 'action');
    if (isBehind && !regardless) return false;
    if (limit.isPaused && !regardless) endPauseWhenOver(limit);
    const now = clock.monotonic();
    if (!regardless) {
      if ((limit.isPaused || limit.isLimited) && limit.waitFor(now) > 0) return false;
      if (total !== null && waitFor(total, now) > 0) return false;
      if (total !== null) total.tokens -= 1;
    }
    if (limit.isLimited) limit.bucket.tokens -= 1;
    if (now >= limit.span.end) limit.beginSpan(now);
    limit.span.requests += 1;
    return true;
  }

  const isAdmitted = (priority: Priority | null) =>
    priority !== null && (passing === 0 || priority === 'action');

  function endPauseWhenOver(limit: ScopeLimit): void {
    if (!limit.endPauseWhenOver()) return;
    // A 429 says that the platform's count of our requests is ahead of ours, so a full burst would only earn the next one.
    if (total) capTokens(total, AFTER_PAUSE, clock.monotonic());
    tell();
  }

  function pauseEnd(): number | null {
    const left = Math.max(...[...scopes.values()].map((limit) => limit.pauseLeft()));
    return left > 0 ? Math.round(clock.now() + left) : null;
  }

  function tell(): void {
    const until = pauseEnd();
    for (const listener of [...listeners]) listener(until);
  }

  /** Of all who may go, the one that goes first: by priority, then by how long it has waited. */
  function next(now: number): ScopeLimit | null {
    if (waitFor(total, now) > 0) return null;
    let first: ScopeLimit | null = null;
    for (const limit of scopes.values()) {
      if (!isAdmitted(limit.queue.next()) || limit.waitFor(now) > 0) continue;
      if (first === null || limit.rank() < first.rank()) first = limit;
      else if (limit.rank() === first.rank() && limit.queue.nextSince() < first.queue.nextSince())
        first = limit;
    }
    return first;
  }

  /** Admits all who may go, and sets the one alarm for the next who may, or for the end of a pause. */
  function serve(): void {
    for (const limit of scopes.values()) endPauseWhenOver(limit);
    const now = clock.monotonic();
    for (let limit = next(now); limit !== null; limit = next(now)) {
      if (total !== null) total.tokens -= 1;
      take(limit.scope, 'action', true);
      limit.queue.admit();
    }
    alarm?.abort(CALLED_OFF);
    alarm = null;

    const waiting = [...scopes.values()].filter((limit) => isAdmitted(limit.queue.next()));
    const paused = listeners.size > 0 ? [...scopes.values()].filter((limit) => limit.pauseLeft() > 0) : [];
    if (waiting.length === 0 && paused.length === 0) return;
    const wait = Math.min(
      ...waiting.map((limit) => Math.max(limit.waitFor(now), waitFor(total, now))),
      ...paused.map((limit) => limit.pauseLeft()),
    );
    const mine = new AbortController();
    alarm = mine;
    // Somebody who waits keeps the process alive; the news that a pause is over does not.
    clock.sleep(Math.max(1, Math.ceil(wait)), mine.signal, waiting.length === 0).then(
      () => {
        if (alarm === mine) serve();
      },
      () => {}, // Replaced by another alarm, or nobody waits any more.
    );
  }

  return {
    take,

    async acquire(priority, signal, scope = 'jobs') {
      if (signal?.aborted) throw abortReason(signal);
      if (take(scope, priority)) return;
      const limit = limitOf(scope);
      const turn = limit.queue.wait(priority, signal);
      if (limit.queue.length === 1 || passing > 0) serve();
      await turn;
    },

    letActionsPass() {
      let isOver = false;
      const end = () => {
        if (isOver) return;
        isOver = true;
        stopTimer();
        passing -= 1;
        serve();
      };
      passing += 1;
      const stopTimer = startTimer(LONGEST_PASSAGE, end, { background: true });
      return end;
    },

    pause(scope, milliseconds, source = 'platform') {
      const limit = limitOf(scope);
      if (limit.pause(milliseconds, source)) {
        tell();
        serve();
      }
      if (limit.steps.taken > 0) inSteps.add(scope);
      return Math.max(0, limit.pauseLeft());
    },

    inSteps,
    answered(scope) {
      limitOf(scope).steps.taken = 0;
      inSteps.delete(scope);
    },

    letStopPass(scope) {
      take(scope, 'action', true);
      return turnOfStop(limitOf(scope).steps, clock.monotonic());
    },

    limitTo(scope, remaining) {
      limitOf(scope).limitTo(remaining, clock.monotonic());
    },

    pauseOf: (scope) => Math.max(0, scopes.get(scope)?.pauseLeft() ?? 0),

    get pausedUntil() {
      const left = Math.max(scopes.get('jobs')?.pauseLeft() ?? 0, scopes.get('other')?.pauseLeft() ?? 0);
      return left > 0 ? Math.round(clock.now() + left) : null;
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
      const rates = [total?.rate.rate, limitOf('jobs').rate()].filter((one) => typeof one === 'number');
      return rates.length === 0 ? 0 : Math.min(...rates);
    },

    setRates(rates) {
      agree(rates);
      serve();
    },

    usage: () => [...scopes.values()].map((limit) => limit.usage()),
  };
}

/** An action whose requests or notes hang keeps the others waiting for no longer than this (ms). */
const LONGEST_PASSAGE = 2_000;
/** What is left of the burst of all scopes together after a pause. */
const AFTER_PAUSE = 5;
