import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { RescaleFile } from '../../api/client/types';
import { readChecked } from '../files/checked-bytes';
import type { TaskContext } from '../tasks/task-context';
import type { LateFiles } from '../files/late-files';
import { fileRow, type FileReference } from './wanted-files';

/**
 * One file as a buffer, checked as one on disk is. Rejects with RESCALE_TOO_LARGE beyond the limit (before anything
 * is fetched, where the size is known) and RESCALE_CHECKSUM.
 */
export async function downloadBuffer(
  client: RescaleClient,
  reference: FileReference,
  limitBytes: number,
  context: TaskContext,
  known: { jobId?: string; runId?: string; late?: LateFiles } = {},
): Promise<{ file: RescaleFile; content: Buffer }> {
  const { signal, trace } = context;
  const options: CallOptions = { signal, trace, jobId: known.jobId };
  const late: LateFiles = known.late ?? ((_job, _run, act) => act());
  const read = async () => {
    const file = await fileRow(client, reference, options);
    return {
      file,
      content: await readChecked(client, file, limitBytes, { ...options, clock: context.clock }),
    };
  };
  return late(known.jobId, known.runId, read);
}
