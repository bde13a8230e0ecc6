import type { RescaleClient } from '../../api/client/client';
import type { JobReading, Trouble } from '../run/job-reading';
import { CONFIRMATIONS, trackJob, type JobListener, type JobTracker } from './job-tracker';
import { asRescaleError } from './round-trouble';
import { createRefusedJobs } from './refused-jobs';
import { trackJobsList, type JobsInterest, type JobsListTracker } from './jobs-list';
import { nextRound, slowdownFor, NO_SLOWDOWN, type PolledJob, type Slowdown } from './poll-interval';
import type { Reachability } from './outage';
import type { Clock } from '../tasks/ports';
import { createRoundSchedule, type ScheduledTask } from './round-schedule';

/** Jobs that are read at the same time; the client's connections are shared with the messages of the flows. */
const CONCURRENT_ROUNDS = 4;
/** Polls take this share of the rate at most; the rest is for messages. */
const SHARE_OF_RATE = 0.8;
/** How long (ms) the intervals stay as they were reckoned last. */
const RECKONED_EVERY = 1_000;

interface JobInterest extends JobListener {
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
 * runs, as often as the most impatient asks for. Without interests it does nothing. What was read before an interest began
 * never answers it: the first reading that it gets was asked for after it.
 */
export interface JobPolling {
  followJob(jobId: string, interest: JobInterest): JobSubscription;
  followJobs(interest: JobsInterest): { release(): void; check(): void };
  /** How many times longer than asked for the intervals of quiet jobs are now, because of the rate; 1 = not at all. */
  readonly slowdown: number;
  close(): void;
}

interface JobPollingOptions {
  client: RescaleClient;
  clock: Clock;
}

/** Many who ask one after the other share a round: so long (ms) after one it is not begun again for the next who joins. */
const BETWEEN_JOINS = 2_000;

interface Party {
  interest: JobInterest;
  /** The first round that was begun after it. */
  from: number;
}

/** Instants are of the monotonic clock, ms. */
interface Followed {
  tracker: JobTracker;
  parties: Set<Party>;
  lastRound: number | null;
  /** Since when a round is wanted out of turn, because somebody asked for it. */
  wantedSince: number | null;
  /** Since when somebody new waits for a round of its own. */
  joinedSince: number | null;
  /** Its rounds and its looks at the evidence; null while it has none because nobody is interested. */
  tasks: { round: ScheduledTask; evidence: ScheduledTask } | null;
}

/**
 * What is known of a job that nobody follows is kept this long (ms) after its last round, so that messages that come one by
 * one do not each read its whole list again. Without a timer, so it may be longer.
 */
const KEPT = 60_000;

export function createJobPolling({ client, clock }: JobPollingOptions): JobPolling {
  const schedule = createRoundSchedule(clock, CONCURRENT_ROUNDS);
  const jobs = new Map<string, Followed>();
  const reachability: Reachability = { reached: false };
  const refusedJobs = createRefusedJobs(client.origin, clock);
  let jobsList: { tracker: JobsListTracker; task: ScheduledTask } | null = null;
  let stretch: Slowdown = NO_SLOWDOWN;
  let reckonedAt = -Infinity;

  /** A pause that the platform asked for holds for every round. */
  function afterPause(due: number, now: number): number {
    const until = client.budget.pausedUntil;
    return until === null ? due : Math.max(due, now + until - clock.now());
  }

  function follow(jobId: string): Followed {
    const parties = new Set<Party>();
    let answeredRound = 0;
    const tracker = trackJob(client, jobId, clock, reachability, {
      onReading(reading) {
        if (reading.round > answeredRound) refusedJobs.answered(jobId);
        answeredRound = reading.round;
        tellReading(parties, reading);
      },
      onTrouble: (trouble) => tellTrouble(parties, trouble && refusedJobs.judge(jobId, trouble)),
    });
    const followed: Followed = {
      tracker,
      parties,
      lastRound: null,
      wantedSince: null,
      joinedSince: null,
      tasks: null,
    };
    jobs.set(jobId, followed);
    return followed;
  }

  function begin(followed: Followed): void {
    const { tracker, parties } = followed;
    const round = schedule.add({
      due: (now) => afterPause(roundDue(followed, now), now),
      async run(signal) {
        followed.wantedSince = null;
        followed.joinedSince = null;
        followed.lastRound = clock.monotonic();
        const before = tracker.reading;
        await tracker.round(signal);
        // A round that was cut off has read nothing, so the next who is interested does not wait an interval.
        if (signal.aborted && tracker.reading === before) followed.wantedSince = clock.monotonic();
      },
    });
    const evidence = schedule.add({
      due(now) {
        const due = tracker.evidence.due(shortest(parties), now, stretchAt(now).quiet);
        return due === null ? null : afterPause(due, now);
      },
      run: (signal) => tracker.evidence.look(signal, () => tracker.publish()),
    });
    followed.tasks = { round, evidence };
  }

  function rest(followed: Followed): void {
    followed.tasks?.round.remove();
    followed.tasks?.evidence.remove();
    followed.tasks = null;
  }

  function forgetStale(): void {
    const now = clock.monotonic();
    for (const [jobId, { tasks, lastRound }] of jobs) {
      if (tasks || now - (lastRound ?? -Infinity) <= KEPT) continue;
      jobs.delete(jobId);
      refusedJobs.forget(jobId);
    }
  }

  /** A fixed instant: on a short budget everything is late, and the order of the dues is the order of service. */
  function roundDue(followed: Followed, now: number): number {
    const { lastRound, wantedSince, joinedSince } = followed;
    if (lastRound === null || wantedSince !== null) return Math.min(wantedSince ?? joinedSince ?? now, now);
    const inTurn = lastRound + nextRound(polled(followed, lastRound), stretchAt(now));
    return joinedSince === null ? inTurn : Math.min(inTurn, Math.max(joinedSince, lastRound + BETWEEN_JOINS));
  }

  function polled({ tracker, parties }: Followed, at: number): PolledJob {
    const { failures, over, cost } = tracker;
    return { interval: shortest(parties), quiet: at - tracker.movedAt, failures, over, cost };
  }

  function stretchAt(now: number): Slowdown {
    if (now - reckonedAt < RECKONED_EVERY) return stretch;
    reckonedAt = now;
    const { rate } = client.budget;
    const live = [...jobs.values()].filter(({ tasks }) => tasks !== null);
    const all = live.map((followed) => polled(followed, now));
    return (stretch = rate === 0 ? NO_SLOWDOWN : slowdownFor(all, SHARE_OF_RATE * rate));
  }

  return {
    followJob(jobId, interest) {
      forgetStale();
      const followed = jobs.get(jobId) ?? follow(jobId);
      const { tracker, parties } = followed;
      const party: Party = { interest: { ...interest }, from: tracker.rounds + 1 };
      parties.add(party);
      if (!followed.tasks) begin(followed);
      followed.joinedSince ??= clock.monotonic();
      followed.tasks?.round.wake();
      return {
        release() {
          if (!parties.delete(party)) return;
          if (parties.size === 0) rest(followed);
          forgetStale();
        },
        setInterval(milliseconds) {
          party.interest.interval = milliseconds;
          followed.tasks?.round.wake();
          followed.tasks?.evidence.wake();
        },
        check() {
          followed.wantedSince ??= clock.monotonic();
          followed.tasks?.round.wake();
        },
        wantOutcome(runId) {
          tracker.evidence.wantOutcome(runId);
          followed.tasks?.evidence.wake();
        },
        wantFiles(runId) {
          tracker.evidence.wantFiles(runId);
          followed.tasks?.evidence.wake();
        },
      };
    },

    followJobs(interest) {
      if (!jobsList) {
        const tracker = trackJobsList(client, clock, reachability);
        const task = schedule.add({
          due: (now) => afterPause(tracker.due(now), now),
          run: (signal) => tracker.round(signal),
        });
        jobsList = { tracker, task };
      }
      const { tracker, task } = jobsList;
      const leave = tracker.add(interest);
      task.wake();
      return {
        release() {
          if (leave() > 0 || jobsList?.tracker !== tracker) return;
          task.remove();
          jobsList = null;
        },
        check() {
          tracker.check();
          task.wake();
        },
      };
    },

    get slowdown() {
      return stretchAt(clock.monotonic()).quiet;
    },

    close() {
      schedule.close();
      jobs.clear();
      jobsList = null;
    },
  };
}

/** An interest may end, or another begin, while it is told; what one of them throws is its own trouble. */
function tell(parties: Set<Party>, call: (party: Party) => void): void {
  for (const party of [...parties]) {
    if (!parties.has(party)) continue;
    try {
      call(party);
    } catch (error) {
      party.interest.onTrouble({ error: asRescaleError(error), since: 0, neverReached: false });
    }
  }
}

/** Not what was read before it asked, and a job is missing for it only when it was at rounds of its own. */
function tellReading(parties: Set<Party>, reading: JobReading): void {
  tell(parties, ({ interest, from }) => {
    const rounds = reading.round - from + 1;
    if (rounds < 1) return;
    const jobGone = reading.jobGone && rounds >= CONFIRMATIONS;
    interest.onReading(jobGone === reading.jobGone ? reading : { ...reading, jobGone });
  });
}

function tellTrouble(parties: Set<Party>, trouble: Trouble | null): void {
  tell(parties, ({ interest }) => interest.onTrouble(trouble));
}

function shortest(parties: Set<Party>): number {
  let least = Infinity;
  for (const { interest } of parties) least = Math.min(least, interest.interval);
  return least;
}
