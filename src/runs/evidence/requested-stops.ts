import type { RescaleClient } from '../../api/client/client';
import type { Run } from '../../api/client/types';
import { inBackground } from '../../api/errors/guard';
import type { Budget } from '../../api/limits/budget';
import { instant } from '../run/run-state';
import { formerEnd } from '../run/seen-ends';
import { awaitAtMost } from '../tasks/poll-until';
import type { TaskContext } from '../tasks/task-context';

/**
 * A stop that was asked for: when, by the platform's time of day; and, once it is known, when the run that it was meant for had
 * started. Both ms since the epoch.
 */
type RequestedStop = number | { at: number; started: number };

/** The stops of a job by the ids of its runs. */
export type StopsOfJob = Record<string, RequestedStop>;

/** Where stops outlive this process. */
interface StopKeeper {
  /** Replaces what is kept of a job. Resolves when it is on disk, or when that can't be; never rejects. */
  keep(jobId: string, stops: StopsOfJob): Promise<void>;
  drop(jobId: string): Promise<void>;
}

/** A run that is asked to stop, as far as it is known. */
interface StoppedRun {
  id: string;
  dateStarted?: string | null;
  /** When it ended before it began anew (ms), where that was seen: a stop before that was meant for that end. */
  formerEnd?: number | null;
}

/** Which runs this Node-RED asked to stop, so that their end is told as a stop and not as a failure. */
export interface RequestedStops {
  /**
   * A stop of runs that have not been seen ended is being sent. They are known at once; resolves when they are known after
   * a restart as well, or can't be. What is known of the runs helps to tell them from what begins anew under their ids.
   */
  note(jobId: string, runs: readonly StoppedRun[], at: number): Promise<void>;
  /** What time it was on the platform became known only with an answer: stops noted for `at` were asked for at `actual`. */
  correct(jobId: string, runIds: readonly string[], at: number, actual: number): void;
  /** The platform refused it. */
  forget(jobId: string, runId: string): void;
  /**
   * False for a run that began anew after it was stopped, and for one that had ended before. The first end that is asked about is the one the stop was meant for,
   * where nobody knew when the run had started.
   */
  has(
    jobId: string,
    runId: string,
    run: (Pick<Run, 'dateStarted'> & Partial<Pick<Run, 'dateCompleted'>>) | null,
    /** When it ended before it began anew (ms), where that was seen: its start may not have changed. */
    formerEnd?: number | null,
  ): boolean;
  /** What was kept before this process began. What is known of a job already stays. */
  recall(jobId: string, stops: StopsOfJob): void;
  /** From now on stops are kept there, until the function that is returned is called. */
  keepIn(keeper: StopKeeper): () => void;
}

/** Jobs, and runs of one, far more than end within any wait for their outcome. */
const JOBS_REMEMBERED = 1_000;
const RUNS_REMEMBERED = 10_000;
/** A run that starts so long (ms) after it was asked to stop is begun anew; before that the platform was starting it. */
const STARTING = 600_000;

/** Starts that differ by less (ms) are one, written with another precision. */
const PRECISION = 1_000;

/** An end that is dated earlier than its stop by more than this (ms) is not the stop's; the platform's own clocks differ by less. */
const CLOCKS_APART = 10_000;

/** A stop waits so long (ms) for a slow disk, and no longer. */
const LONGEST_WRITE = 1_000;

const ledgers = new WeakMap<Budget, RequestedStops>();

/** One ledger for all who share a key on a platform, which is to say a budget. It lives as long as that does. */
export function requestedStops({ budget }: Pick<RescaleClient, 'budget'>): RequestedStops {
  let ledger = ledgers.get(budget);
  if (!ledger) {
    ledger = createLedger();
    ledgers.set(budget, ledger);
  }
  return ledger;
}

/**
 * Before a stop is sent: the runs may be seen ended by others when its answer comes, or by the next process. What is returned is
 * to be called once the platform has answered, which may be the first to say what time it is there.
 */
export async function noteStop(
  client: RescaleClient,
  jobId: string,
  runs: readonly StoppedRun[],
  { clock }: Pick<TaskContext, 'clock'>,
): Promise<() => void> {
  const ledger = requestedStops(client);
  const [at, begun] = [client.platformNow(), clock.monotonic()];
  const noted = runs.map(({ id, dateStarted = null }) => ({
    id,
    dateStarted,
    formerEnd: formerEnd(client, jobId, { id, dateStarted, dateCompleted: null }),
  }));
  await awaitAtMost(ledger.note(jobId, noted, at), LONGEST_WRITE, clock);
  const runIds = runs.map(({ id }) => id);
  return () => ledger.correct(jobId, runIds, at, client.platformNow() - (clock.monotonic() - begun));
}

