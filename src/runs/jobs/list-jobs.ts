import type { CallOptions, Page, RescaleClient } from '../../api/client/client';
import type { JobSummary } from '../../api/client/types';
import { instant } from '../run/run-state';
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

/** Pages of jobs, newest first. No page is read beyond the first that holds only older ones. */
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
  for await (const page of pages) {
    const since = newerThan > 0 ? client.platformNow() - newerThan * HOUR : -Infinity;
    // A date that is none says nothing, so the job stays.
    const young = page.rows.filter(({ dateInserted }) => !(instant(dateInserted) < since));
    // A row can carry the whole definition.
    yield { ...page, rows: young.filter((job) => isIn(state, job)).map(withoutEnvironment) };
    if (page.rows.length > 0 && young.length === 0) return;
  }
}

/** A draft has no status: it was never submitted (docs/platform.md, "Jobs"). */
function isIn(state: JobState, { jobStatus }: JobSummary): boolean {
  const draft = !jobStatus?.content;
  if (state === 'draft') return draft;
  return state === 'any' || !draft;
}
