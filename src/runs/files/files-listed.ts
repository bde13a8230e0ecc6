import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { Run } from '../../api/client/types';
import { filesCounted } from './file-row';
import { CHECKPOINT_ARCHIVE, SNAPSHOT_FILE } from './output-files';

/** One look at the listed outputs of a run that is over. */
export interface ListedFiles {
  /** How many files are listed, archives of snapshots among them. */
  listed: number;
  /** All outputs are listed. */
  ready: boolean;
}

/**
 * How long (ms) a list must stand still to be taken for all there is, where the run's own count does not tell: it is 0 for a
 * while after the end, and may be no number of files at all.
 */
export const STABLE_FOR = 30_000;

/**
 * Outputs come some time after the end of a run, and not all at once (docs/platform.md, files). `run` says how many
 * there will be, once it knows. No source says whether it counts the archives of snapshots, which are listed while a run
 * computes: without them its figure is certainly reached; with them only when the last look (`before`; null = there was
 * none) saw as many already. Where it does not say, any file will do, and the list has to stand still as well. One request, and more
 * only where the first page can't tell.
 */
export async function countListedFiles(
  client: RescaleClient,
  jobId: string,
  run: Pick<Run, 'id' | 'outputFileCount'>,
  before: ListedFiles | null,
  options: CallOptions,
): Promise<ListedFiles> {
  const expected = Math.max(1, filesCounted(run));
  let rows = 0;
  let archives = 0;
  for await (const page of client.listRunFiles(jobId, run.id, { ...options, pageSize: 100 })) {
    rows += page.rows.length;
    archives += page.rows.filter(
      ({ typeId }) => typeId === SNAPSHOT_FILE || typeId === CHECKPOINT_ARCHIVE,
    ).length;
    // A list that does not count its rows has as many as come, and archives may stand on any page.
    const listed = page.count ?? rows;
    if (page.more && (page.count === null || listed - archives >= expected)) continue;
    const settled = listed >= expected && listed === before?.listed;
    return { listed, ready: listed > 0 && (listed - archives >= expected || settled) };
  }
  return { listed: rows, ready: false };
}
