import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { RescaleFile, Run } from '../../api/client/types';
import { isRescaleError } from '../../api/errors/errors';
import { pollUntil, retryTransient } from '../tasks/poll-until';
import { filesCounted, relativePathOf } from './file-row';
import { findPath, isAmbiguous } from './path-match';
import { sinceEnd } from '../run/noticed-ends';
import type { RunAddress, TaskContext } from '../tasks/task-context';

/** The largest page that real clients ask for; lists of thousands of outputs need few requests that way. */
const PAGE_SIZE = 1000;

/** typeId of a checkpoint's and of a snapshot's archive (docs/platform.md, files). */
export const CHECKPOINT_ARCHIVE = 11;
export const SNAPSHOT_FILE = 12;

/** How long (ms) after the end of a run its files are waited for (docs/platform.md, files: there is a gap). */
export const GAP = 120_000;
/** A run that ended longer ago than this (ms) has listed what it will ever list. */
const LONG_AGO = 900_000;
const FIRST_LOOK = 1_000;
const LONGEST_PAUSE = 10_000;

/** The list itself is not there, which some time after the end of a run means no more than that files are not listed yet. */
export function isNoList(error: unknown): boolean {
  return isRescaleError(error) && error.key === 'not-found-run-files';
}

/** All files that the run has listed, deleted ones left out. */
export async function listOutputFiles(
  client: RescaleClient,
  address: RunAddress,
  options: CallOptions,
): Promise<RescaleFile[]> {
  const files: RescaleFile[] = [];
  const pages = client.listRunFiles(address.jobId, address.runId, { ...options, pageSize: PAGE_SIZE });
  for await (const page of pages) files.push(...page.rows.filter((file) => !file.isDeleted));
  return files;
}

/**
 * The output file that `path` (from `workingPath`) means, for a run that has ended. In the gap between the end of a
 * run and its files it waits up to 120 s; not longer than it must, because a path that never was should fail soon.
 * Null when there is no such file.
 */
export async function findOutputFile(
  client: RescaleClient,
  address: RunAddress,
  run: Run,
  path: string,
  context: TaskContext,
  patience = GAP,
): Promise<RescaleFile | null> {
  const until = context.clock.now() + patience;
  const settled = sinceEnd(client, address.jobId, run, context.clock.monotonic()) > LONG_AGO;
  let told = false;
  let listed = -1;
  const latest: { failure: Error | null; substitute: RescaleFile | null } = {
    failure: null,
    substitute: null,
  };
  const poll = async (signal: AbortSignal): Promise<Found | null> => {
    const options: CallOptions = { trace: context.trace, signal };
    try {
      const files = await listOutputFiles(client, address, options);
      const still = files.length === listed;
      listed = files.length;
      // What only ends like the path, even several, is no answer while the file itself may still come.
      const match = findPath(path, files, relativePathOf, address);
      latest.failure = null;
      latest.substitute = match?.item ?? null;
      if (match?.by === 'exact' || settled) return { file: latest.substitute };
      // The run says how many files it has once it knows. The list may still grow then, so it must stand still too.
      const counted = filesCounted(await client.getRun(address.jobId, address.runId, options));
      const full = counted > 0 ? files.length >= counted : match !== null;
      if (full && still) return { file: latest.substitute };
    } catch (error) {
      latest.failure = error as Error;
      if (settled || !(isAmbiguous(error) || isNoList(error))) throw error;
    }
    if (!told) context.progress?.({ doing: 'awaiting-files', until });
    told = true;
    return null;
  };
  const pauses = { first: FIRST_LOOK, longest: LONGEST_PAUSE, timeout: patience };
  // A list that fails in the gap is part of the gap; long after it, it is an error to be told.
  const found = await pollUntil(settled ? poll : retryTransient(poll), pauses, context);
  if (!found && latest.failure) throw latest.failure;
  return found ? found.file : latest.substitute;
}

interface Found {
  file: RescaleFile | null;
}
