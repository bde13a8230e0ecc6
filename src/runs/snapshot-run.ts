import type { RescaleClient } from '../api/client';
import type { RescaleFile, SnapshotAnswer } from '../api/types';
import type { RunAddress, Work } from './work';

export interface SnapshotRequest extends RunAddress {
  /** Wait until the new archive is listed. */
  waitForFile: boolean;
  /** Milliseconds that this may take. */
  deadline: number;
}

/** The platform's answer, and the new archive where it was awaited. */
export type SnapshotResult = SnapshotAnswer & { file?: RescaleFile };

/** Takes a snapshot of a run in progress. */
export async function snapshotRun(
  client: RescaleClient,
  request: SnapshotRequest,
  work: Work,
): Promise<SnapshotResult> {
  return client.snapshotRun(request.jobId, request.runId, work);
}
