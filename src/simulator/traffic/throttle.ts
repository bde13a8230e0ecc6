import { json, type Answer } from '../answers/answers';

/** Says no to whoever asks too fast; null lets the request pass. */
export type Throttle = (now?: number) => Answer | null;

/**
 * A token bucket in wall time, with the headers that the platform sends along (rescale-platform.md 1.6). A
 * request that is turned away costs nothing.
 */
export function createThrottle({ perSecond, burst }: { perSecond: number; burst: number }): Throttle {
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
