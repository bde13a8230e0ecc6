import type { DateOf } from './clock';
export interface FileFacts {
  size: number;
  md5: string | null;
  sha512: string | null;
}

/** The instants of a run, ms since the epoch; null = not known to come. */
export interface RunTimes {
  start: number | null;
  end: number | null;
  stopped: boolean;
  exitCode: number | null;
}

/** What the contents of a run's files depend on. */
export interface RunFacts {
  seed: number;
  jobId: string;
  runNumber: number;
  /** For stamps in logs. */
  dateOf: DateOf;
  times: RunTimes;
}

/** What a run needs to know of its job. */
export interface JobTimes {
  submitted: number | null;
  cancelled: number | null;
}
