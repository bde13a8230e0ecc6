import { idSegment, type Query } from '../http/addresses';
import type { CallOptions, RescaleClient } from '../client/client';
import type { Job, JobStatus } from '../client/types';
import type { RequestBody } from '../http/exchange';
import type { Call } from '../request/request';
import { instantOf } from '../time/dates';
import { type Endpoint, isEmptyAnswer } from './endpoint';
import { isLaterFile } from './latest-copy';
import { listPages } from './paging';
import {
  readAcknowledgement,
  readAnyAnswer,
  readClean,
  readFile,
  readJobSummary,
  readJobStatus,
  readRecord,
} from './rows';

type JobCalls =
  | 'listJobs'
  | 'getJob'
  | 'listJobStatuses'
  | 'listClusterStatuses'
  | 'listJobFiles'
  | 'createJob'
  | 'submitJob'
  | 'stopJob'
  | 'patchJob'
  | 'assignProject';

/** What can be asked of jobs (docs/platform.md, jobs). */
export function jobEndpoints(endpoint: Endpoint): Pick<RescaleClient, JobCalls> {
  const { read, job, noApi, prefix } = endpoint;

  async function statuses(
    jobId: string,
    which: 'statuses/' | 'cluster_statuses/',
    options?: CallOptions,
  ): Promise<JobStatus[]> {
    const list = { ...job(jobId, which), expected: 'JobStatus[]' };
    const rows: JobStatus[] = [];
    for await (const page of listPages(endpoint.listing(list, readJobStatus, statusIdentity, options)))
      rows.push(...page.rows);
    return newestFirst(rows);
  }

  /** An action that is answered with `{}`, or with nothing at all. */
  async function act(
    call: Call,
    options: CallOptions | undefined,
    read = readAcknowledgement,
  ): Promise<void> {
    const answer = await endpoint.make(call, options);
    if (!isEmptyAnswer(answer)) endpoint.readFrom(answer, '{}', read, options);
  }

  return {
    async *listJobs(options = {}) {
      const { state, search, ordering } = options;
      const query: Query = { state, search, ordering };
      const list = { path: `${prefix}jobs/`, notFound: noApi, query, expected: 'Job[]' };
      yield* listPages(endpoint.listing(list, readJobSummary, ({ id }) => id, options));
    },
    async getJob(jobId, options) {
      return read({ method: 'GET', ...job(jobId) }, 'Job', readClean<Job>, options);
    },
    listJobStatuses: async (jobId, options) => statuses(jobId, 'statuses/', options),
    listClusterStatuses: async (jobId, options) => statuses(jobId, 'cluster_statuses/', options),
    async *listJobFiles(jobId, options = {}) {
      const list = { ...job(jobId, 'files/'), query: { search: options.search }, expected: 'File[]' };
      yield* listPages(
        endpoint.listing({ ...list, isLater: isLaterFile }, readFile, (file) => file.id, options),
      );
    },

    async createJob(definition, options) {
      const call = { path: `${prefix}jobs/`, notFound: noApi, body: jsonBody(definition) };
      return read({ method: 'POST', ...call }, 'Job', readClean<Job>, options);
    },
    submitJob: async (jobId, options) => act({ method: 'POST', ...job(jobId, 'submit/') }, options),
    stopJob: async (jobId, options) => act({ method: 'POST', ...job(jobId, 'stop/') }, options),
    async patchJob(jobId, changes, options) {
      return read({ method: 'PATCH', ...job(jobId), body: jsonBody(changes) }, 'Job', readRecord, options);
    },
    async assignProject(organization, jobId, projectId, options) {
      const owner = `${prefix}organizations/${idSegment('organization', organization)}/`;
      const path = `${owner}jobs/${idSegment('jobId', jobId)}/project-assignment/`;
      const call = { path, notFound: job(jobId).notFound, body: jsonBody({ projectId }) };
      await act({ method: 'POST', ...call }, options, readAnyAnswer);
    },
  };
}

function jsonBody(value: unknown): RequestBody {
  const bytes = Buffer.from(JSON.stringify(value));
  return { type: 'application/json', length: bytes.length, streamed: false, open: () => bytes };
}

/** Status rows have no id. */
function statusIdentity({ status, statusDate, statusReason }: JobStatus): string {
  return JSON.stringify([status, statusDate, statusReason]);
}

/**
 * Newest first, by instant, because dates come in several forms. The platform lists them so (docs/platform.md, "Jobs"), and a row
 * whose date is none or can't be read stays above the one that it was listed above.
 */
function newestFirst(rows: readonly JobStatus[]): JobStatus[] {
  let below = -Infinity;
  const dated = [...rows].reverse().map((row) => {
    below = instantOf(row.statusDate) ?? below;
    return { row, at: below };
  });
  return dated
    .reverse()
    .sort((one, other) => (one.at === other.at ? 0 : other.at - one.at))
    .map(({ row }) => row);
}
