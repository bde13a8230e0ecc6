import type { RequestLog } from '../client/request-record';
import type { Clock } from '../time/clock';
import type { Step } from './request';

/** Tells each request to `log` when its answer is here. */
export function logRequests(log: RequestLog, clock: Clock): Step {
  return async (request, next) => {
    const { method, url, scope, toPlatform, enteredAt } = request;
    const began = clock.monotonic();
    const tell = (status: number | null) => {
      const { pathname, search } = new URL(url);
      log({
        method,
        path: toPlatform ? pathname + search : '(storage)',
        status,
        milliseconds: Math.round(clock.monotonic() - began),
        scope,
        waited: Math.round(began - enteredAt),
      });
    };
    try {
      const response = await next(request);
      tell(response.status);
      return response;
    } catch (error) {
      tell(null);
      throw error;
    }
  };
}
