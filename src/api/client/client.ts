import type { ErrorText, RescaleError } from '../errors/errors';
import type { Redact } from '../errors/redactor';
import type { Budget, Priority } from '../limits/budget';
import type { Clock } from '../time/clock';
import type { RequestLog } from './request-record';
import type {
  Analysis,
  ComputePrice,
  CoreType,
  DirectoryEntry,
  Job,
  JobDefinition,
  JobStatus,
  JobSummary,
  Project,
  RescaleFile,
  Run,
  SnapshotAnswer,
  TailLines,
  User,
} from './types';

/** What one piece of work cost; the caller owns it and hands it to every call that belongs to the work. */
export interface CallTrace {
  /** HTTP requests sent. */
  attempts: number;
  /** HTTP status of the last answer, null before the first. */
  status: number | null;
  /** Called when a call waits `wait` milliseconds before it tries again, because of `error`; with null when it goes on. */
  onRetry?: (error: RescaleError | null, wait: number) => void;
}

/** Common to all calls. */
export interface CallOptions {
  signal?: AbortSignal;
  /** Default `message`; `action` for what changes something. All that a stop or a snapshot needs is an action, too. */
  priority?: Priority;
  /** A person looks on and can ask again: the first failure is the answer, and nothing is tried again. */
  once?: boolean;
  trace?: CallTrace;
  /** The job that it is about, where the address does not tell: requests of a job that hang leave connections to others. */
  jobId?: string | undefined;
  /** Takes out of the platform's words what nobody may see: it may repeat what it was sent. */
  redact?: Redact;
}

/** How to read a list. */
export interface ListOptions extends CallOptions {
  /** Rows per request, 1 to 1000; default 100. */
  pageSize?: number;
  /** Of a list that is read again and again. Its rows are then not to be changed, for the next reading may have them again. */
  memory?: PageMemory;
}

/**
 * The pages of one list as they were answered last: an answer of the same bytes is not parsed again, and its rows are the very
 * objects that it had before.
 */
export interface PageMemory {
  /** What was read from the same bytes before, else what `read` returns now. `page`: which one it is. */
  read<Read>(page: string, bytes: Buffer, read: () => Read): Read;
}

/** One page of a list, in the platform's order. Rows already seen on an earlier page are left out. */
export interface Page<Row> {
  /** 1-based. */
  page: number;
  /** What the platform says there is in all; null when it does not say. */
  count: number | null;
  rows: Row[];
  /** True when the platform says that another page follows. */
  more: boolean;
  /** Rows of which something could not be read, those that are left out among them; missing for none. */
  odd?: number;
  /** Rows that are left out because they can't be read; missing for none. */
  dropped?: number;
  /** Rows that are not wanted, those of pages that are not read for it among them; missing for none. */
  unwanted?: number;
}

interface DirectoryOptions extends CallOptions {
  /** Told how many entries are left out because they can't be read. */
  onDropped?: (entries: number) => void;
}

/** What of a file is read, and for what. */
export interface ContentsOptions {
  range?: ByteRange | undefined;
  /** The part is wanted of the version with this ETag alone; of another one the whole comes. Heeded where it is a strong one. */
  ofVersion?: string | null;
  /** For as long as it takes: it leaves connections to those who read what somebody waits for. */
  bulk?: boolean;
  /** How many bytes there are, where that is known: few are read at once, like any answer, and take no connection for files. */
  bytes?: number | null;
  /** How the file itself is packed, where that is known and not how long it is: what comes packed so comes as it is stored. */
  packing?: 'gzip' | null;
}

/** A file to be uploaded. */
export interface Upload {
  /** Its name on the platform. */
  name: string;
  /** Its length in bytes, to which the stream has to keep. */
  bytes: number;
  /** 1 input, 2 template, 3 parameters, 4 script; left to the platform when not given. */
  typeId?: number;
  /** Called for each attempt. */
  readonly open: () => AsyncIterable<Buffer>;
}

/** A part of a file: from `start` to `end` (both inclusive, bytes), or the last `last` bytes. */
export type ByteRange = { start: number; end?: number } | { last: number };

/**
 * The bytes of a file, or of a part of it, as they arrive. Whoever does not read `chunks` calls `discard`, for a connection
 * is held until then.
 */
export interface Contents {
  /**
   * The bytes, for one reader: leaving the loop early ends the transfer. Rejects with a RescaleError when it breaks off, after
   * what had arrived until then.
   */
  readonly chunks: AsyncIterable<Buffer>;
  /** Ends the transfer. Later calls, and calls after the end, do nothing. */
  readonly discard: () => void;
  /**
   * 200: the whole file (also when a range was asked for and ignored); 206: the part in `range`;
   * 416: nothing, the file ends before the part that was asked for (`range.size` says where).
   */
  status: number;
  /** Bytes that this answer promises, null when it does not say. */
  bytes: number | null;
  /** The part, for 206. `size` is the whole file's, null when not told. */
  range: { start: number; end: number; size: number | null } | null;
  etag: string | null;
  /** Content-Type as sent, null when not sent. A hint only (docs/platform.md, answers). */
  type: string | null;
}

/**
 * A Rescale platform, as one key sees it. Every method rejects with a RescaleError and nothing else: with the
 * signal's reason when that is one, else with RESCALE_CLOSED, when it is aborted.
 * Reads are retried within the patience; a POST only when it certainly was not carried out.
 */
