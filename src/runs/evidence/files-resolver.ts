import type { CallOptions, RescaleClient } from '../../api/client/client';
import { FILES_TIMEOUT } from '../files/complete-list';
import { filesCounted } from '../files/file-row';
import { countListedFiles, STABLE_FOR, type ListedFiles } from '../files/files-listed';
import { inParallel } from '../tasks/in-parallel';
import type { Clock } from '../tasks/ports';
import { isRescaleError } from '../../api/errors/errors';
import { endedLongAgo, quietly, type JobFacts } from './job-facts';
import { endOfLack, lackedAgain, NOT_LACKING, type Lack } from './readable-time';

const LISTED_AT_ONCE = 4;
/**
 * A list that stands still for so long (ms, readable time) with less than the run counts is told as it is, with the doubt: a file of it
 * may have been deleted, and the count may be wrong for good.
 */
const STILL_SHORT = 60_000;

/** Finds out whether the files of runs that are over are listed. */
interface FilesResolver {
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
  look: ListedFiles | null;
  /** Since when as much is listed as at the last look, as readable time. */
  stillSince: number;
  /** Not all is listed, or the list can't be read. */
  lack: Lack;
}

export function createFilesResolver(
  client: RescaleClient,
  jobId: string,
  job: JobFacts,
  clock: Clock,
): FilesResolver {
  const { readable } = job;
  const listed = new Map<string, boolean>();
  const wanted = new Map<string, Wanted>();

  function settle(runId: string, ready: boolean): void {
    listed.set(runId, ready);
    wanted.delete(runId);
  }

  async function lookAt(runId: string, entry: Wanted, options: CallOptions): Promise<void> {
    const run = job.runs.get(runId);
    // What was late when it was looked at before may be late still: there may have been an outage since.
    const isFirst = entry.lack.since === null;
    if (isFirst && endedLongAgo(client, jobId, run, clock.monotonic())) return settle(runId, true);
    try {
      const look = run ? await countListedFiles(client, jobId, run, entry.look, options) : null;
      readable.answered();
      if (look?.listed !== entry.look?.listed) entry.stillSince = readable.now();
      entry.look = look;
    } catch (error) {
      if (!isRescaleError(error)) throw error;
      if (error.code === 'RESCALE_NOT_FOUND') readable.answered();
      if (error.code === 'RESCALE_RATE_LIMIT') return;
    } finally {
      entry.lack = lackedAgain(entry.lack, readable.now(), FILES_TIMEOUT);
    }
    const still = entry.look && entry.look.listed > 0 ? readable.now() - entry.stillSince : 0;
    const counted = run ? filesCounted(run) : 0;
    if (entry.look?.ready && (counted > 0 || still >= STABLE_FOR)) settle(runId, true);
    else if (entry.lack.over || (counted > 0 && still >= STILL_SHORT)) settle(runId, false);
  }

  return {
    listed,
    get pending() {
      return wanted.size > 0;
    },
    want(runId) {
      if (listed.has(runId) || wanted.has(runId)) return false;
      wanted.set(runId, { look: null, stillSince: readable.now(), lack: NOT_LACKING });
      return true;
    },
    forget(runId) {
      listed.delete(runId);
      wanted.delete(runId);
    },
    nextEnd: () =>
      Math.min(...[...wanted.values()].map(({ lack }) => endOfLack(lack, FILES_TIMEOUT, readable))),
    async look(options, publish) {
      if (wanted.size === 0) return;
      const before = listed.size;
      const unknown = [...wanted.keys()].some((runId) => {
        const run = job.runs.get(runId);
        return !run || filesCounted(run) === 0;
      });
      const begun = clock.monotonic();
      if (unknown) await quietly(job.readRuns(options));
      try {
        await inParallel([...wanted], LISTED_AT_ONCE, ([runId, entry]) => lookAt(runId, entry, options));
      } finally {
        if (listed.size > before) publish();
      }
      // Whether it is the list alone that can't be read: only then its patience goes on.
      if (wanted.size > 0 && readable.answeredAt < begun) await quietly(job.readRuns(options));
    },
  };
}
