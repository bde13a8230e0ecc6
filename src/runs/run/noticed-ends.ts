import type { RescaleClient } from '../../api/client/client';
import type { Run } from '../../api/client/types';
import { instant } from './run-state';

/** Far more than end while anybody still waits for what comes after an end. */
const MOST = 10_000;

/** When runs were noticed to have ended (ms, monotonic), by the client that read them and by job and run. */
const noticed = new WeakMap<RescaleClient, Map<string, number>>();

const keyOf = (jobId: string, runId: string) => JSON.stringify([jobId, runId]);

/** A run that was going on when it was read before has ended. `now` is of the monotonic clock. */
export function noticeEnd(client: RescaleClient, jobId: string, runId: string, now: number): void {
  const ends = noticed.get(client) ?? new Map<string, number>();
  noticed.set(client, ends);
  const key = keyOf(jobId, runId);
  ends.delete(key);
  ends.set(key, now);
  if (ends.size > MOST) ends.delete(ends.keys().next().value!);
}

/**
 * For how long (ms) a run is over. By the platform's clock; but never longer than since its end was noticed, because that clock
 * may be wrong, and nobody can tell where the platform does not date its answers (docs/platform.md, dates).
 */
export function sinceEnd(
  client: RescaleClient,
  jobId: string,
  run: Pick<Run, 'id' | 'dateCompleted'>,
  now: number,
): number {
  const told = client.platformNow() - instant(run.dateCompleted);
  const at = noticed.get(client)?.get(keyOf(jobId, run.id));
  // One whose date says nothing, or lies ahead, may have ended just now.
  const since = at === undefined ? 0 : now - at;
  if (!(told >= 0)) return since;
  return at === undefined ? told : Math.min(told, since);
}
