/** What ends a call: its caller's abort, or its patience. Plain data, looked at by whoever waits; one timer while nothing is wrong. */
import { abortError } from '../errors/abort';
import { noteFault, onAbort, startTimer } from '../errors/guard';
import type { RescaleError } from '../errors/errors';
import { bytesMoved, endExchange, type Exchange } from '../http/exchange';
import type { Clock } from '../time/clock';

/** The time that one call may take, and what may end it before. */
export interface Deadline {
  readonly clock: Clock;
  /** Milliseconds in all. */
  readonly patience: number;
  /** The caller's abort, as an error; see `abortError`. */
  aborted: RescaleError | null;
  /** The patience has run out. */
  isOver: boolean;
  /** When the patience began, ms of the monotonic clock; null before the first connection. */
  beganAt: number | null;
  /** When it ends, by `performance.now()`; Infinity as long as only the caller's abort counts. */
  endsAt: number;
  /** What is under way, and ends with it; null for nothing. */
  exchange: Exchange | null;
  /** Ends what waits for a connection, or is read as it arrives; null for nothing. */
  interrupt: (() => void) | null;
  /** See `signalOf`. */
  controller: AbortController | null;
  stopTimer: (() => void) | null;
}

/** Milliseconds since the patience began. */
export function spentOf({ clock, beganAt }: Deadline): number {
  return beganAt === null ? 0 : clock.monotonic() - beganAt;
}

/** Milliseconds of patience that are left. */
export function leftOf(deadline: Deadline): number {
  return deadline.patience - spentOf(deadline);
}

/** What it ended with: the caller's abort, else that the patience is over. */
export function reasonOf({ aborted }: Deadline): Error {
  return aborted ?? new Error('patience is over');
}

/** For what has to sleep: aborted with the caller's abort, or when the patience runs out. */
export function signalOf(deadline: Deadline): AbortSignal {
  deadline.controller ??= new AbortController();
  if (deadline.aborted || deadline.isOver) deadline.controller.abort(reasonOf(deadline));
  else watchPatience(deadline);
  return deadline.controller.signal;
}

/** For what waits without an exchange, whose own timer would look at the patience. */
export function watchPatience(deadline: Deadline): void {
  if (deadline.endsAt === Infinity || deadline.stopTimer) return;
  deadline.stopTimer = startTimer(deadline.endsAt - performance.now(), () => {
    deadline.stopTimer = null;
    if (!deadline.exchange) runOut(deadline);
  });
}

/** From here on only the caller's abort counts. */
export function endPatience(deadline: Deadline): void {
  deadline.endsAt = Infinity;
  deadline.stopTimer?.();
}

function runOut(deadline: Deadline): void {
  deadline.isOver = true;
  end(deadline);
}

function end(deadline: Deadline): void {
  deadline.controller?.abort(reasonOf(deadline));
  if (deadline.exchange) endExchange(deadline.exchange, new Error('ended'));
  deadline.interrupt?.();
}

/** The calls that end with a signal. Thousands may wait for one signal, and each of them would cost it a listener. */
export const callsOf = new WeakMap<AbortSignal, Set<Deadline>>();

/** Begins to listen to a signal. */
export function listenTo(signal: AbortSignal): Set<Deadline> {
  const calls = new Set<Deadline>();
  callsOf.set(signal, calls);
  onAbort(signal, () => {
    for (const deadline of calls) {
      deadline.aborted = abortError(signal);
      try {
        end(deadline);
      } catch (fault) {
        noteFault(fault); // The others end all the same.
      }
    }
  });
  return calls;
}

/** setTimeout fires at once beyond this. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * The one timer of a request under way: whether anything came for so many milliseconds, and whether the patience is over. A slow
 * answer is fine as long as it keeps coming, also in pieces of which nobody was told: a head that drips in, or a compressed piece
 * that is not complete yet.
 */
export function look(deadline: Deadline, exchange: Exchange, timeout: number): void {
  try {
    const now = performance.now();
    const isSilent = now >= exchange.heardAt + timeout && bytesMoved(exchange) <= exchange.seen;
    // After a standstill timers come before sockets: what lies in this one is read first.
    if (isSilent || now >= deadline.endsAt) setImmediate(judge, deadline, exchange, timeout);
    else lookLater(deadline, exchange, timeout, now);
  } catch (fault) {
    noteFault(fault);
  }
}

/** The turn that was left to the socket is over. */
function judge(deadline: Deadline, exchange: Exchange, timeout: number): void {
  try {
    // Answered, or ended.
    if (exchange.timer === undefined) return;
    const now = performance.now();
    if (now >= deadline.endsAt) return runOut(deadline);
    if (now >= exchange.heardAt + timeout && bytesMoved(exchange) <= exchange.seen) {
      exchange.silent = true;
      return endExchange(exchange, new Error('nothing came'));
    }
    lookLater(deadline, exchange, timeout, now);
  } catch (fault) {
    noteFault(fault);
  }
}

function lookLater(deadline: Deadline, exchange: Exchange, timeout: number, now: number): void {
  if (now >= exchange.heardAt + timeout) {
    exchange.seen = bytesMoved(exchange);
    exchange.heardAt = now;
  }
  // Infinity while nothing is expected.
  const next = Math.min(exchange.heardAt, now) + timeout;
  const wait = Math.ceil(Math.min(next, deadline.endsAt) - now);
  exchange.timer = setTimeout(look, Math.min(wait, LONGEST_TIMER), deadline, exchange, timeout);
}
