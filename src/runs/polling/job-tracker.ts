import type { CallOptions, CallTrace, RescaleClient } from '../../api/client/client';
import { CALLED_OFF } from '../../api/errors/abort';
import { RescaleError } from '../../api/errors/errors';
import type { JobStatus } from '../../api/client/types';
import { hasJobEnded, type JobReading, type Trouble } from '../run/job-reading';
import { pollOnce } from '../tasks/poll-until';
import { createJobEvidence, type JobEvidence } from '../evidence/job-evidence';
import type { JobFacts } from '../evidence/job-facts';
import { createReadableTime } from '../evidence/readable-time';
import type { Clock } from '../tasks/ports';
import { requestedStops } from '../evidence/requested-stops';
import { followRunList, type ListChange } from '../reading/run-list';
import { endInstant, wentOnAt } from '../run/attempts';
import { isTerminalStatus, latestStatus } from '../run/run-state';
import { seeHistory } from '../run/seen-ends';
import type { Reachability } from './outage';
import { afterSilence, asRescaleError, isNotFound, noRunListError, noAnswerError } from './round-trouble';

/** While runs compute, every so many rounds the job's status is read as well. */
const STATUS_EVERY = 4;
/** A job is believed not to exist when the platform says so at so many rounds in a row. */
export const CONFIRMATIONS = 3;

/** Weight of the newest round in the mean of what rounds cost. */
const COST_WEIGHT = 1 / 4;
/** Statuses answer 504 at random (docs/platform.md); the list of runs does not wait longer (ms) for them. */
const STATUS_PATIENCE = 30_000;

/** One job, followed round by round. Instants are of the monotonic clock, ms. */
export interface JobTracker {
  /** The last good reading, null before the first. */
  readonly reading: JobReading | null;
  /** When something last moved. */
  readonly movedAt: number;
  /** Rounds that were begun. */
  readonly rounds: number;
  /** Rounds that failed in a row. */
  readonly failures: number;
  /** Requests that a good round takes (moving mean): some of them read more than others. */
  readonly cost: number;
  /** The job has ended and its outcomes are told. */
  readonly over: boolean;
  readonly evidence: JobEvidence;
  /** Tells the listener how things are known to be. */
  publish(): void;
  /** Reads what may have changed. Never rejects; what came of it is published. */
  round(signal: AbortSignal): Promise<void>;
}

export interface JobListener {
  onReading(reading: JobReading): void;
  /** Null when it is over. Called at each failing round. */
  onTrouble(trouble: Trouble | null): void;
}

