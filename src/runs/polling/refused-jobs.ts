import { RescaleError } from '../../api/errors/errors';
import type { Trouble } from '../run/job-reading';
import { CONFIRMATIONS } from './job-tracker';
import type { Clock } from '../tasks/ports';

/** Tells a key that is refused from a job that is: the platform, or what stands before it, says 401 to both. */
interface RefusedJobs {
  answered(jobId: string): void;
  /** The trouble as it is: of this job alone, of the key, or not known yet. */
  judge(jobId: string, trouble: Trouble): Trouble;
  forget(jobId: string): void;
}

/** Instants are of the monotonic clock, ms; null for one that was not. */
interface Answers {
  answeredAt: number | null;
  refusedAt: number | null;
  refusals: number;
}

/**
 * The key is good when another job was read with it after the refusal. As long as others were read before it, they are waited for, for
 * some rounds; where there are none, or they are refused as well, it is the key.
 */
export function createRefusedJobs(platform: string, clock: Clock): RefusedJobs {
  const jobs = new Map<string, Answers>();
  return {
    answered: (jobId) =>
      void jobs.set(jobId, { answeredAt: clock.monotonic(), refusedAt: null, refusals: 0 }),
    judge(jobId, trouble) {
      const { error } = trouble;
      if (error.code !== 'RESCALE_AUTH' || error.statusCode !== 401) return trouble;
      const own = jobs.get(jobId) ?? { answeredAt: null, refusedAt: null, refusals: 0 };
      jobs.set(jobId, own);
      const since = (own.refusedAt ??= clock.monotonic());
      own.refusals += 1;
      const well = [...jobs.values()].filter(
        ({ answeredAt, refusedAt }) => answeredAt !== null && refusedAt === null,
      );
      if (well.some(({ answeredAt }) => answeredAt! > since)) {
        const values = { platform, jobId, status: error.statusCode };
        return { ...trouble, error: new RescaleError(error.code, 'auth-job', values, error.statusCode) };
      }
      return well.length > 0 && own.refusals < CONFIRMATIONS ? { ...trouble, undecided: true } : trouble;
    },
    forget: (jobId) => void jobs.delete(jobId),
  };
}
