import type { RescaleClient } from '../../api/client/client';
import type { Budget } from '../../api/limits/budget';

/** Which runs this Node-RED asked to stop, so that their end is told as a stop and not as a failure. */
export interface RequestedStops {
  /** A stop of a run that has not been seen ended is being sent. */
  note(jobId: string, runId: string): void;
  /** The platform refused it. */
  forget(jobId: string, runId: string): void;
  has(jobId: string, runId: string): boolean;
}

/** Far more than end within any wait for their outcome. */
const REMEMBERED = 10_000;

const ledgers = new WeakMap<Budget, RequestedStops>();

/** One ledger for all who share a key on a platform, which is to say a budget. It lives as long as that does. */
export function requestedStops(client: Pick<RescaleClient, 'budget'>): RequestedStops {
  let ledger = ledgers.get(client.budget);
  if (!ledger) {
    ledger = createLedger();
    ledgers.set(client.budget, ledger);
  }
  return ledger;
}

function createLedger(): RequestedStops {
  const stops = new Set<string>();
  const keyOf = (jobId: string, runId: string) => `${jobId}/${runId}`;
  return {
    note(jobId, runId) {
      stops.add(keyOf(jobId, runId));
      for (const oldest of stops) {
        if (stops.size <= REMEMBERED) break;
        stops.delete(oldest);
      }
    },
    forget: (jobId, runId) => void stops.delete(keyOf(jobId, runId)),
    has: (jobId, runId) => stops.has(keyOf(jobId, runId)),
  };
}
