import type { RescaleClient } from '../../api/client/client';
import { formerEnd } from '../run/seen-ends';
import { awaitAtMost } from '../tasks/poll-until';
import type { TaskContext } from '../tasks/task-context';
import { askedAt, requestedStops, type StoppedRun } from './requested-stops';

/** A stop that is being sent, as those who tell how runs ended know it. The first of `arrived`, `lost` and `refused` counts. */
export interface SentStop {
  /** Whether an instant of the platform (ms since the epoch) was before it was sent, or after it was answered. */
  since(instant: number): SinceStop;
  /** To be called once the platform has answered, which may be the first to say what time it is there. */
  answered: () => void;
  /** The platform has taken it, or has been seen to. */
  arrived: () => void;
  /** Nobody knows whether it was carried out: from now on an end may be another's doing. */
  lost: () => void;
  /** It was not carried out. What was known of the runs before holds again. */
  refused: () => void;
}

/** Beside a stop; `about`: so near to its sending, or nobody knows when. */
export type SinceStop = 'before' | 'about' | 'after';

/** The platform's time is known to a second, and answers travel (ms). */
const DATES_APART = 3_000;

/** A stop waits so long (ms) for a slow disk, and no longer. */
const LONGEST_WRITE = 1_000;

/** Before a stop is sent: the runs may be seen ended by others when its answer comes, or by the next process. */
export async function noteStop(
  client: RescaleClient,
  jobId: string,
  runs: readonly StoppedRun[],
  { clock }: Pick<TaskContext, 'clock'>,
): Promise<SentStop> {
  const stops = requestedStops(client);
  const runIds = runs.map(({ id }) => id);
  const noted = runs.map(({ id, dateStarted = null, dateCompleted }) => ({
    id,
    dateStarted,
    dateCompleted,
    formerEnd: formerEnd(client, jobId, { id, dateStarted, dateCompleted: null }),
  }));
  const before = new Map(runIds.map((runId) => [runId, stops.noted(jobId, runId)]));
  const begun = clock.monotonic();
  let at = client.platformNow();
  /** On the monotonic clock, as `begun`. */
  let answeredAt: number | null = null;
  let open = true;
  if (runs.length > 0) await awaitAtMost(stops.note(jobId, noted, at), LONGEST_WRITE, clock);

  /** Carries out the first only. */
  const once = (settle: () => void) => () => {
    if (open) settle();
    open = false;
  };
  return {
    since(instant) {
      // What time it is there may be known only since.
      const age = client.platformNow() - instant;
      const now = clock.monotonic();
      if (age < now - (answeredAt ?? now) - DATES_APART) return 'after';
      return age > now - begun + DATES_APART ? 'before' : 'about';
    },
    answered() {
      answeredAt = clock.monotonic();
      at = stops.correct(jobId, runIds, at, client.platformNow() - (answeredAt - begun));
    },
    arrived: once(() => stops.arrived(jobId, runIds, at)),
    lost: once(() => stops.lost(jobId, runIds)),
    refused: once(() => {
      for (const runId of runIds) {
        const now = stops.noted(jobId, runId);
        // Another one has arrived, or was sent, meanwhile.
        if (now === undefined || askedAt(now) !== at) stops.lost(jobId, [runId]);
        else stops.forget(jobId, runId, before.get(runId));
      }
    }),
  };
}
