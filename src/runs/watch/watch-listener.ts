import type { ErrorText, RescaleError } from '../../api/errors/errors';
import type { EndDoubt } from '../run/run-state';
import type { Progress, Trouble } from '../run/job-reading';
import type { WatchEvent } from './watch-event';

export interface WatchListener {
  /** True when it was sent, false when it was not because everything is being closed. */
  send(event: WatchEvent): Promise<boolean>;
  onChange(overview: WatchOverview): void;
  /** An outage: once for each. The job where it is that of one job. */
  onOutage(error: RescaleError, jobId: string | null): void;
  /** Something that should not happen: the watch goes on. */
  onFault: (error: unknown) => void;
  onNotice(notice: WatchNotice): void;
}

/** Something that a person should know once. */
export type WatchNotice =
  /** What was stored belongs to another platform or scope, so the watch begins anew. */
  | { notice: 'began-anew' }
  /** What was stored of a job that is not named any more was dropped. */
  | { notice: 'job-dropped'; jobId: string }
  /** An older copy of what was stored was taken, because the newest can't be read. */
  | { notice: 'recovered'; jobId: string | null }
  /** Nothing of what was stored can be read. */
  | { notice: 'lost'; jobId: string | null }
  | { notice: 'run-gone'; jobId: string; runId: string }
  | { notice: 'job-gone'; jobId: string }
  /** The job has a status that nobody knows, and counts as going on. */
  | { notice: 'status-unknown'; jobId: string; status: string }
  /** The date of a run's end can't be right. */
  | { notice: 'end-doubtful'; jobId: string; runId: string; doubt: EndDoubt }
  /** What is told of the time before the watch was changed: so many older runs of so many known jobs are told now. */
  | { notice: 'reported-also'; jobs: number; runs: number }
  | { notice: 'not-durable'; reason: string | ErrorText };

/** How the watch stands, over all its jobs. */
export interface WatchOverview {
  paused: boolean;
  jobs: number;
  progress: Progress;
  trouble: Trouble | null;
  /** The trouble needs a person. */
  serious: boolean;
  /** The last write of state succeeded. */
  stored: boolean;
  /** What is stored of one of the jobs can't be read at the moment, so that it is not watched. */
  unread: boolean;
  jobsGone: string[];
  /** A status of one of the jobs that nobody knows, so that it may be over; null = none. */
  unknownStatus: string | null;
  /** Runs whose end dates can't be right: the first of them and how many; null = none. */
  doubted: { runId: string; count: number } | null;
  /** Runs that have ended, among the completed ones, and are not told yet: their logs or files are waited for. */
  awaited: number;
  /** Seconds between two looks at a quiet job, where the rate allows no shorter ones; null = as often as asked for. */
  slowedTo: number | null;
}

/** Tells a fault once until all is well, and not at each of the rounds that it spoils. */
export function tellFaultsOnce({ onFault }: Pick<WatchListener, 'onFault'>): {
  tell: (error: unknown) => void;
  allWell: () => void;
} {
  let told = '';
  return {
    tell(error) {
      const text = String(error);
      if (text !== told) onFault(error);
      told = text;
    },
    allWell: () => void (told = ''),
  };
}

/** What the watch of one job tells the watch it belongs to. */
export interface JobWatchListener {
  /** True when it was sent, false when it was not because everything is being closed. */
  send(event: WatchEvent): Promise<boolean>;
  onTrouble(trouble: Trouble | null): void;
  /** After every reading. */
  onChange(): void;
  /** Runs that were listed and that the platform no longer knows. */
  onGone(runIds: string[]): void;
  /** What is told of the time before was changed: so many older runs are told now. */
  onReportedAlso(runs: number): void;
  /** Something that should not happen: the watch goes on. */
  onFault(error: unknown): void;
}
