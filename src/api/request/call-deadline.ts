import type { Step } from './request';

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
