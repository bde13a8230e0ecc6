import type { CallOptions, RescaleClient } from '../api/client';
import type { Run } from '../api/types';
import { CHECKPOINT_ARCHIVE, SNAPSHOT_FILE } from './output-files';

/**
 * Whether the outputs of a run that is over are listed; they come some time after its end, and not all at once
 * (rescale-platform.md 3.2). `run` says how many there will be, once it knows. Snapshot archives, which are listed
 * while a run computes, do not count. One request.
 */
export async function areFilesListed(
  client: RescaleClient,
  jobId: string,
  run: Pick<Run, 'id' | 'outputFileCount'>,
  options: CallOptions,
): Promise<boolean> {
  if (run.outputFileCount === 0) return false;
  for await (const page of client.listRunFiles(jobId, run.id, { ...options, pageSize: 100 })) {
    const archives = page.rows.filter(
      ({ typeId }) => typeId === SNAPSHOT_FILE || typeId === CHECKPOINT_ARCHIVE,
    );
    const listed = page.count ?? page.rows.length;
    return listed > 0 && (listed - archives.length >= run.outputFileCount || page.count === null);
  }
  return false;
}
