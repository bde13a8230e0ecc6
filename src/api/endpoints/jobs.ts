import { idSegment, type Query } from '../http/addresses';
import type { CallOptions, RescaleClient } from '../client/client';
import type { Job, JobStatus } from '../client/types';
import type { ErrorText } from '../errors/errors';
import type { RequestBody } from '../http/transport';
import type { Call } from '../request/pipeline';
import { instantOf } from '../time/clock';
import { type Endpoint, isEmptyAnswer } from './endpoint';
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
  const { read, missing, prefix } = endpoint;

  async function statuses(path: string, jobId: string, options: CallOptions = {}): Promise<JobStatus[]> {
    const list = { path, notFound: missing.job(jobId), expected: 'JobStatus[]' };
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

  const change = (method: Call['method'], path: string, notFound: ErrorText, body?: RequestBody): Call => ({
    method,
    path,
    notFound,
    ...(body && { body }),
  });

  return {
    async *listJobs(options = {}) {
      const { state, search, ordering } = options;
      const query: Query = { state, search, ordering };
      const list = { path: `${prefix}jobs/`, notFound: missing.api, query, expected: 'Job[]' };
      yield* listPages(endpoint.listing(list, readJobSummary, (job) => job.id, options));
    },
    async getJob(jobId, options) {
      const call: Call = { method: 'GET', path: endpoint.job(jobId), notFound: missing.job(jobId) };
      return read(call, 'Job', readClean<Job>, options);
    },
    listJobStatuses: async (jobId, options) => statuses(`${endpoint.job(jobId)}statuses/`, jobId, options),
    listClusterStatuses: async (jobId, options) =>
      statuses(`${endpoint.job(jobId)}cluster_statuses/`, jobId, options),
    async *listJobFiles(jobId, options = {}) {
      const list = {
        path: `${endpoint.job(jobId)}files/`,
        notFound: missing.job(jobId),
        query: { search: options.search },
        expected: 'File[]',
      };
      yield* listPages(endpoint.listing(list, readFile, (file) => file.id, options));
    },

    async createJob(definition, options) {
      const call = change('POST', `${prefix}jobs/`, missing.api, jsonBody(definition));
      return read(call, 'Job', readClean<Job>, options);
    },
    async submitJob(jobId, options) {
      await act(change('POST', `${endpoint.job(jobId)}submit/`, missing.job(jobId)), options);
    },
    async stopJob(jobId, options) {
      await act(change('POST', `${endpoint.job(jobId)}stop/`, missing.job(jobId)), options);
    },
    async patchJob(jobId, changes, options) {
      const call = change('PATCH', endpoint.job(jobId), missing.job(jobId), jsonBody(changes));
      return read(call, 'Job', readRecord, options);
    },
    async assignProject(organization, jobId, projectId, options) {
      const owner = `${prefix}organizations/${idSegment('organization', organization)}/`;
      const path = `${owner}jobs/${idSegment('jobId', jobId)}/project-assignment/`;
      await act(change('POST', path, missing.job(jobId), jsonBody({ projectId })), options, readAnyAnswer);
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
