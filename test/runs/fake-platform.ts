import type { Budget } from '../../src/api/limits/budget';
import type { CallOptions, ListOptions, Page, RescaleClient } from '../../src/api/client/client';
import { RescaleError, type ErrorCode } from '../../src/api/errors/errors';
import type { JobStatus, JobSummary, RescaleFile, Run } from '../../src/api/client/types';
import type { VirtualClock } from './virtual-clock';

/** A request as it came in. */
interface Request {
  at: number;
  call: keyof RescaleClient;
  jobId: string;
  detail: string;
}

export interface FakeJob {
  id: string;
  runs: Run[];
  statuses: JobStatus[];
  /** By run id: what `process_output.log` holds, once it is listed. */
  logs: Map<string, string>;
  /** When all logs were uploaded; not told unless set. */
  logsUploaded?: string;
  /** Output files listed, by run id. */
  files: Map<string, number>;
  /** Archives of snapshots listed beside them, by run id. */
  archives: Map<string, number>;
  listed: boolean;
  dateInserted: string;
}

/** A platform in memory, answering at once, for tests whose time is virtual. Real HTTP is tested elsewhere. */
export interface FakePlatform {
  readonly client: RescaleClient;
  readonly requests: Request[];
  readonly jobs: Map<string, FakeJob>;
  /** The platform gives no more rows on a page than this. */
  pageLimit: number;
  /** It counts so many rows more than it shows. */
  unlisted: number;
  pausedUntil: number | null;
  /** Its time of day is so much (ms) ahead of this machine's. */
  ahead: number;
  /** Milliseconds that each answer takes. */
  latency: number;
  /** What an answer takes longer than that, ms. */
  slow: ((request: Request) => number) | null;
  /** Requests per second that the budget says it allows; 0 = no limit. */
  rate: number;
  /** Jobs that are listed as going on though they are over. */
  readonly behind: Set<string>;
  /** Called before each answer; throws to fail, returns true to answer an empty list. */
  fault: ((request: Request) => boolean | void) | null;
  addJob(id: string, runs: number): FakeJob;
  start(job: FakeJob, runId: string): void;
  end(job: FakeJob, runId: string, exitCode?: number): void;
  setStatus(job: FakeJob, status: string, reason?: string | null): void;
  count(call: keyof RescaleClient, jobId?: string): number;
}

export function failure(code: ErrorCode, statusCode?: number): RescaleError {
  return new RescaleError(code, 'network', { platform: 'fake', reason: code }, statusCode);
}

