import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import type { JobSummary } from '../../api/client/types';
import type { Trouble } from '../run/job-reading';
import { nextRound } from './pace';
import type { Clock } from '../work/ports';
import { instant, isTerminalStatus } from '../run/run-state';

const PAGE_SIZE = 100;
/** Jobs made up to this long (ms) before the newest known one are looked at again, because lists lag behind. */
export const OVERLAP = 300_000;

export interface JobsInterest {
  interval: number;
  /** The platform's instant of the newest job that is known already, ms since the epoch; null = none. */
  newest: () => number | null;
  onJobs(jobs: JobsList): void;
  onTrouble(trouble: Trouble | null): void;
}

/** The jobs of the key. */
export interface JobsList {
  /** Every job that is not completed. */
  active: JobSummary[];
  /** Jobs made since the newest known one, and up to `OVERLAP` before it, whatever became of them. */
  recent: JobSummary[];
}

/** The list of the key's jobs, read once for everybody who follows all of them. */
export interface JobsListTracker {
  due(): number;
  round(signal: AbortSignal): Promise<void>;
  check(): void;
  /** Returns the way to leave, which says how many stay. */
  add(interest: JobsInterest): () => number;
}

export function trackJobsList(client: RescaleClient, clock: Clock, random: () => number): JobsListTracker {
  const interests = new Set<JobsInterest>();
  let lastRound = 0;
  /** Since when a round is wanted out of turn. */
  let wantedSince: number | null = null;
  let failures = 0;
  let trouble: Trouble | null = null;
  let jitter = random();

  async function read(options: CallOptions): Promise<JobsList> {
    const active = new Map<string, JobSummary>();
    const pages = client.listJobs({ ...options, pageSize: PAGE_SIZE, state: 'not_completed' });
    for await (const page of pages) {
      for (const job of page.rows) if (!hasEnded(job)) active.set(job.id, job);
    }
    return { active: [...active.values()], recent: await readRecent(options) };
  }

  /** Newest first, down to what everybody knows: a job that came and went between two rounds is not lost. */
  async function readRecent(options: CallOptions): Promise<JobSummary[]> {
    const known = [...interests].map((interest) => interest.newest()).filter((newest) => newest !== null);
    let until = known.length === 0 ? null : Math.min(...known) - OVERLAP;
    const recent: JobSummary[] = [];
    for await (const page of client.listJobs({
      ...options,
      pageSize: PAGE_SIZE,
      ordering: '-dateInserted',
    })) {
      until ??= instant(page.rows[0]?.dateInserted) - OVERLAP;
      const fresh = page.rows.filter((job) => instant(job.dateInserted) >= until!);
      recent.push(...fresh);
      if (fresh.length < page.rows.length) break;
    }
    return recent;
  }

  return {
    due() {
      const now = clock.now();
      if (wantedSince !== null) return Math.min(wantedSince, now);
      // The clock was set back: by what it says now, the last round is still to come.
      if (lastRound > now) return now;
      const interval = Math.min(...[...interests].map((interest) => interest.interval));
      return lastRound + nextRound({ interval, quiet: 0, failures, over: false }, jitter);
    },
    async round(signal) {
      lastRound = clock.now();
      wantedSince = null;
      jitter = random();
      try {
        const jobs = await read({ signal, priority: 'poll' });
        failures = 0;
        if (trouble) {
          trouble = null;
          for (const interest of [...interests]) interest.onTrouble(null);
        }
        for (const interest of [...interests]) interest.onJobs(jobs);
      } catch (error) {
        if (signal.aborted || !isRescaleError(error)) return;
        failures += 1;
        trouble = { error, since: trouble?.since ?? clock.now() };
        for (const interest of [...interests]) interest.onTrouble(trouble);
      }
    },
    check() {
      wantedSince ??= clock.now();
    },
    add(interest) {
      interests.add(interest);
      wantedSince ??= clock.now();
      return () => {
        interests.delete(interest);
        return interests.size;
      };
    },
  };
}

/** The filter of the list is not documented, so it is not relied upon (rescale-platform.md 2.2). */
function hasEnded(job: JobSummary): boolean {
  return isTerminalStatus(job.jobStatus?.content ?? '');
}
