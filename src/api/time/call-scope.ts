import { setMaxListeners } from 'node:events';
import { abortError } from '../errors/abort';
import type { Clock } from './clock';

/** The time that one call may take, and the signals that may end it. */
export interface CallScope {
  /** Aborted when the caller aborts, and when the patience is over. */
  readonly signal: AbortSignal;
  readonly patienceOver: boolean;
  /** Starts the patience. Later calls do nothing. */
  begin(): void;
  /** Milliseconds since `begin`. */
  spent(): number;
  /** Milliseconds of patience that are left. */
  left(): number;
  /** The answer has begun: from here on only the caller's signal counts. */
  endPatience(): void;
  close(): void;
}

/** setTimeout fires at once beyond this; nobody has that much patience. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Rejects what waits on `signal` with a RescaleError on the caller's abort; see `abortError`. */
export function openScope(clock: Clock, patience: number, callersSignal?: AbortSignal): CallScope {
  const controller = new AbortController();
  let beganAt: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let patienceOver = false;

  const abort = () => controller.abort(abortError(callersSignal!));
  if (callersSignal?.aborted) abort();
  else if (callersSignal) {
    // One signal may well end a hundred calls; Node would take that for a leak.
    setMaxListeners(0, callersSignal);
    callersSignal.addEventListener('abort', abort, { once: true });
  }

  const spent = () => (beganAt === null ? 0 : Math.max(0, clock.now() - beganAt));
  const endPatience = () => {
    if (timer) clearTimeout(timer);
    timer = null;
  };

  return {
    signal: controller.signal,
    get patienceOver() {
      return patienceOver;
    },
    begin() {
      if (beganAt !== null) return;
      beganAt = clock.now();
      timer = setTimeout(
        () => {
          patienceOver = true;
          controller.abort(new Error('patience is over'));
        },
        Math.min(patience, LONGEST_TIMER),
      );
    },
    spent,
    left: () => patience - spent(),
    endPatience,
    close() {
      endPatience();
      callersSignal?.removeEventListener('abort', abort);
    },
  };
}
