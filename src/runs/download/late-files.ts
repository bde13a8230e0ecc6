import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import type { Run } from '../../api/client/types';
import { FILES_PATIENCE } from '../files/complete-list';
import { instant } from '../run/run-state';
import type { Work } from '../work/work';

/** Pauses (ms) between two tries. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 10_000;
const GROWTH = 1.5;

/** Does what needs a file, again while the file is only late. */
export type LateFiles = <Done>(
  jobId: string | undefined,
  runId: string | null | undefined,
  act: () => Promise<Done>,
) => Promise<Done>;

/**
 * A file that is listed can answer 404 for some time after the end of its run (docs/platform.md, "Files"): while that is not
 * longer ago than the files of a run may take, it is tried again. Each run is read once, and only when one of its files is
 * missing.
 */
export function createLateFiles(client: RescaleClient, work: Work): LateFiles {
  const options: CallOptions = { signal: work.signal, trace: work.trace };
  const runs = new Map<string, Promise<Run | null>>();

  function readRun(jobId: string, runId: string): Promise<Run | null> {
    const key = JSON.stringify([jobId, runId]);
    const known = runs.get(key) ?? client.getRun(jobId, runId, options).catch(() => null);
    runs.set(key, known);
    return known;
  }

  /** Milliseconds for which a file of the run may still be late. */
  async function timeLeft(jobId: string, runId: string): Promise<number> {
    const run = await readRun(jobId, runId);
    if (!run?.dateCompleted) return 0;
    return instant(run.dateCompleted) + FILES_PATIENCE - client.platformNow();
  }

  return async (jobId, runId, act) => {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE)) {
      try {
        return await act();
      } catch (error) {
        if (!isRescaleError(error) || error.code !== 'RESCALE_NOT_FOUND' || !jobId || !runId) throw error;
        const left = await timeLeft(jobId, runId);
        if (left <= 0) throw error;
        await work.clock.sleep(Math.min(pause, left), work.signal);
      }
    }
  };
}
