import type { RescaleClient } from '../../api/client/client';
import type { JobReading, Trouble } from '../run/job-reading';
import { trackJob, type JobListener, type JobTracker } from './job-tracker';
import { trackJobsList, type JobsInterest, type JobsListTracker } from './jobs-list';
import { nextRound } from './pace';
import type { Clock } from '../work/ports';
import { createRoundSchedule } from './round-schedule';

/** Jobs that are read at the same time; the client's connections are shared with the messages of the flows. */
const CONCURRENT_ROUNDS = 4;

export interface JobInterest extends JobListener {
  /** Milliseconds. The shortest of all interests in the job is how often it is read at most. */
  interval: number;
}

/** One party's interest in a job. Wants are for runs that are over. */
export interface JobSubscription {
  release(): void;
  setInterval(milliseconds: number): void;
  /** Reads the job now. */
  check(): void;
  wantOutcome(runId: string): void;
  wantFiles(runId: string): void;
}

/**
 * What every watch and wait of one key on one platform shares: each job is read once for all of them, by its list of
 * runs, as often as the most impatient asks for and no more than needed. Without interests it does nothing.
 */
export interface Poller {
  followJob(jobId: string, interest: JobInterest): JobSubscription;
  followJobs(interest: JobsInterest): { release(): void; check(): void };
  close(): void;
}

export interface PollerOptions {
  client: RescaleClient;
  clock: Clock;
  /** 0 to 1, for jitter. */
  random?: () => number;
}

interface Followed {
  tracker: JobTracker;
  interests: Set<JobInterest>;
  lastRound: number | null;
  /** Since when a round is wanted out of turn: the first one, or because somebody asked for it. */
  wantedSince: number | null;
  jitter: number;
  /** Ends its rounds; null while it has none because nobody is interested. */
  rest: (() => void) | null;
}

/**
 * What is known of a job that nobody follows is kept this long (ms) after its last round: messages that come one by
 * one, each for a run that is over already, do not each read the job again. Without a timer, so it may be longer.
 */
const KEPT = 60_000;

export function createPoller({ client, clock, random = Math.random }: PollerOptions): Poller {
  const schedule = createRoundSchedule(clock, CONCURRENT_ROUNDS);
  const jobs = new Map<string, Followed>();
  let jobsList: { tracker: JobsListTracker; untrack: () => void } | null = null;

  /** A pause that the platform asked for holds for every round. */
  const afterPause = (due: number) => Math.max(due, client.budget.pausedUntil ?? due);

  function follow(jobId: string): Followed {
    const interests = new Set<JobInterest>();
    const tracker = trackJob(client, jobId, clock, {
      onReading: (reading) => tell(interests, (interest) => interest.onReading(reading)),
      onTrouble: (trouble) => tell(interests, (interest) => interest.onTrouble(trouble)),
    });
    const followed: Followed = {
      tracker,
      interests,
      lastRound: null,
      wantedSince: clock.now(),
      jitter: random(),
      rest: null,
    };
    jobs.set(jobId, followed);
    return followed;
  }

  function begin(followed: Followed): void {
    const { tracker, interests } = followed;
    const offRounds = schedule.add({
      due: () => afterPause(roundDue(followed)),
      async run(signal) {
        followed.wantedSince = null;
        followed.lastRound = clock.now();
        followed.jitter = random();
        const before = tracker.reading;
        await tracker.round(signal);
        // A round that was cut off has read nothing, so the next who is interested does not wait an interval.
        if (signal.aborted && tracker.reading === before) followed.wantedSince = clock.now();
      },
    });
    const offDesk = schedule.add({
      due() {
        const due = tracker.desk.due(shortest(interests));
        return due === null ? null : afterPause(due);
      },
      run: (signal) => tracker.desk.look(signal, () => tracker.publish()),
    });
    followed.rest = () => {
      offRounds();
      offDesk();
      followed.rest = null;
    };
  }

  function forgetStale(): void {
    for (const [jobId, { rest, lastRound }] of jobs) {
      if (!rest && clock.now() - (lastRound ?? -Infinity) > KEPT) jobs.delete(jobId);
    }
  }

  /** A fixed instant: on a short budget everything is late, and the order of the dues is the order of service. */
  function roundDue({ tracker, interests, lastRound, wantedSince, jitter }: Followed): number {
    const now = clock.now();
    if (lastRound === null || wantedSince !== null) return Math.min(wantedSince ?? 0, now);
    // The clock was set back: by what it says now, the last round is still to come.
    if (lastRound > now) return now;
    const { failures, over } = tracker;
    const quiet = lastRound - tracker.movedAt;
    return lastRound + nextRound({ interval: shortest(interests), quiet, failures, over }, jitter);
  }

  return {
    followJob(jobId, interest) {
      forgetStale();
      const followed = jobs.get(jobId) ?? follow(jobId);
      const { tracker, interests, lastRound } = followed;
      const own = { ...interest };
      interests.add(own);
      if (!followed.rest) begin(followed);
      if (lastRound !== null && clock.now() - lastRound > interest.interval) {
        followed.wantedSince ??= clock.now();
      }
      const known = tracker.reading;
      const trouble = tracker.trouble;
      if (known || trouble) queueMicrotask(() => greet(own, interests, known, trouble));
      schedule.wake();
      return {
        release() {
          if (!interests.delete(own)) return;
          if (interests.size === 0) followed.rest?.();
          forgetStale();
        },
        setInterval(milliseconds) {
          own.interval = milliseconds;
          schedule.wake();
        },
        check() {
          followed.wantedSince ??= clock.now();
          schedule.wake();
        },
        wantOutcome(runId) {
          tracker.desk.wantOutcome(runId);
          schedule.wake();
        },
        wantFiles(runId) {
          tracker.desk.wantFiles(runId);
          schedule.wake();
        },
      };
    },

    followJobs(interest) {
      if (!jobsList) {
        const tracker = trackJobsList(client, clock, random);
        const untrack = schedule.add({
          due: () => afterPause(tracker.due()),
          run: (signal) => tracker.round(signal),
        });
        jobsList = { tracker, untrack };
      }
      const { tracker, untrack } = jobsList;
      const leave = tracker.add(interest);
      schedule.wake();
      return {
        release() {
          if (leave() > 0 || jobsList?.tracker !== tracker) return;
          untrack();
          jobsList = null;
        },
        check() {
          tracker.check();
          schedule.wake();
        },
      };
    },

    close() {
      schedule.close();
      jobs.clear();
      jobsList = null;
    },
  };
}

/** Who comes late gets what is known at once, unless it has left again. */
function greet(
  own: JobInterest,
  interests: Set<JobInterest>,
  reading: JobReading | null,
  trouble: Trouble | null,
): void {
  if (reading && interests.has(own)) own.onReading(reading);
  if (trouble && interests.has(own)) own.onTrouble(trouble);
}

/** An interest may end, or another begin, while it is told. */
function tell(interests: Set<JobInterest>, call: (interest: JobInterest) => void): void {
  for (const interest of [...interests]) {
    if (interests.has(interest)) call(interest);
  }
}

function shortest(interests: Set<JobInterest>): number {
  let least = Infinity;
  for (const { interval } of interests) least = Math.min(least, interval);
  return least;
}
