import type { JobSummary } from '../../api/client/types';
import { OVERLAP, type JobsList } from '../polling/jobs-list';
import { instant } from '../run/run-state';
import type { Clock } from '../tasks/ports';
import type { WatchRoot } from './watch-state';
import type { Baseline } from './watched-job';

/** What a list of all jobs asks of a watch. */
interface JobsPlan {
  /** Jobs to follow that may not be followed yet, and what is old of them; null = what the settings say. */
  follow: { jobId: string; baseline: Baseline | null }[];
  /** Jobs to leave, because their name does not fit the search any more. */
  unwatch: string[];
  /** What the watch knows of the list from now on. */
  known: Pick<WatchRoot, 'newest' | 'recent' | 'drafts' | 'anew'>;
}

interface JobsSearch {
  /** Whether a job's name is one that is watched. */
  matches: (name: string) => boolean;
  /** When the watch began, by the platform's clock, ms since the epoch. */
  since: number;
  /** Of the jobs that were told to their end those that may go on. */
  again: readonly string[];
}

/** Longer than this (ms) without a first list, and jobs that ended since may have ended while nobody could look. */
const LONG_SILENCE = 60_000;

/** A job that was not there before is news from its beginning; of one that was, only what comes is. */
export function planJobs(root: WatchRoot, list: JobsList, search: JobsSearch): JobsPlan {
  const { newest } = root;
  const first = newest === null;
  const listed = [...list.active, ...list.recent];
  const wantedName = (job: JobSummary) => root.added.includes(job.id) || search.matches(String(job.name));
  const drafts = list.active.filter(isDraft).map(({ id }) => id);
  const active = list.active.filter((job) => !isDraft(job) && wantedName(job));
  const recent = list.recent.filter((job) => !isDraft(job) && wantedName(job));
  // Not listed as a draft any more: submitted since, or deleted, which is no news. One that came to its end between two lists
  // may be listed nowhere.
  const submitted = root.drafts.filter((id) => !drafts.includes(id) && fits(id));
  const news = first
    ? recent.filter((job) => instant(job.dateInserted) > search.since)
    : recent.filter(isUnseen);
  const isNew = (id: string) => submitted.includes(id) || news.some((job) => job.id === id);
  // What ended before the first list could be read is listed among the recent ones only.
  const unseen = first && !root.anew && list.platformNow - search.since > LONG_SILENCE ? recent : [];

  const wanted = new Set([...active, ...news, ...unseen].map(({ id }) => id));
  for (const id of submitted) wanted.add(id);
  const over = root.done.filter((id) => !search.again.includes(id));
  for (const id of [...over, ...root.removed]) wanted.delete(id);
  const baseline: Baseline | null = first && root.anew ? { from: 'now' } : null;
  return {
    follow: [...wanted].map((jobId) => ({ jobId, baseline: baselineOf(jobId) })),
    unwatch: listed.filter((job) => !isDraft(job) && !wantedName(job)).map(({ id }) => id),
    known: { ...newestOf(listed, newest, list.platformNow), drafts: drafts.sort(), anew: false },
  };

  function baselineOf(id: string): Baseline | null {
    if (!search.again.includes(id)) return isNew(id) ? { from: 'begin' } : baseline;
    return id in root.doneUntil ? { from: 'end', at: root.doneUntil[id]! } : { from: 'now' };
  }

  function fits(id: string): boolean {
    const job = listed.find((one) => one.id === id);
    return job === undefined || wantedName(job);
  }

  /** Dates may be equal, or odd, so it is the id that tells a new job. */
  function isUnseen(job: JobSummary): boolean {
    return !isOlder(job, newest!) && !root.recent.includes(job.id);
  }
}

/** Made so long before the newest job that it was seen. Of an odd date that is not known. */
function isOlder({ dateInserted }: JobSummary, newest: number): boolean {
  return instant(dateInserted) < newest - OVERLAP;
}

/** A date that is yet to come is an odd one; it must not make every job after it an old one. */
function newestOf(
  listed: JobSummary[],
  newest: number | null,
  platformNow: number,
): Pick<WatchRoot, 'newest' | 'recent'> {
  const dates = listed.map(({ dateInserted }) => instant(dateInserted));
  const latest = platformNow + OVERLAP;
  const known = Math.min(newest ?? 0, latest);
  const newestNow = Math.max(known, ...dates.filter((at) => at <= latest));
  const recent = [...new Set(listed.filter((job) => !isOlder(job, newestNow)).map(({ id }) => id))];
  return { newest: newestNow, recent: recent.sort() };
}

/** A job that was never submitted has an empty status (docs/platform.md). */
function isDraft(job: JobSummary): boolean {
  return job.jobStatus?.content === '';
}

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
