import type { ConnectionSlots } from '../limits/connection-slots';
import type { Step } from './request';

/** Holds a connection from before a request is sent until its answer is read. The patience begins with the first. */
export function connectionSlot(slots: ConnectionSlots): Step {
  return async (request, next) => {
    const { lane, priority, deadline } = request;
    const turn = slots.take(lane, priority, deadline);
    if (turn) await turn;
    let streaming = false;
    try {
      deadline.begin();
      const response = await next(request);
      if (response.chunks) {
        streaming = true;
        response.chunks.onClose(() => slots.give(lane));
      }
      return response;
    } finally {
      if (!streaming) slots.give(lane);
    }
  };
}
