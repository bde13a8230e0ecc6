import type { CallOptions, Page, RescaleClient } from '../../api/client/client';
import type { JobSummary } from '../../api/client/types';
import { ACTIVE_STATUSES, instant, isTerminalStatus, normalisedStatus } from '../run/run-state';
import { withoutEnvironment } from './secrets';

type JobState = 'any' | 'active' | 'completed' | 'draft';

interface JobsRequest {
  /** The platform searches names for it; blank = all. */
  search: string;
  state: JobState;
  /** Only jobs made within so many hours; 0 = all. */
  newerThan: number;
  pageSize: number;
}

const HOUR = 3_600_000;

/** What the platform is asked for; the rest is decided here. */
const asked = {
  any: undefined,
  active: 'not_completed',
  completed: 'completed',
  draft: 'not_completed',
} as const;

/**
 * Pages of jobs, newest first. No page is read beyond the first that holds only older ones. What is not wanted is counted, so that
 * a list that was read as far as it had to be is not taken for one that lacks rows.
 */
export async function* listJobs(
  client: RescaleClient,
  { search, state, newerThan, pageSize }: JobsRequest,
  options: CallOptions,
): AsyncGenerator<Page<JobSummary>, void, undefined> {
  const pages = client.listJobs({
    ...options,
    pageSize,
    ordering: '-dateInserted',
    state: asked[state],
    ...(search !== '' && { search }),
  });
  let read = 0;
  for await (const page of pages) {
    const since = newerThan > 0 ? client.platformNow() - newerThan * HOUR : -Infinity;
    // A date that is none says nothing, so the job stays.
    const young = page.rows.filter(({ dateInserted }) => !(instant(dateInserted) < since));
    // A row can carry the whole definition.
    const wanted = young.filter((job) => isIn(state, job));
    const enough = page.rows.length > 0 && young.length === 0;
    const before = read;
    read += page.rows.length + (page.dropped ?? 0);
    const all = enough ? Math.max(page.count ?? 0, read) - before : page.rows.length;
    yield { ...page, rows: wanted.map(withoutEnvironment), unwanted: all - wanted.length };
    if (enough) return;
  }
}

/**
 * A draft has no status: it was never submitted (docs/platform.md, "Jobs"). The filter of the list is not documented, so it is not
 * relied upon: the row says it. Of a word that nobody knows the platform's filter is believed.
 */
function isIn(state: JobState, { jobStatus }: JobSummary): boolean {
  const status = String(jobStatus?.content ?? '');
  switch (state) {
    case 'any':
      return true;
    case 'draft':
      return status === '';
    case 'active':
      return status !== '' && !isTerminalStatus(status);
    case 'completed':
      return (
        status !== '' &&
        normalisedStatus(status) !== 'stopping' &&
        !ACTIVE_STATUSES.has(normalisedStatus(status))
      );
  }
}
