import type { CallOptions, RescaleClient } from '../../api/client/client';
import { FILES_PATIENCE } from '../files/complete-list';
import { lookAtFiles, type FilesLook } from '../files/files-listed';
import { inParallel } from '../tasks/in-parallel';
import type { Clock } from '../tasks/ports';
import { endedLongAgo, quietly, type JobFacts } from './job-facts';

const LISTED_AT_ONCE = 4;

/** Finds out whether the files of runs that are over are listed. */
export interface FilesResolver {
  /** By run id: whether its files are listed; false when they were not within the patience. */
  readonly listed: ReadonlyMap<string, boolean>;
  readonly pending: boolean;
  /** True when they were not wanted before. */
  want(runId: string): boolean;
  /** The run has begun anew. */
  forget(runId: string): void;
  nextEnd(): number;
  look(options: CallOptions, publish: () => void): Promise<void>;
}

interface Wanted {
  /** On the monotonic clock, ms. */
  since: number;
  look: FilesLook | null;
}

export function createFilesResolver(
  client: RescaleClient,
  jobId: string,
  job: JobFacts,
  clock: Clock,
): FilesResolver {
  const listed = new Map<string, boolean>();
  const wanted = new Map<string, Wanted>();

  function settle(runId: string, ready: boolean): void {
    listed.set(runId, ready);
    wanted.delete(runId);
  }

  async function lookAt(runId: string, entry: Wanted, options: CallOptions): Promise<void> {
    const run = job.runs.get(runId);
    if (run && endedLongAgo(client, jobId, run, clock.monotonic())) return settle(runId, true);
    const look = async () => {
      if (run) entry.look = await lookAtFiles(client, jobId, run, entry.look, options);
    };
    await quietly(look());
    if (entry.look?.ready) settle(runId, true);
  }

  return {
    listed,
    get pending() {
      return wanted.size > 0;
    },
    want(runId) {
      if (listed.has(runId) || wanted.has(runId)) return false;
      wanted.set(runId, { since: clock.monotonic(), look: null });
      return true;
    },
    forget(runId) {
      listed.delete(runId);
      wanted.delete(runId);
    },
    nextEnd: () => Math.min(...[...wanted.values()].map(({ since }) => since + FILES_PATIENCE)),
    async look(options, publish) {
      if (wanted.size === 0) return;
      const before = listed.size;
      const unknown = [...wanted.keys()].some((runId) => !job.runs.get(runId)?.outputFileCount);
      if (unknown) await quietly(job.readRuns(options));
      await inParallel([...wanted], LISTED_AT_ONCE, ([runId, entry]) => lookAt(runId, entry, options));
      for (const [runId, { since }] of wanted) {
        if (clock.monotonic() - since >= FILES_PATIENCE) settle(runId, false);
      }
      if (listed.size > before) publish();
    },
  };
}
