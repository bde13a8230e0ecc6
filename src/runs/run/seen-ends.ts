import type { RescaleClient } from '../../api/client/client';
import type { JobStatus, RescaleFile, Run } from '../../api/client/types';
import { wentOnAt } from './attempts';
import { DATE_PRECISION, instant } from './run-state';

/** The platform may correct the date of an end by so much (ms) afterwards; one that is later by more is of another end. */
const CORRECTION = 600_000;

/**
 * True when the run has begun anew since it ended at `ended` (ms): it has started after that, its job went on between the two
 * ends, or it ended so much later that nobody corrected a date. A later date alone is a correction. Whoever saw the run without its end in
 * between knows of itself.
 */
export function isAnotherEnd(
  ended: number,
  run: Pick<Run, 'dateStarted' | 'dateCompleted'>,
  statuses: readonly JobStatus[] | null = null,
): boolean {
  const later = instant(run.dateCompleted) - ended;
  if (!(later > DATE_PRECISION)) return false;
  if (later > CORRECTION || instant(run.dateStarted) > ended) return true;
  const wentOn = statuses && wentOnAt(statuses, ended);
  return wentOn !== null && wentOn <= ended + later;
}

/** False when the run has begun anew under its id since: its end is gone, or it is another one. */
export function isSameEnd(
  before: Pick<Run, 'dateCompleted'>,
  now: Pick<Run, 'dateStarted' | 'dateCompleted'>,
): boolean {
  return Boolean(now.dateCompleted) && !isAnotherEnd(instant(before.dateCompleted), now);
}

/** Far more than are begun anew while anybody asks for them. */
const MOST = 10_000;

interface End {
  /** As it was told first. */
  dateCompleted: string;
  /** The log that told it, as it was uploaded; null where none was looked for. */
  log: string | null;
}

interface SeenEnds {
  last: End;
  /** When it was last read to be the run's end, by the platform's clock, ms since the epoch. */
  seenAt: number;
  /** The run was read without it since. */
  gone: boolean;
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
  if (!run.dateCompleted) {
    const ends = endsOf(client, jobId, run);
    if (ends) ends.gone = true;
    return;
  }
  const key = JSON.stringify([jobId, run.id]);
  const ends = seen.get(client);
  const before = ends?.get(key);
  if (before?.last.dateCompleted !== run.dateCompleted) return seeOtherEnd(client, key, run);
  // Told once more: it is the newest of all that were seen.
  before.gone = false;
  before.seenAt = client.platformNow();
  ends!.delete(key);
  ends!.set(key, before);
}

function seeOtherEnd(client: RescaleClient, key: string, run: SeenRun): void {
  const end = instant(run.dateCompleted);
  if (Number.isNaN(end)) return;
  const ends = seen.get(client) ?? new Map<string, SeenEnds>();
  seen.set(client, ends);
  const before = ends.get(key);
  const later = before && end - instant(before.last.dateCompleted);
  // A list that is behind may tell the former end once more.
  if (later !== undefined && later < -DATE_PRECISION) return;
  ends.delete(key);
  const seenAt = client.platformNow();
  const isAnother = before && ((before.gone && later! > DATE_PRECISION) || !isSameEnd(before.last, run));
  if (before && !isAnother) ends.set(key, { ...before, gone: false, seenAt });
  else {
    const last = { dateCompleted: run.dateCompleted!, log: null };
    ends.set(key, { last, seenAt, gone: false, former: before?.last ?? null });
  }
  if (ends.size > MOST) ends.delete(ends.keys().next().value!);
}

/** The job's statuses were read: true when they show that the date of the run's end was not corrected, but is that of another end. */
export function seeHistory(
  client: RescaleClient,
  jobId: string,
  run: SeenRun,
  statuses: readonly JobStatus[],
): boolean {
  const ends = run.dateCompleted ? endsOf(client, jobId, run) : undefined;
  if (!ends || !isSameEnd(ends.last, run)) return false;
  if (!isAnotherEnd(instant(ends.last.dateCompleted), run, statuses)) return false;
  ends.former = ends.last;
  ends.last = { dateCompleted: run.dateCompleted!, log: null };
  return true;
}

/** This log has told how the run ended. */
export function seeLog(client: RescaleClient, jobId: string, run: SeenRun, log: RescaleFile): void {
  seeEnd(client, jobId, run);
  const ends = endsOf(client, jobId, run);
  // Where the date was corrected it may still turn out to be that of another end, and so may the log.
  const isFirstDate =
    ends && Math.abs(instant(run.dateCompleted) - instant(ends.last.dateCompleted)) <= DATE_PRECISION;
  if (isFirstDate) ends.last = { ...ends.last, log: uploadOf(log) };
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
  return uploaded < instant(run.dateCompleted) - DATE_PRECISION;
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
  const ends = run.dateCompleted ? undefined : endsOf(client, jobId, run);
  return ends !== undefined && instant(jobEnd.statusDate) <= ends.seenAt;
}

function formerOf(client: RescaleClient, jobId: string, run: SeenRun): End | null {
  const ends = endsOf(client, jobId, run);
  if (!ends) return null;
  // A list that is behind tells the former end itself, and of what was before that nothing is known.
  if (instant(run.dateCompleted) <= instant(ends.former?.dateCompleted) + DATE_PRECISION) return null;
  return isSameEnd(ends.last, run) ? ends.former : ends.last;
}

const endsOf = (client: RescaleClient, jobId: string, { id }: SeenRun) =>
  seen.get(client)?.get(JSON.stringify([jobId, id]));

/** A log that is uploaded anew is another one, whatever its id. */
const uploadOf = ({ id, dateUploaded, decryptedSize }: RescaleFile) =>
  JSON.stringify([id, dateUploaded, decryptedSize]);
