import type { RescaleClient } from '../api/client';
import type { DirectoryEntry } from '../api/types';
import type { RunAddress, Work } from './work';

/** The files in the working directory of a run in progress. */
export async function readDirectory(
  client: RescaleClient,
  address: RunAddress,
  work: Work,
): Promise<DirectoryEntry[]> {
  return client.listDirectory(address.jobId, address.runId, work);
}
