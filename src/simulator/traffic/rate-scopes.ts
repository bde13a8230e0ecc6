import type { RateScope } from '../scripts/fault-rule';

/** Which limit a request counts for (docs/platform.md, "Rates"). @param prefix `/api/v2/` @param rest of the path */
export function rateScopeOf(method: string, prefix: string, rest: string): RateScope {
  if (method === 'POST' && /\/submit\/$/.test(rest)) return 'job-submission';
  return prefix === '/api/v2/' && rest.startsWith('jobs/') ? 'jobs-usage' : 'user';
}