function createLedger(): RequestedStops {
  /** The job that was stopped last is the last one. */
  const jobs = new Map<string, Map<string, RequestedStop>>();
  const keepers = new Set<StopKeeper>();

  /** Any keeper will do: those of one platform write to one place. */
  async function keep(jobId: string): Promise<void> {
    const [keeper] = keepers;
    const stops = jobs.get(jobId);
    if (stops && stops.size > 0) await keeper?.keep(jobId, Object.fromEntries(stops));
    else await keeper?.drop(jobId);
  }

  function put(jobId: string, stops: Iterable<[runId: string, stop: RequestedStop]>): void {
    const known = jobs.get(jobId) ?? new Map<string, RequestedStop>();
    jobs.delete(jobId);
    jobs.set(jobId, known);
    for (const [runId, stop] of stops) known.set(runId, stop);
    for (const oldest of known.keys()) {
      if (known.size <= RUNS_REMEMBERED) break;
      known.delete(oldest);
    }
  }

  return {
    async note(jobId, runs, at) {
      const known = jobs.get(jobId);
      put(
        jobId,
        runs.map(({ id, dateStarted, formerEnd = null }) => {
          const before = known?.get(id);
          const isOver = before !== undefined && formerEnd !== null && askedAt(before) <= formerEnd;
          return [id, firstOf(isOver ? undefined : before, stopOf(at, instant(dateStarted)))];
        }),
      );
      const tooMany = [...jobs.keys()].slice(0, Math.max(0, jobs.size - JOBS_REMEMBERED));
      for (const oldest of tooMany) jobs.delete(oldest);
      await Promise.all([jobId, ...tooMany].map(keep));
    },
    correct(jobId, runIds, at, actual) {
      if (Math.abs(actual - at) <= PRECISION) return;
      const known = jobs.get(jobId);
      const wrong = runIds.flatMap((runId) => {
        const stop = known?.get(runId);
        return stop !== undefined && askedAt(stop) === at ? [[runId, movedTo(stop, actual)] as const] : [];
      });
      if (wrong.length === 0) return;
      put(
        jobId,
        wrong.map(([runId, stop]) => [runId, stop]),
      );
      inBackground(keep(jobId));
    },
    forget(jobId, runId) {
      if (jobs.get(jobId)?.delete(runId)) inBackground(keep(jobId));
    },
    has(jobId, runId, run, formerEnd = null) {
      const stop = jobs.get(jobId)?.get(runId);
      if (stop === undefined) return false;
      if (instant(run?.dateCompleted) < askedAt(stop) - CLOCKS_APART) return false;
      if (formerEnd !== null && askedAt(stop) <= formerEnd) return false;
      const started = instant(run?.dateStarted);
      if (typeof stop === 'object') return !(Math.abs(started - stop.started) > PRECISION);
      if (started > stop + STARTING) return false;
      if (run?.dateCompleted && !Number.isNaN(started)) {
        put(jobId, [[runId, stopOf(stop, started)]]);
        inBackground(keep(jobId));
      }
      return true;
    },
    recall(jobId, stops) {
      if (!jobs.has(jobId)) put(jobId, Object.entries(stops));
    },
    keepIn(keeper) {
      keepers.add(keeper);
      return () => void keepers.delete(keeper);
    },
  };
}

function stopOf(at: number, started: number): RequestedStop {
  return Number.isNaN(started) ? at : { at, started };
}

/** What is stopped twice ended by the first stop, unless it began anew in between. */
function firstOf(known: RequestedStop | undefined, now: RequestedStop): RequestedStop {
  if (known === undefined || askedAt(known) > askedAt(now)) return now;
  if (typeof now === 'number') return known;
  const isSame =
    typeof known === 'number'
      ? now.started <= known + STARTING
      : Math.abs(now.started - known.started) <= PRECISION;
  return isSame ? { at: askedAt(known), started: now.started } : now;
}

function movedTo(stop: RequestedStop, at: number): RequestedStop {
  return typeof stop === 'number' ? at : { ...stop, at };
}

/** When it was asked for, ms since the epoch. */
export function askedAt(stop: RequestedStop): number {
  return typeof stop === 'number' ? stop : stop.at;
}