export function fakePlatform(clock: VirtualClock): FakePlatform {
  const jobs = new Map<string, FakeJob>();
  const requests: Request[] = [];
  const now = () => new Date(clock.now()).toISOString();

  function ask(call: keyof RescaleClient, jobId: string, detail = '', signal?: AbortSignal): boolean {
    if (signal?.aborted) throw failure('RESCALE_CLOSED');
    const request = { at: clock.now(), call, jobId, detail };
    requests.push(request);
    return platform.fault?.(request) === true;
  }
  function jobOf(jobId: string): FakeJob {
    const job = jobs.get(jobId);
    if (!job) throw failure('RESCALE_NOT_FOUND', 404);
    return job;
  }
  function pageOf<Row>(rows: Row[], number: number, options?: ListOptions): Page<Row> {
    const size = Math.min(options?.pageSize ?? 100, platform.pageLimit);
    const from = (number - 1) * size;
    const part = rows.slice(from, from + size).map((row) => structuredClone(row));
    return {
      page: number,
      count: rows.length + platform.unlisted,
      rows: part,
      more: from + size < rows.length,
    };
  }
  const traced = (options?: CallOptions) => {
    if (options?.trace) options.trace.attempts += 1;
  };
  /** Nothing waits for the signal: an abort is seen at the next request. */
  const answered = (signal?: AbortSignal) => {
    const last = requests.at(-1);
    const takes = platform.latency + (last && platform.slow ? platform.slow(last) : 0);
    return takes > 0 ? clock.sleep(takes, signal) : Promise.resolve();
  };
  const empty = <Row>(page: number): Page<Row> => ({ page, count: 0, rows: [], more: false });

  async function* pages<Row>(
    call: keyof RescaleClient,
    jobId: string,
    rows: () => Row[],
    options?: ListOptions,
    detail = '',
  ): AsyncGenerator<Page<Row>, void, undefined> {
    for (let number = 1; ; number += 1) {
      const hollow = ask(call, jobId, `${detail}page ${number}`, options?.signal);
      traced(options);
      await answered();
      const page = hollow ? empty<Row>(number) : pageOf(rows(), number, options);
      yield page;
      if (!page.more) return;
    }
  }

  function listed(job: FakeJob): Run[] {
    if (!job.listed) throw failure('RESCALE_NOT_FOUND', 404);
    return job.runs;
  }
  function file(job: FakeJob, runId: string): RescaleFile {
    return {
      id: `${job.id}-${runId}`,
      name: 'process_output.log',
      relativePath: 'process_output.log',
      path: `user/user_X/output/job_${job.id}/run${runId}/process_output.log`,
      typeId: 5,
      decryptedSize: job.logs.get(runId)!.length,
      dateUploaded: job.logsUploaded ?? null,
      isUploaded: false,
    };
  }

  const client = {
    origin: 'https://fake.test',
    platformNow: () => clock.now() + platform.ahead,
    platformTold: () => true,
    budget: budgetOf(
      () => platform.pausedUntil,
      () => platform.rate,
    ),
    listRuns: (jobId, options) => pages('listRuns', jobId, () => listed(jobOf(jobId)), options),
    async readRunsPage(jobId, page, options) {
      const hollow = ask('readRunsPage', jobId, `page ${page}`, options?.signal);
      traced(options);
      await answered();
      return hollow ? empty<Run>(page) : pageOf(listed(jobOf(jobId)), page, options);
    },
    async getRun(jobId, runId, options) {
      ask('getRun', jobId, runId, options?.signal);
      traced(options);
      await answered();
      const run = jobOf(jobId).runs.find(({ id }) => id === runId);
      if (!run) throw failure('RESCALE_NOT_FOUND', 404);
      return structuredClone(run);
    },
    async listJobStatuses(jobId, options) {
      const hollow = ask('listJobStatuses', jobId, '', options?.signal);
      traced(options);
      await answered();
      return hollow ? [] : structuredClone(jobOf(jobId).statuses);
    },
    listJobFiles: (jobId, options) =>
      pages(
        'listJobFiles',
        jobId,
        () => {
          const job = jobOf(jobId);
          return [...job.logs.keys()].map((runId) => file(job, runId));
        },
        options,
        `${options?.search} `,
      ),
    listRunFiles: (jobId, runId, options) =>
      pages(
        'listRunFiles',
        jobId,
        () => {
          const job = jobOf(jobId);
          const rows = (length: number | undefined, typeId: number) =>
            Array.from({ length: length ?? 0 }, (_, index) => ({ typeId, name: `f${index}` }) as RescaleFile);
          const outputs = rows(job.files.get(runId), 5);
          if (outputs.length > 0 && job.logs.has(runId)) outputs[0] = file(job, runId);
          return [...outputs, ...rows(job.archives.get(runId), 12)];
        },
        options,
        `run ${runId} `,
      ),
    async openContents(fileId, options) {
      const [jobId, runId] = fileId.split('-') as [string, string];
      ask('openContents', jobId, `run ${runId}`, options?.signal);
      if (options?.trace) options.trace.attempts += 1;
      await answered(options?.signal);
      const text = Buffer.from(jobOf(jobId).logs.get(runId)!);
      const part = text.subarray(-65536);
      const range = { start: text.length - part.length, end: text.length - 1, size: text.length };
      return {
        chunks: chunksOf(part),
        discard: () => {},
        status: 206,
        bytes: part.length,
        range,
        etag: null,
        type: null,
      };
    },
    listJobs: (options) =>
      pages(
        'listJobs',
        '',
        () => {
          const rows = [...jobs.values()].map((job) =>
            summaryOf(job, platform.behind.has(job.id) ? 'Executing' : (job.statuses[0]?.status ?? '')),
          );
          if (options?.state === 'not_completed') return rows.filter((row) => !isCompleted(row));
          return rows.sort((a, b) => b.dateInserted.localeCompare(a.dateInserted));
        },
        options,
        `${options?.state ?? options?.ordering} `,
      ),
  } satisfies Partial<RescaleClient> as unknown as RescaleClient;

  const platform: FakePlatform = {
    client,
    requests,
    jobs,
    pageLimit: 1000,
    unlisted: 0,
    pausedUntil: null,
    ahead: 0,
    latency: 0,
    slow: null,
    rate: 0,
    behind: new Set(),
    fault: null,
    addJob(id, runs) {
      const job: FakeJob = {
        id,
        runs: Array.from({ length: runs }, (_, index) => runOf(String(index + 1), index + 1)),
        statuses: [{ status: 'Executing', statusReason: null, statusDate: now() }],
        logs: new Map(),
        files: new Map(),
        archives: new Map(),
        listed: true,
        dateInserted: now(),
      };
      jobs.set(id, job);
      return job;
    },
    start(job, runId) {
      job.runs.find(({ id }) => id === runId)!.dateStarted = now();
    },
    end(job, runId, exitCode) {
      const run = job.runs.find(({ id }) => id === runId)!;
      run.dateStarted ??= now();
      run.dateCompleted = now();
      if (exitCode === undefined) return;
      run.outputFileCount = 2;
      job.files.set(runId, 2);
      job.logs.set(
        runId,
        `[2026-01-01T00:00:00Z]: Launching\n[2026-01-01T00:00:09Z]: Exited with code ${exitCode}\n`,
      );
    },
    setStatus(job, status, reason = null) {
      job.statuses.unshift({ status, statusReason: reason, statusDate: now() });
    },
    count: (call, jobId) =>
      requests.filter((request) => request.call === call && (jobId === undefined || request.jobId === jobId))
        .length,
  };
  return platform;
}

export function runOf(id: string, displayOrder: number): Run {
  return {
    id,
    displayOrder,
    type: 3,
    parent: null,
    isOptimal: false,
    dateStarted: null,
    dateCompleted: null,
    outputFileCount: 0,
    outputFileSize: null,
    variables: [],
  };
}

function summaryOf(job: FakeJob, status: string): JobSummary {
  return {
    id: job.id,
    name: job.id,
    dateInserted: job.dateInserted,
    jobStatus: { content: status },
  };
}

function isCompleted(row: JobSummary): boolean {
  return row.jobStatus?.content === 'Completed';
}

function budgetOf(pausedUntil: () => number | null, rate: () => number): Budget {
  return {
    take: () => true,
    acquire: () => Promise.resolve(),
    pause: () => 0,
    inSteps: new Set(),
    answered: () => undefined,
    letStopPass: () => 0,
    limitTo: () => undefined,
    pauseOf: () => 0,
    usage: () => [],
    get pausedUntil() {
      return pausedUntil();
    },
    onPause: () => () => undefined,
    get rate() {
      return rate();
    },
    setRates: () => undefined,
    letActionsPass: () => () => undefined,
  };
}

async function* chunksOf(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}
