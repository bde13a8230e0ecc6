import { RescaleError } from '../errors/errors';
import type { Budget } from '../limits/budget';
import { seconds } from './failures';
import type { Request, Step } from './request';

/** Waits until the platform may be asked once more. The file storage does not count what it is asked. */
export function rateLimit(budget: Budget, platform: string): Step {
  return async (request, next) => {
    if (request.toPlatform && !budget.take(request.scope, request.priority)) await turn(request);
    return next(request);
  };

  async function turn({ scope, priority, deadline }: Request): Promise<void> {
    const pause = budget.pauseOf(scope);
    // Everybody keeps to the pause; who has less patience than it lasts hears so at once.
    if (pause > deadline.left()) throw paused(pause);
    try {
      await budget.acquire(priority, deadline.signal, scope);
    } catch (reason) {
      if (!deadline.isOver) throw reason;
      const left = budget.pauseOf(scope);
      if (left > 0) throw paused(left);
      const values = { platform, seconds: seconds(deadline.spent()) };
      throw new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-own', values);
    }
  }

  function paused(pause: number): RescaleError {
    const values = { platform, seconds: seconds(pause) };
    return new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-wait', values, 429);
  }
}
