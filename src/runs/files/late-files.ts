import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, kindOf, type RescaleError } from '../../api/errors/errors';
import type { Run } from '../../api/client/types';
import { FILES_TIMEOUT } from './complete-list';
import { sinceEnd } from '../run/noticed-ends';
import type { TaskContext } from '../tasks/task-context';

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
 * A file that is listed can be refused or half written for some time after the end of its run (docs/platform.md, "Files"), by
 * the platform, by the storage or by a gateway before them: while the end is not longer ago than `patience` (ms), it is tried
 * again. Each run is read once, and only when one of its files is missing.
 */
export function createLateFiles(
  client: RescaleClient,
  context: TaskContext,
  patience: number = FILES_TIMEOUT,
): LateFiles {
  const options: CallOptions = { signal: context.signal, trace: context.trace };
  const runs = new Map<string, Promise<Run>>();

  function readRun(jobId: string, runId: string): Promise<Run> {
    const key = JSON.stringify([jobId, runId]);
    const known = runs.get(key) ?? client.getRun(jobId, runId, options);
    runs.set(key, known);
    known.catch(() => runs.delete(key));
    return known;
  }

  /** Milliseconds for which a file of the run may still be late. */
  async function timeLeft(jobId: string, runId: string, begun: number): Promise<number> {
    try {
      const run = await readRun(jobId, runId);
      return run.dateCompleted ? patience - sinceEnd(client, jobId, run, context.clock.monotonic()) : 0;
    } catch (error) {
      // When it ended is not known, because nothing is answered at the moment; what is not a run has no files.
      return kindOf(error) === 'transient' ? begun + patience - context.clock.monotonic() : 0;
    }
  }

  return async (jobId, runId, act) => {
    const begun = context.clock.monotonic();
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE)) {
      try {
        return await act();
      } catch (error) {
        if (!isRescaleError(error) || !mayBeLate(error) || !jobId || !runId) throw error;
        const left = await timeLeft(jobId, runId, begun);
        if (left <= 0 || context.signal?.aborted) throw error;
        context.progress?.({ doing: 'awaiting-files', until: context.clock.now() + left });
        await context.clock.sleep(Math.min(pause, left), context.signal);
      }
    }
  };
}

/** What a file that is not there yet, or not all of it, is answered with by one or another. */
function mayBeLate({ code }: RescaleError): boolean {
  return ['RESCALE_NOT_FOUND', 'RESCALE_REJECTED', 'RESCALE_PROTOCOL', 'RESCALE_CHECKSUM'].includes(code);
}
