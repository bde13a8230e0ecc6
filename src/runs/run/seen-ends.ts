import type { RescaleClient } from '../../api/client/client';
import type { JobStatus, RescaleFile, Run } from '../../api/client/types';
import { instant, isSameEnd } from './run-state';

/** Far more than are begun anew while anybody asks for them. */
const MOST = 10_000;
/** Dates of runs, files and statuses have different precisions, ms. */
const PRECISION = 1_000;

interface End {
  dateCompleted: string;
  /** The log that told it, as it was uploaded; null where none was looked for. */
  log: string | null;
}

interface SeenEnds {
  last: End;
  /** When it was last read to be the run's end, by the platform's clock, ms since the epoch. */
  seenAt: number;
  former: End | null;
}

type SeenRun = Pick<Run, 'id' | 'dateStarted' | 'dateCompleted'>;

/** By the client that read them, and by job and run. */
const seen = new WeakMap<RescaleClient, Map<string, SeenEnds>>();

/**
 * A run may begin anew under its id, and its start may stay as it was. Then nothing of the platform tells that an end is another one
 * than before, and what was said of the first (its log, the job's statuses, a stop) would be taken for what is said of the second:
 * whoever reads a run says here which end it has.
 */
export function seeEnd(client: RescaleClient, jobId: string, run: SeenRun): void {
  if (!run.dateCompleted || Number.isNaN(instant(run.dateCompleted))) return;
  const ends = seen.get(client) ?? new Map<string, SeenEnds>();
  seen.set(client, ends);
  const key = keyOf(jobId, run.id);
  const before = ends.get(key);
  // A list that is behind may tell the former end once more.
  if (before && instant(run.dateCompleted) < instant(before.last.dateCompleted) - PRECISION) return;
  ends.delete(key);
  const seenAt = client.platformNow();
  if (before && isSameEnd(before.last, run)) ends.set(key, { ...before, seenAt });
  else {
    const last = { dateCompleted: run.dateCompleted, log: null };
    ends.set(key, { last, seenAt, former: before?.last ?? null });
  }
  if (ends.size > MOST) ends.delete(ends.keys().next().value!);
}

/** This log has told how the run ended. */
export function seeLog(client: RescaleClient, jobId: string, run: SeenRun, log: RescaleFile): void {
  seeEnd(client, jobId, run);
  const ends = seen.get(client)?.get(keyOf(jobId, run.id));
  if (ends && isSameEnd(ends.last, run)) ends.last = { ...ends.last, log: uploadOf(log) };
}

/** When the run ended before it began anew, ms since the epoch; null when that was not seen. */
export function formerEnd(client: RescaleClient, jobId: string, run: SeenRun | null): number | null {
  const end = run && formerOf(client, jobId, run);
  return end ? instant(end.dateCompleted) : null;
}

/** True for a log that tells of an end before the run began anew: it stays listed until the next one comes. */
export function isOfFormerEnd(client: RescaleClient, jobId: string, run: SeenRun, log: RescaleFile): boolean {
  const former = formerOf(client, jobId, run);
  if (!former) return false;
  const uploaded = instant(log.dateUploaded);
  if (Number.isNaN(uploaded)) return false;
  if (former.log !== null && former.log === uploadOf(log)) return true;
  // Outputs come after the end (docs/platform.md, "Files"), so what came before this one is of the other.
  return uploaded < instant(run.dateCompleted) - PRECISION;
}

/**
 * True where the job's end that its statuses tell was there when the run still had an end, which is gone since: the run has begun
 * anew, and they are behind.
 */
export function hasBegunAnew(
  client: RescaleClient,
  jobId: string,
  run: SeenRun,
  jobEnd: Pick<JobStatus, 'statusDate'>,
): boolean {
  const ends = run.dateCompleted ? undefined : seen.get(client)?.get(keyOf(jobId, run.id));
  return ends !== undefined && instant(jobEnd.statusDate) <= ends.seenAt;
}

function formerOf(client: RescaleClient, jobId: string, run: SeenRun): End | null {
  const ends = seen.get(client)?.get(keyOf(jobId, run.id));
  if (!ends) return null;
  return isSameEnd(ends.last, run) ? ends.former : ends.last;
}

const keyOf = (jobId: string, runId: string) => JSON.stringify([jobId, runId]);

/** A log that is uploaded anew is another one, whatever its id. */
const uploadOf = ({ id, dateUploaded, decryptedSize }: RescaleFile) =>
  JSON.stringify([id, dateUploaded, decryptedSize]);
