import type { ErrorText } from '../../api/errors/errors';
import type { StatusText } from './status-texts';

/** The yellow ring of a node that waits for a job whose status this package does not know. */
export function unknownStatusText(status: string): StatusText {
  return { key: 'unknown-status', values: { status }, kind: 'trouble' };
}

/** The same for the debug sidebar and the log. */
export function unknownStatusWarning({ jobId, status }: { jobId: string; status: string }): ErrorText {
  return { key: 'status-unknown', values: { jobId, status } };
}

/** Warns once for each job and status, however many messages wait for the job. */
interface UnknownStatusWarnings {
  /** `waiting` is one message; null: it does not meet such a status, or not any more. */
  note(waiter: object, jobId: string, status: string | null): void;
}

export function createUnknownStatusWarnings(warn: (sentence: ErrorText) => void): UnknownStatusWarnings {
  const waitersByStatus = new Map<string, Set<object>>();
  return {
    note(waiting, jobId, status) {
      const key = JSON.stringify([jobId, status]);
      for (const [other, waiters] of waitersByStatus) {
        // A warning is repeated only when no message waited in between.
        if (other !== key && waiters.delete(waiting) && waiters.size === 0) waitersByStatus.delete(other);
      }
      if (status === null) return;
      const waiters = waitersByStatus.get(key);
      if (waiters) return void waiters.add(waiting);
      waitersByStatus.set(key, new Set([waiting]));
      warn(unknownStatusWarning({ jobId, status }));
    },
  };
}
