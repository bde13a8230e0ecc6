import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import type { JobSummary } from '../../api/client/types';
import { instant } from '../run/run-state';
import type { TaskContext } from '../tasks/task-context';

/** Pauses (ms) between looks for what became of a request whose answer was lost. */
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000];
/** The platform's clock is known to a second. */
const MARGIN = 5_000;

/**
 * `patient`: while the platform gives no answer at all, it is waited for; `glance`: the same, but what its first answer does not
 * show is not there.
 */
export type Patience = 'brief' | 'patient' | 'glance';

/** True for an action that was sent and whose answer was lost, or is not the platform's: it may have been carried out. */
export function isUnsettled(error: unknown): boolean {
  return isRescaleError(error) && (error.kind === 'unsettled' || error.code === 'RESCALE_PROTOCOL');
}

/** Which job is looked for. */
export interface WantedJob {
  name: string;
  /** The platform's clock, ms since the epoch: it was not made earlier. */
  since: number;
  /** Jobs of the same name that are known to be others. */
  others: readonly string[];
}

/**
 * The job that a lost answer to a create request made. Null when there is none after some time, or more than one: then nobody
 * can know.
 */
export async function findMade(
  client: RescaleClient,
  { name, since, others }: WantedJob,
  context: TaskContext,
  patience: Patience = 'brief',
): Promise<JobSummary | null> {
  return look(context, patience, async (options) => {
    const made = (await ofName(client, name, since, options)).filter(({ id }) => !others.includes(id));
    if (made.length > 1) return { found: null };
    return made[0] ? { found: made[0] } : null;
  });
}

/** The jobs of a name that were made just before `since`: nothing tells them from one that is made then but their ids. */
export async function idsOfName(
  client: RescaleClient,
  name: string,
  since: number,
  options: CallOptions,
): Promise<string[]> {
  return (await ofName(client, name, since, options)).map(({ id }) => id);
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

/** Whether a job was submitted: a draft has no status. Null when that can't be seen. */
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
  const pauses = { brief: PAUSES, patient: [0, ...PAUSES], glance: [0, PAUSES[0]!] }[patience];
  for (let turn = 0; turn < pauses.length; turn += 1) {
    await context.clock.sleep(pauses[turn]!, context.signal);
    try {
      const seen = await once(options);
      if (seen) return seen.found;
      if (patience === 'glance') return null;
    } catch (error) {
      if (context.signal?.aborted || !isRescaleError(error) || error.kind !== 'transient') throw error;
      // Nothing was seen, so this look does not count; the next one comes after a pause.
      if (patience !== 'brief') turn = Math.max(0, turn - 1);
    }
  }
  return null;
}
