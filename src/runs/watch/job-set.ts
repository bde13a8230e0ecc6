import type { RescaleError } from '../../api/errors/errors';
import { createOutage } from '../polling/outage';
import type { Progress, Trouble } from '../run/job-reading';
import type { JobPolling } from '../polling/job-polling';
import type { Clock, StateStore } from '../tasks/ports';
import type { WatchNotice, WatchOverview } from './watch-listener';
import type { JobWatcher } from './job-watcher';
import type { WatchRoot } from './watch-state';
import type { WatchSettings } from './watched-job';

/** Null when it can't be told at the moment; `atLeast` where others may be named as well, so that none is to be left. */
export type JobsNamed = string[] | { atLeast: string[] } | null;

export const atLeastOf = (named: JobsNamed): string[] =>
  named && 'atLeast' in named ? named.atLeast : (named ?? []);

/** Which jobs are watched, how, and with what. */
export interface WatchOptions extends WatchSettings {
  polling: JobPolling;
  store: StateStore;
  clock: Clock;
  scope: WatchRoot['scope'];
  /** Of all jobs, those with such a name are watched. */
  matches: (name: string) => boolean;
  /** The jobs that the settings name now. Never rejects. */
  readJobs(): Promise<JobsNamed>;
  /** A name for this process, another one after each start. */
  process: string;
}

/** The jobs of a watch, and how they stand together. */
interface JobSet {
  readonly jobs: ReadonlyMap<string, JobWatcher>;
  add(job: JobWatcher): void;
  /** Ends the watch of the job; its state stays. */
  remove(jobId: string): Promise<void>;
  /** Returns the error to tell now, if any. */
  note(part: string, trouble: Trouble | null): RescaleError | null;
  /** What is stored of the part can't be read, or can be again. */
  noteUnread(part: string, unread: boolean): void;
  /** All are about to be read. */
  forgetUnread(): void;
  /** True once for each time that the platform says that there is no such job. */
  isNewlyGone(job: JobWatcher): boolean;
  /** What a person should know of the job, once: a status that nobody knows, an end date that can't be right. */
  newDoubts(job: JobWatcher): WatchNotice[];
  /** What is told of the time before was changed: so many older runs of a job are told now. */
  noteReportedAlso(runs: number): void;
  /** The sum of that over all jobs, once. */
  takeReportedAlso(): { jobs: number; runs: number } | null;
  readonly overview: Omit<WatchOverview, 'paused' | 'stored' | 'slowedTo'>;
  /** Every job was read since the watch began or went on. */
  readonly allRead: boolean;
}

export function createJobSet(clock: Clock): JobSet {
  const jobs = new Map<string, JobWatcher>();
  const outage = createOutage(clock);
  const unread = new Set<string>();
  const toldGone = new Set<string>();
  const toldStatuses = new Map<string, string>();
  const toldEnds = new Map<string, string>();
  let reportedAlso: { jobs: number; runs: number } | null = null;

  return {
    jobs,
    add: (job) => void jobs.set(job.jobId, job),
    async remove(jobId) {
      const job = jobs.get(jobId);
      jobs.delete(jobId);
      outage.drop(jobId);
      toldGone.delete(jobId);
      toldStatuses.delete(jobId);
      toldEnds.delete(jobId);
      await job?.stop();
    },
    noteUnread(part, isUnread) {
      if (isUnread) unread.add(part);
      else unread.delete(part);
    },
    forgetUnread: () => unread.clear(),
    note: (part, trouble) => outage.note(part, trouble),
    isNewlyGone({ jobId, jobGone }) {
      if (!jobGone) toldGone.delete(jobId);
      if (!jobGone || toldGone.has(jobId)) return false;
      toldGone.add(jobId);
      return true;
    },
    newDoubts({ jobId, unknownStatus: status, endDoubts: [end] }) {
      const notices: WatchNotice[] = [];
      if (status !== null && toldStatuses.get(jobId) !== status) {
        toldStatuses.set(jobId, status);
        notices.push({ notice: 'status-unknown', jobId, status });
      }
      if (end && toldEnds.get(jobId) !== end.runId) {
        toldEnds.set(jobId, end.runId);
        notices.push({ notice: 'end-doubtful', jobId, ...end });
      }
      return notices;
    },
    noteReportedAlso(runs) {
      const before = reportedAlso ?? { jobs: 0, runs: 0 };
      reportedAlso = { jobs: before.jobs + 1, runs: before.runs + runs };
    },
    takeReportedAlso() {
      const taken = reportedAlso;
      reportedAlso = null;
      return taken;
    },
    /** Asked for after every reading of each of them, so it is one pass. */
    get overview() {
      const progress: Progress = { total: 0, pending: 0, running: 0, completed: 0 };
      const jobsGone: string[] = [];
      let unknownStatus: string | null = null;
      let doubted = null as WatchOverview['doubted'];
      let awaited = 0;
      for (const job of jobs.values()) {
        const { progress: own } = job;
        if (own) {
          progress.total += own.total;
          progress.pending += own.pending;
          progress.running += own.running;
          progress.completed += own.completed;
        }
        if (job.jobGone) jobsGone.push(job.jobId);
        unknownStatus ??= job.unknownStatus;
        awaited += job.awaited;
        const [first] = job.endDoubts;
        if (first)
          doubted = {
            runId: doubted?.runId ?? first.runId,
            count: (doubted?.count ?? 0) + job.endDoubts.length,
          };
      }
      const { trouble, serious } = outage;
      const isUnread = unread.size > 0;
      return {
        jobs: jobs.size,
        progress,
        unread: isUnread,
        jobsGone,
        unknownStatus,
        doubted,
        awaited,
        trouble,
        serious,
      };
    },
    get allRead() {
      return [...jobs.values()].every((job) => job.progress !== null || job.jobGone);
    },
  };
}
