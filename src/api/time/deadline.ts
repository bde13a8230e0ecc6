import { setMaxListeners } from 'node:events';
import { abortError } from '../errors/abort';
import type { RescaleError } from '../errors/errors';
import { startTimer } from '../errors/guard';
import type { Clock } from './clock';

/** The time that one call may take, and what may end it before. */
export interface Deadline {
  /** The caller's abort, as an error; see `abortError`. */
  readonly aborted: RescaleError | null;
  /** The patience has run out. */
  readonly isOver: boolean;
  /** For what has to wait: aborted with the caller's abort, or when the patience runs out. Made when it is asked for. */
  readonly signal: AbortSignal;
  /** Ends what is under way when the deadline ends; one at a time, null for none. */
  interrupt: (() => void) | null;
  /** Starts the patience. Later calls do nothing. */
  begin(): void;
  /** Milliseconds since `begin`. */
  spent(): number;
  /** Milliseconds of patience that are left. */
  left(): number;
  /** The answer has begun: from here on only the caller's abort counts. */
  endPatience(): void;
  close(): void;
}

/** `patience` in milliseconds. */
export function createDeadline(clock: Clock, patience: number, callersSignal?: AbortSignal): Deadline {
  let controller: AbortController | null = null;
  let beganAt: number | null = null;
  let stopTimer: (() => void) | null = null;
  let aborted: RescaleError | null = null;
  let isOver = false;

  const end = () => {
    controller?.abort(aborted ?? new Error('patience is over'));
    deadline.interrupt?.();
  };
  const abort = () => {
    aborted = abortError(callersSignal!);
    end();
  };
  const spent = () => (beganAt === null ? 0 : clock.monotonic() - beganAt);

  const deadline: Deadline = {
    get aborted() {
      return aborted;
    },
    get isOver() {
      return isOver;
    },
    get signal() {
      controller ??= new AbortController();
      if (aborted || isOver) controller.abort(aborted ?? new Error('patience is over'));
      return controller.signal;
    },
    interrupt: null,
    begin() {
      if (beganAt !== null) return;
      beganAt = clock.monotonic();
      stopTimer = startTimer(patience, () => {
        isOver = true;
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
      deadline.endPatience();
      callersSignal?.removeEventListener('abort', abort);
    },
  };
  if (callersSignal?.aborted) abort();
  else if (callersSignal) {
    // One signal may well end a hundred calls; Node would take that for a leak.
    setMaxListeners(0, callersSignal);
    callersSignal.addEventListener('abort', abort, { once: true });
  }
  return deadline;
}
