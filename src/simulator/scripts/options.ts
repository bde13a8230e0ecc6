import type { FaultRule, RateScope } from './fault-rule';
import type { JobAction } from './job-action';
import type { JobScript } from './job-script';

/** What the simulator can be told, in the process (`startSimulator`) or over HTTP (`/_sim/…`, JSON of the same shapes). */
export interface SimulatorOptions {
  /** 0 (default) takes a free one. Always on 127.0.0.1. */
  port?: number;
  /** Virtual seconds per second; default 60. 0 stands still: only `advance` moves the clock. */
  speed?: number;
  seed?: number;
  faults?: FaultRule[];
  /** The only token that is accepted; default `simulator`. */
  token?: string;
  /**
   * The virtual instant of the start, ms since the epoch. When given, the platform's dates are virtual instants.
   * By default they are the wall clock's: a run that takes ten virtual minutes at the usual speed starts and
   * ends ten seconds apart, and no date lies ahead of this machine's clock.
   */
  now?: number;
  /** `/files/{id}/contents/` answers 302 to a signed address on another loopback port, which needs no token. */
  redirectContents?: boolean;
  /** Answers 429 with `Retry-After` to whoever asks faster than this, in wall time; default no limit. */
  throttle?: RateLimit | Partial<Record<RateScope, RateLimit>>;
  /** The largest file that may be uploaded, bytes; default what the disk has room for. */
  uploadLimit?: number;
  /** Whether the built-in jobs restart by themselves some time after their end; default true. */
  restarts?: boolean;
  habits?: Habits;
}

export interface RateLimit {
  perSecond: number;
  burst: number;
}

/** How the platform behaves where no public source tells (docs/platform.md); clients must cope with each. */
export interface Habits {
  /** Status of tail and directory-contents of a run that is not in progress; default 400. */
  notActiveStatus?: number;
  /** `lastSnapshotID` before there was a snapshot; default null. */
  noSnapshotId?: string | null;
  /** Status of stopping a run that has ended; default 200. */
  stopEndedStatus?: number;
  /** Which of the two names that clients send for a project is read at creation; default `projectId`. */
  projectKey?: 'projectId' | 'project_id';
}

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly token: string;
  close(): Promise<void>;

  /** Virtual now, ms since the epoch. */
  now(): number;
  /** POST /_sim/advance {"seconds": 60} */
  advance(seconds: number): void;
  /** POST /_sim/faults (an array replaces all rules; `[]` clears). */
  setFaults(rules: FaultRule[]): void;
  /** GET /_sim/requests, DELETE /_sim/requests: every request to the API since the start or the last clearing. */
  requests(): RequestRecord[];
  clearRequests(): void;
  /** The most connections that carried requests to the API at the same time, since the start or the last clearing. */
  peakConnections(): number;
  /** POST /_sim/jobs: adds a job, or replaces the one of this id. Returns the id. */
  createJob(job: JobScript): string;
  /** POST /_sim/jobs/{job}/control: acts on a job by hand. */
  control(jobId: string, action: JobAction): void;
  /** POST /_sim/restart {"jobId": "foamSweep"}: restarts a job as it was created, but now; default the sweep. */
  restart(jobId?: string): void;
}

export interface RequestRecord {
  /** Wall instant of arrival, ms since the epoch. */
  at: number;
  method: string;
  /** As sent, with its query. */
  url: string;
  headers: Record<string, string>;
  /** What was answered; null when the connection was cut without an answer. */
  status: number | null;
}
