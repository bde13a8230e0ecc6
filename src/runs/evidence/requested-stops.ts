import type { RescaleClient } from '../../api/client/client';
import type { Run } from '../../api/client/types';
import { inBackground } from '../../api/errors/guard';
import type { Budget } from '../../api/limits/budget';
import type { OutcomeFacts } from '../run/outcome';
import { DATE_PRECISION, instant } from '../run/run-state';

/**
 * A stop that was asked for: when, by the platform's time of day; and, once it is known, when the run that it was meant for had
 * started. Both ms since the epoch. `unanswered`: it is not known that it arrived. `inProgress`: the run was read right before, and had
 * no end.
 */
type RequestedStop = number | { at: number; started?: number; unanswered?: true; inProgress?: true };

/** The stops of a job by the ids of its runs. */
export type StopsOfJob = Record<string, RequestedStop>;

/** Where stops outlive this process. */
interface StopKeeper {
  /** Replaces what is kept of a job. Resolves when it is on disk, or when that can't be; never rejects. */
  keep(jobId: string, stops: StopsOfJob): Promise<void>;
  drop(jobId: string): Promise<void>;
}

/** A run that is asked to stop, as far as it is known. */
export interface StoppedRun {
  id: string;
  dateStarted?: string | null;
  /** Left out where it was not read right before the stop. */
  dateCompleted?: string | null;
  /** When it ended before it began anew (ms), where that was seen: a stop before that was meant for that end. */
  formerEnd?: number | null;
}

type StopEvidence = Pick<OutcomeFacts, 'stopRequested' | 'stopDoubtful'>;
/** When a run ended before it began anew (ms), where that was seen: its start may not have changed. */
type FormerEnd = number | null;
type DatesOfRun = Pick<Run, 'dateStarted'> & Partial<Pick<Run, 'dateCompleted'>>;

/** Which runs this Node-RED asked to stop, so that their end is told as a stop and not as a failure. */
export interface RequestedStops {
  /**
   * A stop of runs that have not been seen ended is being sent. They are known at once; resolves when they are known after
   * a restart as well, or can't be. What is known of the runs helps to tell them from what begins anew under their ids.
   * Until it has `arrived`, was `lost` or is forgotten it is on its way, and an end is taken for its doing.
   */
  note(jobId: string, runs: readonly StoppedRun[], at: number): Promise<void>;
  /** What time it was on the platform became known only with an answer: stops noted for `at` were asked for at `actual`. What they are noted for now. */
  correct(jobId: string, runIds: readonly string[], at: number, actual: number): number;
  /** The platform has taken stops noted for `at`. */
  arrived(jobId: string, runIds: readonly string[], at: number): void;
  /** Nobody will know any more whether it has. */
  lost(jobId: string, runIds: readonly string[]): void;
  /** The platform refused it. What was known before it holds again. */
  forget(jobId: string, runId: string, before?: RequestedStop): void;
  /** What is known of a run. */
  noted(jobId: string, runId: string): RequestedStop | undefined;
  /**
   * False for a run that began anew after it was stopped, and for one that had ended before. The first end that is asked about is the one the stop was meant for,
   * where nobody knew when the run had started. False as well for an end so long after a stop that may not have arrived that it did not.
   */
  has(jobId: string, runId: string, run: DatesOfRun | null, formerEnd?: FormerEnd): boolean;
  /** The same as a fact about the run's end; doubtful when the answer to the stop was lost, so that the end may be another's doing. */
  evidence(jobId: string, runId: string, run: DatesOfRun | null, formerEnd?: FormerEnd): StopEvidence;
  /** What was kept before this process began. What is known of a job already stays. */
  recall(jobId: string, stops: StopsOfJob): void;
  /** The same of a job that was stopped meanwhile: of the other runs. All that is known of it now, where that is more than before. */
  complete(jobId: string, stops: StopsOfJob): StopsOfJob | null;
  /** All that is known, by job. */
  all(): [jobId: string, stops: StopsOfJob][];
  /** From now on stops are kept there, until the function that is returned is called. */
  keepIn(keeper: StopKeeper): () => void;
}

/** Jobs, and runs of one, far more than end within any wait for their outcome. */
const JOBS_REMEMBERED = 1_000;
const RUNS_REMEMBERED = 10_000;
/** A run that starts so long (ms) after it was asked to stop is begun anew; before that the platform was starting it. */
const STARTING = 600_000;

/** An end that is dated earlier than its stop by more than this (ms) is not the stop's; the platform's own clocks differ by less. */
const CLOCKS_APART = 10_000;
/** One that was seen in progress had not ended, whatever the clocks say: those of gateways differ by up to so much (ms). */
const GATEWAYS_APART = 300_000;

/** A run that goes on for longer (ms) was not reached by a stop: killed processes end in seconds, the upload of their outputs takes minutes. */
const LONGEST_STOPPING = 3_600_000;

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

