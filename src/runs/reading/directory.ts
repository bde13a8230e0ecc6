import type { RescaleClient } from '../../api/client/client';
import type { DirectoryEntry } from '../../api/client/types';
import { diagnose } from './diagnosis';
import type { RunAddress, TaskContext } from '../tasks/task-context';

/**
 * The files in the working directory of a run in progress, as the platform lists them: one array, no pages
 * (docs/platform.md). Rejects with RESCALE_NOT_ACTIVE when the run has not started or has ended.
 */
export async function readDirectory(
  client: RescaleClient,
  address: RunAddress,
  context: TaskContext,
  onDropped?: (entries: number) => void,
): Promise<DirectoryEntry[]> {
  try {
    return await client.listDirectory(address.jobId, address.runId, {
      ...context,
      ...(onDropped && { onDropped }),
    });
  } catch (failure) {
    throw (await diagnose(client, address, failure, context)).error;
  }
}
