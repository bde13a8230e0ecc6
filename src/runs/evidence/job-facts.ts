import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { JobStatus, Run } from '../../api/client/types';
import { isRescaleError } from '../../api/errors/errors';
import { sinceEnd } from '../run/noticed-ends';
import type { ReadableTime } from './readable-time';

/** What the search for evidence needs to know about a job, and the two ways to know it better. */
export interface JobFacts {
  readonly runs: ReadonlyMap<string, Run>;
  readonly complete: boolean;
  readonly statuses: readonly JobStatus[] | null;
  /** When `statuses` were read, on the monotonic clock. */
  readonly statusesAt: number;
  /** Goes on with whatever is read of the job. */
  readonly readable: ReadableTime;
  /** Anew, or together with who has begun to read them since that instant of the monotonic clock. */
  readStatuses(options: CallOptions, since: number): Promise<void>;
  readRuns(options: CallOptions): Promise<void>;
}

/** A run that ended longer ago than this (ms), by the platform's clock, has all its evidence. */
const LONG_AGO = 900_000;

/** `now` is of the monotonic clock, ms. */
export function endedLongAgo(
  client: RescaleClient,
  jobId: string,
  run: Run | undefined,
  now: number,
): boolean {
  return run !== undefined && sinceEnd(client, jobId, run, now) > LONG_AGO;
}

/** A failure here says nothing about a run, and the rounds that read the list tell of it; patience decides. */
export async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isRescaleError(error)) throw error;
  }
}
