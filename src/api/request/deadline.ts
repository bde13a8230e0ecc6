import { abortError } from '../errors/abort';
import type { RescaleError } from '../errors/errors';
import { onAbort, startTimer } from '../errors/guard';
import type { Clock } from '../time/clock';
import type { Deadline, Step } from './request';

/** `patience` in milliseconds. */
export function createDeadline(clock: Clock, patience: number, callersSignal?: AbortSignal): Deadline {
  let controller: AbortController | null = null;
  let beganAt: number | null = null;
  let stopTimer: (() => void) | null = null;

  const end = () => {
    controller?.abort(deadline.aborted ?? new Error('patience is over'));
    deadline.interrupt?.();
  };
  const spent = () => (beganAt === null ? 0 : clock.monotonic() - beganAt);

  const deadline = {
    aborted: null as RescaleError | null,
    isOver: false,
    get signal() {
      controller ??= new AbortController();
      const { aborted, isOver } = deadline;
      if (aborted || isOver) controller.abort(aborted ?? new Error('patience is over'));
      return controller.signal;
    },
    interrupt: null as (() => void) | null,
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
