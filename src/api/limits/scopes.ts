/** What the platform counts together (docs/platform.md, rates). */
export type RateScope = 'jobs' | 'submit' | 'files' | 'other';

/** How fast one scope may be asked. */
export interface Rate {
  /** Requests per second. */
  rate: number;
  /** Requests that may go at once after a quiet time. */
  burst: number;
}

/**
 * 85 % of what is published, because whoever meets the limit is locked out for longer than the rest is worth. Nobody has published
 * a figure for runs and files: they begin at that of the jobs, and one 429 takes them to `slow` for a while.
 */
export const scopeRates: Record<RateScope, Rate & { slowsDown: boolean }> = {
  jobs: { rate: 21.25, burst: 300, slowsDown: true },
  submit: { rate: 0.236, burst: 50, slowsDown: false },
  files: { rate: 21.25, burst: 300, slowsDown: true },
  other: { rate: 1.7, burst: 150, slowsDown: false },
};

/** For a fast scope that met a 429, and for how long (ms). */
export const SLOW: Rate = { rate: 1.7, burst: 1 };
export const SLOW_FOR = 3_600_000;

/** Requests that may go at once after a quiet time, where one rate is given for everything. */
export const BURST = 150;

/** `path` begins with `/api/`; a query may follow. */
export function scopeOf(method: string, path: string): RateScope {
  if (method === 'POST' && /\/submit\/?(\?|$)/.test(path)) return 'submit';
  if (path.startsWith('/api/v2/jobs/')) return 'jobs';
  return path.startsWith('/api/v2/files/') ? 'files' : 'other';
}