function createLedger(): RequestedStops {
  /** The job that was stopped last is the last one. */
  const jobs = new Map<string, Map<string, RequestedStop>>();
  const keepers = new Set<StopKeeper>();
  /** How many stops of a run are on their way. */
  const underWay = new Map<string, number>();

  const placeOf = (jobId: string, runId: string) => JSON.stringify([jobId, runId]);

  function countUnderWay(jobId: string, runIds: readonly string[], change: 1 | -1): void {
    for (const place of runIds.map((runId) => placeOf(jobId, runId))) {
      const left = (underWay.get(place) ?? 0) + change;
      if (left > 0) underWay.set(place, left);
      else underWay.delete(place);
    }
  }

  /** Replaces those of the runs that `changed` gives another stop for, here and where they are kept. */
  function change(
    jobId: string,
    runIds: readonly string[],
    changed: (stop: RequestedStop) => RequestedStop | null,
  ): void {
    const known = jobs.get(jobId);
    const stops = runIds.flatMap((runId) => {
      const stop = known?.get(runId);
      const now = stop === undefined ? null : changed(stop);
      return now === null ? [] : [[runId, now] as const];
    });
    if (stops.length === 0) return;
    put(jobId, stops);
    inBackground(keep(jobId));
  }

  /** Any keeper will do: those of one platform write to one place. */
  async function keep(jobId: string): Promise<void> {
    const [keeper] = keepers;
    const stops = jobs.get(jobId);
    if (stops && stops.size > 0) await keeper?.keep(jobId, Object.fromEntries(stops));
    else await keeper?.drop(jobId);
  }

  function put(jobId: string, stops: Iterable<readonly [runId: string, stop: RequestedStop]>): void {
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
        runs.map(({ id, dateStarted, dateCompleted, formerEnd = null }) => {
          const before = known?.get(id);
          const isOver = before !== undefined && formerEnd !== null && askedAt(before) <= formerEnd;
          return [
            id,
            firstOf(
              isOver ? undefined : before,
              sentAt(at, instant(dateStarted), Boolean(dateStarted) && dateCompleted === null),
            ),
          ];
        }),
      );
      countUnderWay(
        jobId,
        runs.map(({ id }) => id),
        1,
      );
      const tooMany = [...jobs.keys()].slice(0, Math.max(0, jobs.size - JOBS_REMEMBERED));
      for (const oldest of tooMany) jobs.delete(oldest);
      await Promise.all([jobId, ...tooMany].map(keep));
    },
    correct(jobId, runIds, at, actual) {
      if (Math.abs(actual - at) <= DATE_PRECISION) return at;
      change(jobId, runIds, (stop) => (askedAt(stop) === at ? { ...partsOf(stop), at: actual } : null));
      return actual;
    },
    arrived(jobId, runIds, at) {
      countUnderWay(jobId, runIds, -1);
      // A later one that is still on its way has nothing to add.
      change(jobId, runIds, (stop) => {
        const { unanswered, ...parts } = partsOf(stop);
        return unanswered && askedAt(stop) >= at ? { ...parts, at } : null;
      });
    },
    lost(jobId, runIds) {
      countUnderWay(jobId, runIds, -1);
    },
    forget(jobId, runId, before) {
      countUnderWay(jobId, [runId], -1);
      if (before !== undefined) change(jobId, [runId], () => before);
      else if (jobs.get(jobId)?.delete(runId)) inBackground(keep(jobId));
    },
    noted: (jobId, runId) => jobs.get(jobId)?.get(runId),
    has(jobId, runId, run, formerEnd = null) {
      const stop = jobs.get(jobId)?.get(runId);
      if (stop === undefined) return false;
      const { at, started: meant, unanswered, inProgress } = partsOf(stop);
      const completed = instant(run?.dateCompleted);
      if (completed < at - (inProgress ? GATEWAYS_APART : CLOCKS_APART)) return false;
      if (unanswered && completed > at + LONGEST_STOPPING) return false;
      if (formerEnd !== null && at <= formerEnd) return false;
      const started = instant(run?.dateStarted);
      if (meant !== undefined) return !(Math.abs(started - meant) > DATE_PRECISION);
      if (started > at + STARTING) return false;
      if (run?.dateCompleted && !Number.isNaN(started)) {
        change(jobId, [runId], () => ({ ...partsOf(stop), started }));
      }
      return true;
    },
    evidence(jobId, runId, run, formerEnd) {
      const stop = jobs.get(jobId)?.get(runId);
      const unanswered = stop !== undefined && Boolean(partsOf(stop).unanswered);
      return {
        stopRequested: this.has(jobId, runId, run, formerEnd),
        stopDoubtful: unanswered && !underWay.has(placeOf(jobId, runId)),
      };
    },
    recall(jobId, stops) {
      if (!jobs.has(jobId)) put(jobId, Object.entries(stops));
    },
    complete(jobId, stops) {
      const known = jobs.get(jobId);
      const further = Object.entries(stops).filter(([runId]) => !known?.has(runId));
      if (!known || further.length === 0) return null;
      put(jobId, further);
      return Object.fromEntries(known);
    },
    all: () => [...jobs].map(([jobId, stops]) => [jobId, Object.fromEntries(stops)]),
    keepIn(keeper) {
      keepers.add(keeper);
      return () => void keepers.delete(keeper);
    },
  };
}

interface Parts {
  at: number;
  started?: number;
  unanswered?: true;
  inProgress?: true;
}

function partsOf(stop: RequestedStop): Parts {
  return typeof stop === 'number' ? { at: stop } : stop;
}

function sentAt(at: number, started: number, inProgress: boolean): Parts {
  return {
    at,
    ...(!Number.isNaN(started) && { started }),
    unanswered: true,
    ...(inProgress && { inProgress }),
  };
}

/** What is stopped twice ended by the first stop that arrived, unless it began anew in between. */
function firstOf(known: RequestedStop | undefined, now: Parts): RequestedStop {
  if (known === undefined || askedAt(known) > now.at) return now;
  const { at, started, unanswered, inProgress } = partsOf(known);
  const isSame =
    now.started === undefined ||
    (started === undefined
      ? now.started <= at + STARTING
      : Math.abs(now.started - started) <= DATE_PRECISION);
  if (!isSame) return now;
  const seen = unanswered ? now.inProgress : inProgress;
  const same = { started: now.started ?? started, ...(seen && { inProgress: seen }) };
  return unanswered ? { ...now, ...same } : { at, ...same };
}

/** When it was asked for, ms since the epoch. */
export function askedAt(stop: RequestedStop): number {
  return partsOf(stop).at;
}
