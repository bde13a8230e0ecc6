import { filePathSegments, idSegment, queryText, type Query } from '../http/addresses';
import type { JsonAnswer } from '../request/answers';
import type { Call } from '../request/call';
import type { Caller } from '../request/caller';
import type { CallOptions, ListOptions, RescaleClient } from '../client/client';
import { rangeHeader, toContents } from './contents';
import { isRescaleError } from '../errors/errors';
import { listPages, readPage, type Listing } from './paging';
import {
  asAcknowledgement,
  asDirectory,
  asEnvelope,
  asFile,
  asFileLines,
  asJob,
  asJobStatus,
  asJobSummary,
  asRun,
  asSnapshot,
  asTailLines,
  expectShape,
  type Shape,
  type Source,
} from './shapes';
import type { JobStatus } from '../client/types';
import { checkWhole } from '../errors/whole-number';

/** The calls of a client (rescale-platform.md 2.1, 2.2): their addresses, and what their answers are. */
export type Endpoints = Omit<RescaleClient, 'origin' | 'budget' | 'platformNow' | 'close'>;

export function createEndpoints(caller: Caller, source: Source): Endpoints {
  const { platform } = source;
  const jobs = (jobId: string) => `jobs/${idSegment('jobId', jobId)}/`;
  const runs = (jobId: string, runId: string) => `${jobs(jobId)}runs/${idSegment('runId', runId)}/`;
  const files = (fileId: string) => `files/${idSegment('fileId', fileId)}/`;

  const noJob = (jobId: string): Call['notFound'] => ({
    key: 'not-found-job',
    values: { platform, jobId },
  });
  const noRun = (jobId: string, runId: string): Call['notFound'] => ({
    key: 'not-found-run',
    values: { jobId, runId },
  });
  const noFile = (fileId: string): Call['notFound'] => ({
    key: 'not-found-file-id',
    values: { platform, fileId },
  });
  const noApi: Call['notFound'] = { key: 'not-found-api', values: { platform } };

  async function read<Value>(
    call: Call,
    expected: string,
    shape: Shape<Value>,
    options?: CallOptions,
  ): Promise<Value> {
    return expectShape(await caller.json(call, options), expected, shape, source);
  }

  function listing<Row>(
    list: { path: string; notFound: Call['notFound']; query?: Query; expected: string },
    row: Shape<Row>,
    identity: (row: Row) => string,
    options: ListOptions = {},
  ): Listing<Row> {
    const { path, notFound, expected } = list;
    const shape = asEnvelope(row);
    return {
      platform,
      identity,
      options,
      async fetchPage(query, signal) {
        const text = queryText({ ...query, ...list.query, page: query['page'] });
        let answer: JsonAnswer;
        try {
          answer = await caller.json({ method: 'GET', path: path + text, notFound }, { ...options, signal });
        } catch (error) {
          if (query['page'] === 1 || !isPastTheEnd(error)) throw error;
          // The list itself was answered well.
          if (options.trace) options.trace.status = 200;
          return null;
        }
        return expectShape(answer, expected, shape, source);
      },
    };
  }

  async function statuses(path: string, jobId: string, options: CallOptions = {}): Promise<JobStatus[]> {
    const list = { path, notFound: noJob(jobId), expected: 'JobStatus[]' };
    const rows: JobStatus[] = [];
    for await (const page of listPages(listing(list, asJobStatus, statusIdentity, options)))
      rows.push(...page.rows);
    return rows.sort(newestFirst);
  }

  const runsListing = (jobId: string, options?: ListOptions) =>
    listing(
      { path: `${jobs(jobId)}runs/`, notFound: noJob(jobId), expected: 'Run[]' },
      asRun,
      (run) => run.id,
      options,
    );

  return {
    // Generators, so that an id that can't be used is an error of reading the list, like any other.
    async *listRuns(jobId, options) {
      yield* listPages(runsListing(jobId, options));
    },
    async readRunsPage(jobId, page, options) {
      return readPage(runsListing(jobId, options), page);
    },
    async getRun(jobId, runId, options) {
      const call: Call = { method: 'GET', path: runs(jobId, runId), notFound: noRun(jobId, runId) };
      return read(call, 'Run', asRun, options);
    },
    async stopRun(jobId, runId, options) {
      const call: Call = {
        method: 'POST',
        path: `${runs(jobId, runId)}stop/`,
        notFound: noRun(jobId, runId),
      };
      const answer = await caller.json(call, options);
      // Accepted without a word is accepted (rescale-platform.md 1.7).
      if (answer.content.kind !== 'empty') expectShape(answer, '{}', asAcknowledgement, source);
    },
    async snapshotRun(jobId, runId, options) {
      const path = `${runs(jobId, runId)}snapshot/`;
      return read({ method: 'POST', path, notFound: noRun(jobId, runId) }, 'Snapshot', asSnapshot, options);
    },
    async *listRunFiles(jobId, runId, options) {
      const list = { path: `${runs(jobId, runId)}files/`, notFound: noRun(jobId, runId), expected: 'File[]' };
      yield* listPages(listing(list, asFile, (file) => file.id, options));
    },
    async listDirectory(jobId, runId, options) {
      const path = `${runs(jobId, runId)}directory-contents/`;
      return read(
        { method: 'GET', path, notFound: noRun(jobId, runId) },
        'DirectoryEntry[]',
        asDirectory,
        options,
      );
    },
    async tailLines(jobId, runId, path, lines, options) {
      checkWhole('lines', lines, 1);
      const call = tail(jobId, runId, path, queryText({ lines }));
      return read(call, 'TailLines', asTailLines, options);
    },
    async openTail(jobId, runId, path, options) {
      return toContents(await caller.open(tail(jobId, runId, path, ''), [200], options));
    },

    async *listJobs(options = {}) {
      const { state, search, ordering } = options;
      const list = {
        path: 'jobs/',
        notFound: noApi,
        query: { state, search, ordering },
        expected: 'Job[]',
      };
      yield* listPages(listing(list, asJobSummary, (job) => job.id, options));
    },
    async getJob(jobId, options) {
      return read({ method: 'GET', path: jobs(jobId), notFound: noJob(jobId) }, 'Job', asJob, options);
    },
    listJobStatuses: async (jobId, options) => statuses(`${jobs(jobId)}statuses/`, jobId, options),
    listClusterStatuses: async (jobId, options) =>
      statuses(`${jobs(jobId)}cluster_statuses/`, jobId, options),
    async *listJobFiles(jobId, options = {}) {
      const query = { search: options.search };
      const list = { path: `${jobs(jobId)}files/`, notFound: noJob(jobId), query, expected: 'File[]' };
      yield* listPages(listing(list, asFile, (file) => file.id, options));
    },

    async getFile(fileId, options) {
      return read({ method: 'GET', path: files(fileId), notFound: noFile(fileId) }, 'File', asFile, options);
    },
    async fileLines(fileId, options) {
      const path = `${files(fileId)}lines/`;
      return read({ method: 'GET', path, notFound: noFile(fileId) }, 'Lines', asFileLines, options);
    },
    async openContents(fileId, options) {
      const range = rangeHeader(options?.range);
      const path = `${files(fileId)}contents/`;
      const statuses = range === undefined ? [200] : [200, 206, 416];
      const call: Call = { method: 'GET', path, notFound: noFile(fileId) };
      return toContents(await caller.open(call, statuses, options, range));
    },

    async checkConnection(options) {
      // Documented, small, and refused without a valid key; there is no documented call that names the user.
      const call: Call = { method: 'GET', path: `jobs/${queryText({ page_size: 1 })}`, notFound: noApi };
      const { rows } = await read(call, 'Job[]', asEnvelope(asJobSummary), options);
      const owner: unknown = rows[0] && 'owner' in rows[0] ? rows[0].owner : null;
      return { user: typeof owner === 'string' ? owner : null };
    },
  };

  function tail(jobId: string, runId: string, path: string, query: string): Call {
    // No slash after a file's path (rescale-platform.md 4.15).
    return {
      method: 'GET',
      path: `${runs(jobId, runId)}tail/${filePathSegments(path)}${query}`,
      notFound: { key: 'not-found-file', values: { jobId, runId, path } },
    };
  }
}

/** What Django REST framework says to a page number past the end (rescale-platform.md 7). */
function isPastTheEnd(error: unknown): boolean {
  if (!isRescaleError(error) || error.statusCode !== 404) return false;
  const { words } = error.values;
  return typeof words === 'string' && /invalid page/i.test(words);
}

/** Status rows have no id. */
function statusIdentity({ status, statusDate, statusReason }: JobStatus): string {
  return JSON.stringify([status, statusDate, statusReason]);
}

/** By instant, because dates come in several forms (rescale-platform.md 4.6); what has none comes last. */
function newestFirst(one: JobStatus, other: JobStatus): number {
  const [mine, theirs] = [one, other].map(({ statusDate }) => {
    const instant = Date.parse(statusDate);
    return Number.isNaN(instant) ? -Infinity : instant;
  }) as [number, number];
  return mine === theirs ? 0 : mine < theirs ? 1 : -1;
}
