import { createHash } from 'node:crypto';
import { isRecord } from '../../api/endpoints/rows';
import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, type ErrorCode, type RescaleError } from '../../api/errors/errors';
import type { JobSummary } from '../../api/client/types';
import { instant } from '../run/run-state';
import type { TaskContext } from '../tasks/task-context';

/** Pauses (ms) between looks for what became of a request whose answer was lost. */
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000];
/** The platform's clock is known to a second. */
const MARGIN = 5_000;

/**
 * `prompt`: there may be something to see at once. `patient`: while the platform gives no answer at all, it is waited for; `glance`: the same, but what its first answer does not
 * show is not there. `refused`: the platform has said that there is nothing to see. `once`: a single look.
 */
type Patience = 'brief' | 'prompt' | 'patient' | 'glance' | 'refused' | 'once';

/** There was an answer to what was asked for, but none that says anything. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set(['RESCALE_PROTOCOL', 'RESCALE_TOO_LARGE']);

/** True for an action that was sent and whose answer was lost, or is not the platform's: it may have been carried out. */
export function isUnsettled(error: unknown): boolean {
  return isRescaleError(error) && (error.kind === 'unsettled' || UNREADABLE.has(error.code));
}

/** Which job is looked for. */
interface WantedJob {
  name: string;
  /** The platform's clock, ms since the epoch: it was not made earlier. */
  since: number;
  /** What no other job has: its name where that is unique, a mark in its description, ids of files that were uploaded for it. */
  marks: readonly string[];
  /** See `digestOf`. */
  digest: string;
}

/** By what it computes a job is told from one that was copied with its marks: software and commands, which the platform keeps as they are. */
export function digestOf(jobanalyses: unknown): string {
  const tiles: unknown[] = Array.isArray(jobanalyses) ? jobanalyses : [];
  const parts = tiles
    .filter(isRecord)
    .map(({ analysis, command }) => [
      isRecord(analysis) ? analysis['code'] : null,
      typeof command === 'string' ? command.replaceAll('\r\n', '\n').trim() : null,
    ]);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * The job that a lost answer to a create request made, by what no other job has: one of the same name may be somebody else's. Null when
 * there is none after some time.
 */
export async function findMade(
  client: RescaleClient,
  { name, since, ...wanted }: WantedJob,
  context: TaskContext,
  patience: Patience = 'brief',
): Promise<JobSummary | null> {
  return look(context, patience, async (options) => {
    for (const job of await ofName(client, name, since, options)) {
      if (wanted.marks.includes(job.name) || (await isMarked(client, job.id, wanted, options)))
        return { found: job };
    }
    return null;
  });
}

async function isMarked(
  client: RescaleClient,
  jobId: string,
  { marks, digest }: Pick<WantedJob, 'marks' | 'digest'>,
  options: CallOptions,
): Promise<boolean> {
  try {
    const { description, ...job } = (await client.getJob(jobId, options)) as unknown as Record<
      string,
      unknown
    >;
    if (digestOf(job['jobanalyses']) !== digest) return false;
    const files = fileIds(job);
    return marks.some(
      (mark) => files.includes(mark) || (typeof description === 'string' && description.includes(mark)),
    );
  } catch (error) {
    // One that can't be read is not known to be ours.
    if (isRescaleError(error) && error.kind === 'refused') return false;
    throw error;
  }
}

/** Of the files that a job names. */
function fileIds({ paramFile, jobanalyses }: Record<string, unknown>): unknown[] {
  const tiles: unknown[] = Array.isArray(jobanalyses) ? jobanalyses : [];
  const inputs = tiles.flatMap((tile): unknown => (isRecord(tile) ? tile['inputFiles'] : []));
  return [paramFile, ...inputs].map((file) => (isRecord(file) ? file['id'] : undefined));
}

async function ofName(
  client: RescaleClient,
  name: string,
  since: number,
  options: CallOptions,
): Promise<JobSummary[]> {
  const found: JobSummary[] = [];
  for await (const page of client.listJobs({ ...options, search: name, ordering: '-dateInserted' })) {
    // A date that is none says nothing, so the job counts.
    const young = page.rows.filter(({ dateInserted }) => !(instant(dateInserted) < since - MARGIN));
    found.push(...young.filter((job) => job.name === name));
    if (young.length < page.rows.length) break;
  }
  return found;
}

/** Whether a job was submitted: a draft has no status. Null when no status is there; rejects when that can't be looked at. */
export async function wasSubmitted(
  client: RescaleClient,
  jobId: string,
  context: TaskContext,
  patience: Patience = 'brief',
): Promise<true | null> {
  return look(context, patience, (options) => hasStatus(client, jobId, options));
}

async function hasStatus(client: RescaleClient, jobId: string, options: CallOptions) {
  return (await client.listJobStatuses(jobId, options)).length > 0 ? { found: true as const } : null;
}

async function look<Found>(
  context: TaskContext,
  patience: Patience,
  once: (options: CallOptions) => Promise<{ found: Found | null } | null>,
): Promise<Found | null> {
  const options: CallOptions = { signal: context.signal, trace: context.trace };
  // What a restart interrupted was sent some time ago, so there may be something to see at once.
  const pauses = {
    brief: PAUSES,
    prompt: [0, ...PAUSES],
    patient: [0, ...PAUSES],
    glance: [0, PAUSES[0]!],
    refused: [0, ...PAUSES.slice(0, 2)],
    once: [0],
  }[patience];
  let unseen: RescaleError | null = null;
  for (let turn = 0; turn < pauses.length; turn += 1) {
    await context.clock.sleep(pauses[turn]!, context.signal);
    try {
      const seen = await once(options);
      unseen = null;
      if (seen) return seen.found;
      if (patience === 'glance') return null;
    } catch (error) {
      if (context.signal?.aborted || !isRescaleError(error) || error.kind !== 'transient') throw error;
      unseen = error;
      // Nothing was seen, so this look does not count; the next one comes after a pause.
      if (patience === 'patient' || patience === 'glance') turn = Math.max(0, turn - 1);
    }
  }
  if (unseen) throw unseen;
  return null;
}
