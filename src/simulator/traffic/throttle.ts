import { json, type Answer } from '../answers/answers';
import type { RateScope } from '../scripts/fault-rule';
import type { RateLimit, SimulatorOptions } from '../scripts/options';

/** The 429 for a request over the limit; null lets the request pass. */
export type Throttle = (scope: RateScope, now?: number) => Answer | null;

/**
 * Token buckets in wall time, one for everything or one a scope, with the headers that the platform sends along
 * (docs/platform.md, "Rates"). A rejected request takes no token.
 */
export function createThrottle(limits: NonNullable<SimulatorOptions['throttle']>): Throttle {
  if ('perSecond' in limits) {
    const one = bucket(limits);
    return (_, now) => one(now);
  }
  const buckets = new Map(
    Object.entries(limits).map(([scope, limit]) => [scope as RateScope, bucket(limit)]),
  );
  return (scope, now) => buckets.get(scope)?.(now) ?? null;
}

function bucket({ perSecond, burst }: RateLimit): (now?: number) => Answer | null {
  let tokens = burst;
  let filledAt = performance.now();
  return (now = performance.now()) => {
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
    if (tokens >= 1) {
      tokens -= 1;
      return null;
    }
    const seconds = Math.ceil((1 - tokens) / perSecond);
    return json({ detail: `Request was throttled. Expected available in ${seconds} seconds.` }, 429, {
      'retry-after': String(seconds),
      'x-ratelimit-limit': String(burst),
      'x-ratelimit-remaining': '0',
    });
  };
}
