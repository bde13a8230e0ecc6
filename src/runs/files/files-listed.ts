import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { Run } from '../../api/client/types';
import { filesCounted } from './files-counted';
import { CHECKPOINT_ARCHIVE, SNAPSHOT_FILE } from './output-files';

/** One look at the listed outputs of a run that is over. */
export interface FilesLook {
  /** How many files are listed, archives of snapshots among them. */
  listed: number;
  /** All outputs are listed. */
  ready: boolean;
}

/**
 * How long (ms) a list must stand still to be taken for all there is, where the run's own count does not tell: it is 0 for a
 * while after the end, and may be no number of files at all.
 */
export const STILL = 30_000;

/**
 * Outputs come some time after the end of a run, and not all at once (docs/platform.md, files). `run` says how many
 * there will be, once it knows. No source says whether it counts the archives of snapshots, which are listed while a run
 * computes: without them its figure is certainly reached; with them only when the last look (`before`; null = there was
 * none) saw as many already. Where it does not say, any file will do, and the list has to stand still as well. One request.
 */
export async function lookAtFiles(
  client: RescaleClient,
  jobId: string,
  run: Pick<Run, 'id' | 'outputFileCount'>,
  before: FilesLook | null,
  options: CallOptions,
): Promise<FilesLook> {
  const expected = Math.max(1, filesCounted(run));
  for await (const page of client.listRunFiles(jobId, run.id, { ...options, pageSize: 100 })) {
    const archives = page.rows.filter(
      ({ typeId }) => typeId === SNAPSHOT_FILE || typeId === CHECKPOINT_ARCHIVE,
    );
    const listed = page.count ?? page.rows.length;
    const certain = page.count === null || listed - archives.length >= expected;
    const settled = listed >= expected && listed === before?.listed;
    return { listed, ready: listed > 0 && (certain || settled) };
  }
  return { listed: 0, ready: false };
}
