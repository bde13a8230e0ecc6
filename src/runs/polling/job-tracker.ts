import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { JobStatus } from '../../api/client/types';
import { hasJobEnded, type JobReading, type Trouble } from '../run/job-reading';
import { lookOnce } from '../work/polling';
import { createOutcomeDesk, type JobFacts, type OutcomeDesk } from '../evidence/outcome-desk';
import type { Clock } from '../work/ports';
import { requestedStops } from '../evidence/requested-stops';
import { followRunList } from '../reading/run-list';
import { isTerminalStatus, latestStatus } from '../run/run-state';

/** While runs compute, every so many rounds the job's status is read as well. */
const STATUS_EVERY = 4;
/** A job is believed not to exist when the platform says so at so many rounds in a row. */
const BELIEVED = 3;

/** Statuses answer 504 at random (rescale-platform.md 1.7); the list of runs does not wait longer (ms) for them. */
const STATUS_PATIENCE = 30_000;

/** One job, followed round by round. */
export interface JobTracker {
  /** The last good reading, null before the first. */
  readonly reading: JobReading | null;
  readonly trouble: Trouble | null;
  /** When something last moved, ms since the epoch. */
  readonly movedAt: number;
  /** Rounds that failed in a row. */
  readonly failures: number;
  /** The job has ended and its outcomes are told. */
  readonly over: boolean;
  readonly desk: OutcomeDesk;
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
  listener: JobListener,
): JobTracker {
  const list = followRunList(client, jobId);
  let statuses: JobStatus[] | null = null;
  let statusesAt = -Infinity;
  let rounds = 0;
  let roundsSinceStatus = 0;
  let terminalReadings = 0;
  let listedSinceTerminal = false;
  let notFound = 0;
  let refusal: RescaleError | null = null;
  let jobKnown = false;
  /** The job exists and its list of runs does not. */
  let unlisted = false;
  /** The last 404 of the list of runs. */
  let notListed: RescaleError | null = null;
  let reading: JobReading | null = null;
  let trouble: Trouble | null = null;
  let movedAt = clock.now();
  let failures = 0;

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
    readStatuses: (options) => readStatuses(options),
    readRuns: async (options) => void (await readRuns(options)),
  };
  const desk = createOutcomeDesk(client, jobId, facts, requestedStops(client), clock);

  function publish(): void {
    reading = {
      jobId,
      at: clock.now(),
      round: rounds,
      runs: list.runs,
      complete: list.complete || unlisted,
      gone: list.gone,
      statuses,
      terminalReadings,
      listedSinceTerminal,
      jobGone: notFound >= BELIEVED,
      notFound: notFound > 0 ? refusal : null,
      outcomes: desk.outcomes,
      filesReady: desk.filesReady,
    };
    listener.onReading(reading);
  }

  async function readRuns(options: CallOptions, everything = false) {
    const change = await list.read(options, everything);
    unlisted = false;
    if (change.moved) movedAt = clock.now();
    return change;
  }

  /**
   * Runs may not be listed before the job executes, nor in a job that never did (rescale-platform.md 2.1): then a
   * 404 of the list means no runs, as long as the job's status can be read. Null is that 404.
   */
  async function readRunsIfListed(options: CallOptions, everything: boolean) {
    try {
      return await readRuns(options, everything);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      notListed = error;
      return null;
    }
  }

  async function readStatuses(options: CallOptions): Promise<void> {
    const rows = await client.listJobStatuses(jobId, options);
    // A history does not become empty again; right after the submission it may be (rescale-platform.md 4, 9).
    if (rows.length > 0 || statuses === null) statuses = rows;
    statusesAt = clock.now();
  }

  /** The status as part of a round: counts terminal readings, and lists again what a terminal status may have ended. */
  async function readStatusRound(options: CallOptions, listed: boolean): Promise<void> {
    try {
      const read = (signal: AbortSignal) => readStatuses({ ...options, signal }).then(() => true);
      const inTime = await lookOnce(read, STATUS_PATIENCE, { clock, signal: options.signal });
      if (!inTime) throw timeout(client.origin, STATUS_PATIENCE);
    } catch (error) {
      // A job whose runs are listed exists, whatever its history answers.
      if (listed && isNotFound(error)) return;
      throw error;
    }
    roundsSinceStatus = 0;
    const latest = latestStatus(statuses ?? []);
    if (!latest || !isTerminalStatus(latest.status)) {
      terminalReadings = 0;
      listedSinceTerminal = false;
      return;
    }
    terminalReadings += 1;
    if (terminalReadings === 1) movedAt = clock.now();
    if (listedSinceTerminal) return;
    await readRunsIfListed(options, true);
    listedSinceTerminal = true;
  }

  function needsStatus(ended: boolean): boolean {
    const latest = latestStatus(statuses ?? []);
    if (ended || !latest || roundsSinceStatus >= STATUS_EVERY) return true;
    if (isTerminalStatus(latest.status)) return terminalReadings < 2;
    return ![...list.runs.values()].some((run) => run.dateStarted && !run.dateCompleted);
  }

  async function readEverything(options: CallOptions): Promise<void> {
    rounds += 1;
    roundsSinceStatus += 1;
    // The second terminal reading must come with a list of its own that leaves nothing out.
    const change = await readRunsIfListed(options, terminalReadings === 1);
    if (change) {
      known();
      publish();
      if (!needsStatus(change.ended)) return;
    }
    await readStatusRound(options, change !== null);
    known();
    // A job that exists and does not list the runs it had is odd, and no news.
    if (!change && list.runs.size > 0) throw oddAnswer(client.origin, notListed);
    unlisted = change === null;
    publish();
  }

  function known(): void {
    jobKnown = true;
    notFound = 0;
    failures = 0;
  }

  function fail(error: RescaleError): void {
    trouble = { error, since: trouble?.since ?? clock.now() };
    listener.onTrouble(trouble);
  }

  return {
    get reading() {
      return reading;
    },
    get trouble() {
      return trouble;
    },
    get movedAt() {
      return movedAt;
    },
    get failures() {
      return failures;
    },
    get over() {
      return reading !== null && hasJobEnded(reading) && terminalReadings >= 2 && desk.due(0) === null;
    },
    desk,
    publish,
    async round(signal) {
      const before = reading;
      try {
        await readEverything({ signal, priority: 'poll' });
        if (trouble) listener.onTrouble((trouble = null));
      } catch (error) {
        if (signal.aborted) return;
        if (isNotFound(error)) return missing(error);
        if (reading === before) failures += 1;
        fail(asRescaleError(error));
      }
    },
  };

  function missing(error: RescaleError): void {
    notFound += 1;
    refusal = error;
    if (notFound >= BELIEVED) {
      failures += 1;
      trouble = null;
      publish();
    } else if (jobKnown) fail(error);
  }
}

function timeout(platform: string, milliseconds: number): RescaleError {
  return new RescaleError('RESCALE_TIMEOUT', 'timeout', { platform, seconds: milliseconds / 1000 });
}

function oddAnswer(platform: string, error: RescaleError | null): RescaleError {
  return new RescaleError(
    'RESCALE_PROTOCOL',
    'protocol',
    { platform, reason: { key: 'reason-no-run-list' } },
    error?.statusCode,
  );
}

function isNotFound(error: unknown): error is RescaleError {
  return isRescaleError(error) && error.code === 'RESCALE_NOT_FOUND';
}

function asRescaleError(error: unknown): RescaleError {
  if (isRescaleError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new RescaleError('RESCALE_PROTOCOL', 'unexpected', { reason });
}