export interface RescaleClient {
  /** `https://platform.rescale.com`, without a slash at the end. */
  readonly origin: string;
  readonly budget: Budget;
  /**
   * The platform's time of day, ms since the epoch, by the `Date` of its answers: what its dates are compared with. This
   * machine's before the first answer.
   */
  platformNow(): number;
  /** It has answered, so that its time of day is known. */
  platformTold(): boolean;

  listRuns(jobId: string, options?: ListOptions): AsyncGenerator<Page<Run>, void, undefined>;
  /** One page alone; `page` past the end is an empty page. */
  readRunsPage(jobId: string, page: number, options?: ListOptions): Promise<Page<Run>>;
  getRun(jobId: string, runId: string, options?: CallOptions): Promise<Run>;
  stopRun(jobId: string, runId: string, options?: CallOptions): Promise<void>;
  /** The whole job. */
  stopJob(jobId: string, options?: CallOptions): Promise<void>;
  snapshotRun(jobId: string, runId: string, options?: CallOptions): Promise<SnapshotAnswer>;
  listRunFiles(
    jobId: string,
    runId: string,
    options?: ListOptions,
  ): AsyncGenerator<Page<RescaleFile>, void, undefined>;
  listDirectory(jobId: string, runId: string, options?: DirectoryOptions): Promise<DirectoryEntry[]>;
  /** The last `lines` lines of a file of a run in progress. */
  tailLines(
    jobId: string,
    runId: string,
    path: string,
    lines: number,
    options?: CallOptions,
  ): Promise<TailLines>;
  /** The whole file of a run in progress, as it arrives. */
  openTail(jobId: string, runId: string, path: string, options?: CallOptions): Promise<Contents>;

  listJobs(
    options?: ListOptions & { state?: 'completed' | 'not_completed'; search?: string; ordering?: string },
  ): AsyncGenerator<Page<JobSummary>, void, undefined>;
  getJob(jobId: string, options?: CallOptions): Promise<Job>;
  /** The whole status history, newest first by date. */
  listJobStatuses(jobId: string, options?: CallOptions): Promise<JobStatus[]>;
  listClusterStatuses(jobId: string, options?: CallOptions): Promise<JobStatus[]>;
  listJobFiles(
    jobId: string,
    options?: ListOptions & { search?: string },
  ): AsyncGenerator<Page<RescaleFile>, void, undefined>;

  getFile(fileId: string, options?: CallOptions): Promise<RescaleFile>;
  /** `/lines/`: the elements keep their line ends, unlike tail's. */
  fileLines(fileId: string, options?: CallOptions): Promise<string[]>;
  openContents(fileId: string, options?: CallOptions & ContentsOptions): Promise<Contents>;
  /** Never repeated when its answer is lost; see `ErrorKind` `unsettled`. */
  uploadFile(upload: Upload, options?: CallOptions): Promise<RescaleFile>;

  /**
   * Makes a draft, which computes nothing and costs nothing. Never repeated when its answer is lost: it may exist, and can be
   * searched for by its name.
   */
  createJob(definition: JobDefinition, options?: CallOptions): Promise<Job>;
  /** Starts a draft. Never repeated when its answer is lost: the job's statuses tell. */
  submitJob(jobId: string, options?: CallOptions): Promise<void>;
  /** Asks all runs of a job to end. Accepted is not ended. */
  stopJob(jobId: string, options?: CallOptions): Promise<void>;
  /** Changes a draft; on a completed job it is answered well and does nothing, so read back what it says. */
  patchJob(jobId: string, changes: JobDefinition, options?: CallOptions): Promise<JobDefinition>;
  /** `organization` is the `company.code` of the user. */
  assignProject(organization: string, jobId: string, projectId: string, options?: CallOptions): Promise<void>;

  /** Hardware that is offered now. */
  listCoreTypes(options?: ListOptions): AsyncGenerator<Page<CoreType>, void, undefined>;
  listAnalyses(options?: ListOptions): AsyncGenerator<Page<Analysis>, void, undefined>;
  computePrices(options?: CallOptions): Promise<ComputePrice[]>;
  currentUser(options?: CallOptions): Promise<User>;
  listProjects(options?: ListOptions): AsyncGenerator<Page<Project>, void, undefined>;

  /** The cheapest authenticated call; `user` when the platform says who the key belongs to. */
  checkConnection(options?: CallOptions): Promise<{ user: string | null }>;

  /** Ends idle connections. Calls under way are ended by their own signals. */
  close(): void;
}

/** Where and as whom to call. */
export interface ClientOptions {
  /** An https origin, or an http one on loopback. */
  origin: string;
  /** How errors name the platform; default the origin. */
  platform?: string;
  apiVersion: 'v1' | 'v2';
  token: string;
  /** Milliseconds without a byte. */
  timeout: number;
  /**
   * Milliseconds for one call with all its retries and pauses, from its turn on one of the connections; for
   * contents until the answer begins. Each page of a list is a call of its own.
   */
  patience: number;
  /** Milliseconds after which a request that has no answer hangs; default `SLOW_AFTER`. */
  slowAfter?: number;
  budget: Budget;
  /** Passed on to node:tls (ca, cert, key, passphrase, servername, rejectUnauthorized, …). */
  tls?: Record<string, unknown>;
  proxy?: { url: string; username?: string; password?: string; noProxy?: string[] };
  /** Told what had to be left out of an answer because it could not be read. */
  warn?: (text: ErrorText) => void;
  /** Told each request when its answer is here. */
  log?: RequestLog;
  clock?: Clock;
  /** 0 to 1, for jitter. */
  random?: () => number;
}
