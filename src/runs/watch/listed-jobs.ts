import type { JobsList } from '../polling/jobs-list';
import type { Clock } from '../tasks/ports';

/** A job that is over may be listed as going on for some time, or for ever: then it is looked at again after so long (ms). */
const LOOK_AGAIN = 300_000;

/** What the last lists of all jobs showed. What else is known of a job, or was told of it, may be older than that. */
interface ListedJobs {
  take(list: JobsList): void;
  shows(jobId: string): boolean;
  /** The list before the last one showed it, and the last one does not. */
  hasLeft(jobId: string): boolean;
  /** The job was told to its end. */
  noteTold(jobId: string): void;
  /** Of jobs that were told to their end, those that are listed as going on and have to be looked at. They count as looked at. */
  takeBegunAnew(told: readonly string[]): string[];
}

export function createListedJobs(clock: Clock): ListedJobs {
  let active = new Set<string>();
  let shown = new Set<string>();
  let before = new Set<string>();
  /** When those that were told to their end and are listed as going on were known to be over, on the monotonic clock, ms. */
  const over = new Map<string, number>();

  return {
    take(list) {
      before = shown;
      active = new Set(list.active.map(({ id }) => id));
      shown = new Set([...active, ...list.recent.map(({ id }) => id)]);
      for (const jobId of over.keys()) if (!active.has(jobId)) over.delete(jobId);
    },
    shows: (jobId) => shown.has(jobId),
    hasLeft: (jobId) => before.has(jobId) && !shown.has(jobId),
    noteTold(jobId) {
      if (active.has(jobId)) over.set(jobId, clock.monotonic());
    },
    takeBegunAnew(told) {
      const now = clock.monotonic();
      const due = (jobId: string) => now - (over.get(jobId) ?? -Infinity) >= LOOK_AGAIN;
      const begunAnew = told.filter((jobId) => active.has(jobId) && due(jobId));
      for (const jobId of begunAnew) over.set(jobId, now);
      return begunAnew;
    },
  };
}
