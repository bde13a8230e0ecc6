import type { CallTrace } from '../../api/client/client';
import type { Priority } from '../../api/limits/budget';
import type { Clock } from './ports';

/** What every piece of work on a run gets from whoever asked for it. */
export interface TaskContext {
  /** Ends the work at once; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** How urgent its requests are; default `message`. */
  priority?: Priority;
  /** Collects what the work cost in HTTP. */
  trace?: CallTrace;
  clock: Clock;
  /** Told what the work is doing, for a status. */
  progress?(fact: TaskProgress): void;
}

/** Instants (`until`) are milliseconds since the epoch. */
export type TaskProgress =
  /** A stop was requested; the run has not been seen ended yet. */
  | { doing: 'confirming-stop'; until: number }
  /** A snapshot was accepted; its archive is not listed yet. */
  | { doing: 'awaiting-snapshot'; until: number }
  /** The run has ended; its output files are not listed yet. */
  | { doing: 'awaiting-files'; until: number }
  /** A job is made and waits until those before it, with the same key, were sent their submission. */
  | { doing: 'awaiting-submissions' }
  | { doing: 'submitting' }
  /** A follow: its run has not started, its file is not there yet, or it is at so many lines. */
  | { doing: 'awaiting-run' }
  | { doing: 'awaiting-file' }
  | { doing: 'following'; lines: number }
  | { doing: 'downloading'; files: number; totalFiles: number; bytes: number; bytesPerSecond: number };

/** One run, as every call names it. */
export interface RunAddress {
  jobId: string;
  runId: string;
}
