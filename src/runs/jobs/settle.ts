import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import type { JobSummary } from '../../api/client/types';
import { instant } from '../run/run-state';
import type { Work } from '../work/work';

/** Pauses (ms) between looks for what became of a request whose answer was lost. */
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000];
/** The platform's clock is known to a second. */
const MARGIN = 5_000;

/** `patient`: while the platform gives no answer at all, it is waited for. */
export type Patience = 'brief' | 'patient';

/** True for an action that was sent and whose answer was lost, or is not the platform's: it may have been carried out. */
export function isUnsettled(error: unknown): boolean {
  return isRescaleError(error) && (error.kind === 'unsettled' || error.code === 'RESCALE_PROTOCOL');
}

/**
 * The job that a lost answer to a create request made: of its name, made since `since` (ms, the platform's clock). Null when
 * there is none after some time, or more than one: then nobody can know.
 */
export async function findMade(
  client: RescaleClient,
  name: string,
  since: number,
  work: Work,
  patience: Patience = 'brief',
): Promise<JobSummary | null> {
  return look(work, patience, async (options) => {
    const made: JobSummary[] = [];
    for await (const page of client.listJobs({ ...options, search: name, ordering: '-dateInserted' })) {
      made.push(
        ...page.rows.filter((job) => job.name === name && instant(job.dateInserted) >= since - MARGIN),
      );
    }
    if (made.length > 1) return { found: null };
    return made[0] ? { found: made[0] } : null;
  });
}

/** Whether a job was submitted: a draft has no status. Null when that can't be known. */
export async function wasSubmitted(
  client: RescaleClient,
  jobId: string,
  work: Work,
  patience: Patience = 'brief',
): Promise<true | null> {
  return look(work, patience, async (options) =>
    (await client.listJobStatuses(jobId, options)).length > 0 ? { found: true as const } : null,
  );
}

async function look<Found>(
  work: Work,
  patience: Patience,
  once: (options: CallOptions) => Promise<{ found: Found | null } | null>,
): Promise<Found | null> {
  const options: CallOptions = { signal: work.signal, trace: work.trace };
  for (let turn = 0; turn < PAUSES.length; turn += 1) {
    await work.clock.sleep(PAUSES[turn]!, work.signal);
    try {
      const seen = await once(options);
      if (seen) return seen.found;
    } catch (error) {
      if (work.signal?.aborted || !isRescaleError(error) || error.kind !== 'transient') throw error;
      // Nothing was seen, so this look does not count.
      if (patience === 'patient') turn = Math.max(-1, turn - 1);
    }
  }
  return null;
}
