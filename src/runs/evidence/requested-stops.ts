import type { RescaleClient } from '../../api/client/client';
import type { Run } from '../../api/client/types';
import { inBackground } from '../../api/errors/guard';
import type { Budget } from '../../api/limits/budget';
import { instant } from '../run/run-state';
import { awaitAtMost } from '../work/polling';
import type { Work } from '../work/work';

/** When each run of a job was asked to stop, by its id: the platform's time of day, ms since the epoch. */
export type StopsOfJob = Record<string, number>;

/** Where stops outlive this process. */
export interface StopKeeper {
  /** Replaces what is kept of a job. Resolves when it is on disk, or when that can't be; never rejects. */
  keep(jobId: string, stops: StopsOfJob): Promise<void>;
  drop(jobId: string): Promise<void>;
}

/** Which runs this Node-RED asked to stop, so that their end is told as a stop and not as a failure. */
export interface RequestedStops {
  /**
   * A stop of runs that have not been seen ended is being sent. They are known at once; resolves when they are known after
   * a restart as well, or can't be.
   */
  note(jobId: string, runIds: readonly string[], at: number): Promise<void>;
  /** The platform refused it. */
  forget(jobId: string, runId: string): void;
  /** False for a run that began anew after it was stopped. */
  has(jobId: string, runId: string, run: Pick<Run, 'dateStarted'> | null): boolean;
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

/** Before a stop is sent: the runs may be seen ended by others when its answer comes, or by the next process. */
export async function noteStop(
  client: RescaleClient,
  jobId: string,
  runIds: readonly string[],
  { clock }: Pick<Work, 'clock'>,
): Promise<void> {
  const kept = requestedStops(client).note(jobId, runIds, client.platformNow());
  await awaitAtMost(kept, LONGEST_WRITE, clock);
}

function createLedger(): RequestedStops {
  /** The job that was stopped last is the last one. */
  const jobs = new Map<string, Map<string, number>>();
  const keepers = new Set<StopKeeper>();

  /** Any keeper will do: those of one platform write to one place. */
  async function keep(jobId: string): Promise<void> {
    const [keeper] = keepers;
    const stops = jobs.get(jobId);
    if (stops && stops.size > 0) await keeper?.keep(jobId, Object.fromEntries(stops));
    else await keeper?.drop(jobId);
  }

  function put(jobId: string, stops: Iterable<[runId: string, at: number]>): void {
    const known = jobs.get(jobId) ?? new Map<string, number>();
    jobs.delete(jobId);
    jobs.set(jobId, known);
    for (const [runId, at] of stops) known.set(runId, at);
    for (const oldest of known.keys()) {
      if (known.size <= RUNS_REMEMBERED) break;
      known.delete(oldest);
    }
  }

  return {
    async note(jobId, runIds, at) {
      put(
        jobId,
        runIds.map((runId) => [runId, at]),
      );
      const tooMany = [...jobs.keys()].slice(0, Math.max(0, jobs.size - JOBS_REMEMBERED));
      for (const oldest of tooMany) jobs.delete(oldest);
      await Promise.all([jobId, ...tooMany].map(keep));
    },
    forget(jobId, runId) {
      if (jobs.get(jobId)?.delete(runId)) inBackground(keep(jobId));
    },
    has(jobId, runId, run) {
      const at = jobs.get(jobId)?.get(runId);
      if (at === undefined) return false;
      const started = instant(run?.dateStarted);
      return !(started > at + STARTING);
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
