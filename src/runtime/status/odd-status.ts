import type { ErrorText } from '../../api/errors/errors';
import type { StatusText } from './status-texts';

/** For the yellow ring of whoever waits for a job whose status nobody knows. */
export function oddStatusText(status: string): StatusText {
  return { key: 'unknown-status', values: { status }, kind: 'trouble' };
}

/** The same for the debug sidebar and the log. */
export function oddStatusWarning({ jobId, status }: { jobId: string; status: string }): ErrorText {
  return { key: 'status-unknown', values: { jobId, status } };
}

/** Says it once for each job and word, however many messages wait for the job. */
interface OddStatuses {
  /** `waiting` is one message; null: it does not meet such a status, or not any more. */
  note(waiting: object, jobId: string, status: string | null): void;
}

export function createOddStatuses(warn: (sentence: ErrorText) => void): OddStatuses {
  const told = new Map<string, Set<object>>();
  return {
    note(waiting, jobId, status) {
      const key = JSON.stringify([jobId, status]);
      for (const [other, parties] of told) {
        // Told again only when nobody has waited for it meanwhile.
        if (other !== key && parties.delete(waiting) && parties.size === 0) told.delete(other);
      }
      if (status === null) return;
      const parties = told.get(key);
      if (parties) return void parties.add(waiting);
      told.set(key, new Set([waiting]));
      warn(oddStatusWarning({ jobId, status }));
    },
  };
}
