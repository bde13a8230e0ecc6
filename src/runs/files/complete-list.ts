import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { Run } from '../../api/client/types';
import { sinceEnd } from '../run/noticed-ends';
import { hasSurelyEnded } from '../run/run-state';
import { pollUntil, retryTransient } from '../tasks/poll-until';
import type { RunAddress, TaskContext } from '../tasks/task-context';
import { filesCounted } from './file-row';
import { countListedFiles, STABLE_FOR, type ListedFiles } from './files-listed';
import { isNoList } from './output-files';

/** How the list of a run's outputs stands. */
export interface ListCompleteness {
  /** Everything that the run says it has is listed. */
  complete: boolean;
  /** The run has ended: what is missing is late, and not still to be computed. */
  over: boolean;
  listed: number;
  /** What the run says it has; it may still say too little while it computes. */
  expected: number;
}

/** How long (ms) after the end of a run its files are waited for (docs/platform.md, "Files"). */
export const FILES_TIMEOUT = 300_000;
const FIRST_LOOK = 1_000;
const LONGEST_PAUSE = 10_000;

/**
 * Waits until all that a run says it has is listed, at most 300 s. Outputs come some time after the end of a run, and not
 * all at once, so a list that is read in between lacks some, in silence. A run that still computes is not waited for, and
 * one that ended long ago only while its list grows.
 */
export async function awaitCompleteList(
  client: RescaleClient,
  address: RunAddress,
  context: TaskContext,
): Promise<ListCompleteness> {
  const options: CallOptions = { trace: context.trace, signal: context.signal };
  let run: Run = await client.getRun(address.jobId, address.runId, options);
  const countOf = () => filesCounted(run);
  // A run whose end date can't be right may go on as well; it counts its files when it has ended.
  const perhapsGoesOn = countOf() === 0 && !hasSurelyEnded(run, client.platformNow());
  if (!run.dateCompleted || perhapsGoesOn)
    return { complete: false, over: false, listed: 0, expected: countOf() };
  const recent = sinceEnd(client, address.jobId, run, context.clock.monotonic()) < FILES_TIMEOUT;
  if (countOf() === 0 && !recent) return { complete: true, over: true, listed: 0, expected: 0 };

  const until = context.clock.now() + FILES_TIMEOUT;
  let completeness: ListCompleteness = { complete: false, over: true, listed: 0, expected: countOf() };
  let before: ListedFiles | null = null;
  let stillSince = context.clock.monotonic();
  let told = false;
  const poll = async (signal: AbortSignal): Promise<ListCompleteness | null> => {
    const expected = countOf();
    const now = await countListedFiles(client, address.jobId, run, before, { ...options, signal }).catch(
      (error: unknown): ListedFiles => {
        if (!recent || !isNoList(error)) throw error;
        return { listed: 0, ready: false };
      },
    );
    if (now.listed !== before?.listed) stillSince = context.clock.monotonic();
    before = now;
    const still = context.clock.monotonic() - stillSince >= STABLE_FOR;
    completeness = {
      complete: now.ready && (expected > 0 || still),
      over: true,
      listed: now.listed,
      expected,
    };
    if (completeness.complete || (still && !recent)) return completeness;
    if (!told) context.progress?.({ doing: 'awaiting-files', until });
    told = true;
    // The count itself comes late, too.
    run = await client.getRun(address.jobId, address.runId, { ...options, signal });
    return null;
  };
  const pauses = { first: FIRST_LOOK, longest: LONGEST_PAUSE, timeout: FILES_TIMEOUT };
  return (await pollUntil(retryTransient(poll), pauses, context)) ?? completeness;
}
