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

/** Warns once in each sentence, however many messages wait for the job. */
interface DoubtWarnings {
  /** `waiting` is one message; null: it has no reason to doubt, or not any more. */
  note(waiting: object, sentence: ErrorText | null): void;
}

export function createDoubtWarnings(warn: (sentence: ErrorText) => void): DoubtWarnings {
  const waitersBySentence = new Map<string, Set<object>>();
  return {
    note(waiting, sentence) {
      const key = JSON.stringify(sentence);
      for (const [other, waiters] of waitersBySentence) {
        // A warning is repeated only when no message waited in between.
        if (other !== key && waiters.delete(waiting) && waiters.size === 0) waitersBySentence.delete(other);
      }
      if (sentence === null) return;
      const waiters = waitersBySentence.get(key);
      if (waiters) return void waiters.add(waiting);
      waitersBySentence.set(key, new Set([waiting]));
      warn(sentence);
    },
  };
}
