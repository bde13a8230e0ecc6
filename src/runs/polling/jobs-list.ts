import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { JobSummary } from '../../api/client/types';
import type { Trouble } from '../run/job-reading';
import { asRescaleError } from './round-trouble';
import { nextRound, NO_SLOWDOWN } from './poll-interval';
import type { Reachability } from './outage';
import type { Clock } from '../tasks/ports';
import { instant, isTerminalStatus } from '../run/run-state';

const PAGE_SIZE = 100;
/** Jobs made up to this long (ms) before the newest known one are looked at again, because lists lag behind. */
export const OVERLAP = 300_000;

export interface JobsInterest {
  interval: number;
  /** The platform's instant of the newest job that is known already, ms since the epoch; null = none. */
  newest: () => number | null;
  /** What was listed since this interest began. */
  onJobs(jobs: JobsList): void;
  onTrouble(trouble: Trouble | null): void;
}

/** The jobs of the key. */
export interface JobsList {
  /** Every job that is not completed. */
  active: JobSummary[];
  /** At least the jobs made since the newest known one, and up to `OVERLAP` before it, whatever became of them. */
  recent: JobSummary[];
  /** The platform's time of day when they were listed. */
  platformNow: number;
}

/** The list of the key's jobs, read once for everybody who follows all of them. Instants are monotonic, ms. */
export interface JobsListTracker {
  due(now: number): number;
  round(signal: AbortSignal): Promise<void>;
  check(): void;
  /** Returns the way to leave, which says how many stay. */
  add(interest: JobsInterest): () => number;
}

export function trackJobsList(
  client: RescaleClient,
  clock: Clock,
  reachability: Reachability,
): JobsListTracker {
  const interests = new Set<JobsInterest>();
  let lastRound = -Infinity;
  /** Since when a round is wanted out of turn. */
  let wantedSince: number | null = null;
  let failures = 0;
  let trouble: Trouble | null = null;

  async function read(parties: JobsInterest[], options: CallOptions): Promise<JobsList> {
    const active = new Map<string, JobSummary>();
    const pages = client.listJobs({ ...options, pageSize: PAGE_SIZE, state: 'not_completed' });
    for await (const page of pages) {
      for (const job of page.rows) if (!hasEnded(job)) active.set(job.id, job);
    }
    const recent = await readRecent(parties, options);
    return { active: [...active.values()], recent, platformNow: client.platformNow() };
  }

  /**
   * Newest first, down to what everybody knows: a job that came and went between two rounds is not lost. Who knows nothing yet
   * gets a whole page, with jobs that may have ended while nothing could be read.
   */
  async function readRecent(parties: JobsInterest[], options: CallOptions): Promise<JobSummary[]> {
    const known = parties.map((interest) => interest.newest()).filter((newest) => newest !== null);
    const until = Math.min(...known) - OVERLAP;
    const recent: JobSummary[] = [];
    for await (const page of client.listJobs({
      ...options,
      pageSize: PAGE_SIZE,
      ordering: '-dateInserted',
    })) {
      const dates = page.rows.map(({ dateInserted }) => instant(dateInserted));
      // A date that is none says nothing, so the job stays; but where no other is young, neither are those.
      const fresh = page.rows.filter((_job, place) => !(dates[place]! < until));
      const whole = page.page === 1 && known.length < parties.length;
      recent.push(...(whole ? page.rows : fresh));
      if (known.length === 0 || !dates.some((date) => date >= until) || fresh.length < page.rows.length)
        break;
    }
    return recent;
  }

  function tellTrouble(told: Trouble | null): void {
    if (!told && !trouble) return;
    trouble = told;
    for (const interest of [...interests]) interest.onTrouble(told);
  }

  return {
    due(now) {
      if (wantedSince !== null) return Math.min(wantedSince, now);
      const interval = Math.min(...[...interests].map((interest) => interest.interval));
      return lastRound + nextRound({ interval, quiet: 0, failures, over: false, cost: 2 }, NO_SLOWDOWN);
    },
    async round(signal) {
      lastRound = clock.monotonic();
      wantedSince = null;
      // Who joins while the list is read knows less than this round reaches back to, and waits for the next.
      const parties = [...interests];
      try {
        const jobs = await read(parties, { signal, priority: 'poll', once: !reachability.reached });
        failures = 0;
        reachability.reached = true;
        tellTrouble(null);
        for (const interest of parties) if (interests.has(interest)) interest.onJobs(jobs);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const since = trouble?.since ?? clock.monotonic();
        tellTrouble({ error: asRescaleError(error), since, neverReached: !reachability.reached });
      }
    },
    check() {
      wantedSince ??= clock.monotonic();
    },
    add(interest) {
      interests.add(interest);
      wantedSince ??= clock.monotonic();
      return () => {
        interests.delete(interest);
        return interests.size;
      };
    },
  };
}

/** The filter of the list is not documented, so it is not relied upon (docs/platform.md). */
function hasEnded(job: JobSummary): boolean {
  return isTerminalStatus(String(job.jobStatus?.content ?? ''));
}