export function trackJob(
  client: RescaleClient,
  jobId: string,
  clock: Clock,
  reachability: Reachability,
  listener: JobListener,
): JobTracker {
  const list = followRunList(client, jobId, clock);
  let statuses: JobStatus[] | null = null;
  let statusesAt = -Infinity;
  let statusesUnderWay: { begun: number; done: Promise<void> } | null = null;
  let rounds = 0;
  /** The round that the last reading comes from. */
  let readRound = 0;
  let roundsSinceStatus = 0;
  let terminalReadings = 0;
  /** The end that they found, by the platform's clock, ms since the epoch. */
  let jobEnd = NaN;
  let listedSinceTerminal = false;
  /** Rounds in a row at which there was no such job. */
  let missing = 0;
  let refusal: RescaleError | null = null;
  let jobKnown = false;
  /** The job exists and its list of runs does not. */
  let unlisted = false;
  /** The last 404 of the list of runs. */
  let notListed: RescaleError | null = null;
  let reading: JobReading | null = null;
  let trouble: Trouble | null = null;
  let movedAt = clock.monotonic();
  let failures = 0;
  let cost = 1;

  const facts: JobFacts = {
    runs: list.runs,
    get complete() {
      return list.complete || unlisted;
    },
    get statuses() {
      return statuses;
    },
    get statusesAt() {
      return statusesAt;
    },
    readable: createReadableTime(clock),
    async readStatuses(options, since) {
      const underWay = statusesUnderWay;
      await (underWay && underWay.begun >= since ? underWay.done : readStatuses(options));
    },
    readRuns: async (options) => void (await readRuns(options)),
  };
  const evidence = createJobEvidence(client, jobId, facts, requestedStops(client), clock);

  function publish(): void {
    reading = {
      jobId,
      platformNow: client.platformNow(),
      round: readRound,
      runs: list.runs,
      complete: list.complete || unlisted,
      unread: list.unread,
      gone: list.gone,
      statuses,
      terminalReadings,
      listedSinceTerminal,
      missing,
      jobGone: missing >= CONFIRMATIONS,
      notFound: missing > 0 ? refusal : null,
      outcomes: evidence.outcomes,
      filesListed: evidence.filesListed,
    };
    listener.onReading(reading);
  }

  async function readRuns(options: CallOptions, everything = false): Promise<ListChange> {
    const change = await list.read(options, everything);
    facts.readable.answered();
    unlisted = false;
    if (change.moved) movedAt = clock.monotonic();
    for (const runId of change.restarted) evidence.forget(runId);
    return change;
  }

  /**
   * Runs may not be listed before the job executes, nor in a job that never did (docs/platform.md): then a
   * 404 of the list means no runs, as long as the job's status can be read. Null is that 404.
   */
  async function readRunsIfListed(options: CallOptions, everything: boolean): Promise<ListChange | null> {
    try {
      return await readRuns(options, everything);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      notListed = error;
      return null;
    }
  }

  async function readStatuses(options: CallOptions): Promise<void> {
    const begun = clock.monotonic();
    const underWay = { begun, done: takeStatuses(begun, options) };
    statusesUnderWay = underWay;
    try {
      await underWay.done;
    } finally {
      if (statusesUnderWay === underWay) statusesUnderWay = null;
    }
  }

  async function takeStatuses(begun: number, options: CallOptions): Promise<void> {
    const rows = await client.listJobStatuses(jobId, options);
    facts.readable.answered();
    // A history does not become empty again; right after the submission it may be (docs/platform.md).
    if (rows.length > 0 || statuses === null) statuses = rows;
    for (const run of list.runs.values()) if (seeHistory(client, jobId, run, rows)) evidence.forget(run.id);
    statusesAt = begun;
  }

  const notOver = () => void ([terminalReadings, listedSinceTerminal] = [0, false]);

  /** The status as part of a round: counts terminal readings, and lists again what a terminal status may have ended. */
  async function readStatusRound(options: CallOptions, listed: boolean): Promise<void> {
    try {
      const read = (signal: AbortSignal) => readStatuses({ ...options, signal }).then(() => true);
      const inTime = await pollOnce(read, STATUS_PATIENCE, { clock, signal: options.signal });
      const values = { platform: client.origin, seconds: STATUS_PATIENCE / 1000 };
      if (!inTime) throw new RescaleError('RESCALE_TIMEOUT', 'timeout', values);
    } catch (error) {
      // A job whose runs are listed exists, whatever its history answers.
      if (listed && isNotFound(error)) return;
      throw error;
    }
    roundsSinceStatus = 0;
    const latest = latestStatus(statuses ?? []);
    // Another end than before was found once, and the runs were listed before it.
    if (wentOnAt(statuses ?? [], jobEnd) !== null) notOver();
    if (!latest || !isTerminalStatus(latest.status)) return notOver();
    jobEnd = endInstant(latest, client.platformNow());
    terminalReadings += 1;
    if (terminalReadings === 1) movedAt = clock.monotonic();
    if (listedSinceTerminal) return;
    await readRunsIfListed(options, true);
    listedSinceTerminal = true;
  }

  function needsStatus(ended: boolean): boolean {
    const latest = latestStatus(statuses ?? []);
    if (ended || !latest || roundsSinceStatus >= STATUS_EVERY) return true;
    // The rounds of a job that is over are few, and one that goes on may show it by its status alone.
    if (isTerminalStatus(latest.status)) return terminalReadings < 2 || roundsSinceStatus >= 2;
    return ![...list.runs.values()].some((run) => run.dateStarted && !run.dateCompleted);
  }

  async function readEverything(round: number, options: CallOptions): Promise<void> {
    roundsSinceStatus += 1;
    // The second terminal reading must come with a list of its own that leaves nothing out.
    const change = await readRunsIfListed(options, terminalReadings === 1);
    if (change) {
      // A run without an end is over only as long as its job is, and such a one says that it is not.
      if (change.goesOn) notOver();
      known(round);
      publish();
      if (!needsStatus(change.ended)) return;
    }
    await readStatusRound(options, change !== null);
    known(round);
    // A job that exists and does not list the runs it had is odd, and no news.
    if (!change && list.runs.size > 0) throw noRunListError(client.origin, notListed);
    unlisted = change === null;
    publish();
  }

  function known(round: number): void {
    readRound = round;
    jobKnown = true;
    missing = 0;
    failures = 0;
    reachability.reached = true;
  }

  /** The one way to say that there is trouble, or none any more. */
  function tellTrouble(error: RescaleError | null): void {
    if (error === null && trouble === null) return;
    const since = trouble?.since ?? clock.monotonic();
    trouble = error && { error, since, neverReached: !reachability.reached };
    listener.onTrouble(trouble);
  }

  /** The platform says that there is no such job. That is an answer: whatever trouble there was is over. */
  function notFound(round: number, error: RescaleError): void {
    readRound = round;
    missing += 1;
    refusal = error;
    reachability.reached = true;
    if (missing >= CONFIRMATIONS) failures += 1;
    tellTrouble(missing < CONFIRMATIONS && jobKnown ? error : null);
    publish();
  }

  return {
    get reading() {
      return reading;
    },
    get movedAt() {
      return movedAt;
    },
    get rounds() {
      return rounds;
    },
    get failures() {
      return failures;
    },
    get cost() {
      return cost;
    },
    get over() {
      return reading !== null && hasJobEnded(reading) && terminalReadings >= 2 && evidence.settled;
    },
    evidence,
    publish,
    async round(signal) {
      rounds += 1;
      const round = rounds;
      const trace: CallTrace = { attempts: 0, status: null };
      const answered = new AbortController();
      afterSilence(clock, answered.signal, () => {
        // Whether it hangs, or waits for its turn behind others that do: a person should not take this for a quiet job.
        const isSilent = readRound !== round && client.budget.pausedUntil === null;
        if (isSilent && !signal.aborted) tellTrouble(noAnswerError(client.origin));
      });
      try {
        // What never worked is told at its first failure, not when the patience with it is over.
        await readEverything(round, { signal, priority: 'poll', trace, once: !reachability.reached });
        cost += COST_WEIGHT * (Math.max(1, trace.attempts) - cost);
        tellTrouble(null);
      } catch (error) {
        if (signal.aborted) return;
        if (isNotFound(error)) return notFound(round, error);
        if (readRound !== round) failures += 1;
        tellTrouble(asRescaleError(error));
      } finally {
        answered.abort(CALLED_OFF);
      }
    },
  };
}
