import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { id, optionalField, reasonOf, type Check, type Field } from './fields';

/** The jobs that a list names. */
export interface NamedJobs {
  ids: string[];
  /** What is wrong with an element that is no id; null where all are ids. */
  odd: RescaleError | null;
}

/**
 * Job ids: a text with commas, or a JSON array, from the dialog or from where it says. A blank dialog names no jobs;
 * null is a variable or a context that has no value at the moment.
 */
export function jobsField(): Field<NamedJobs | null> {
  const named = optionalField({ value: '', type: 'str' }, jobIds, null);
  return {
    read: (source) => {
      const stored = source.config[source.name];
      const blank = stored === undefined || (typeof stored === 'string' && stored.trim() === '');
      return blank ? { ids: [], odd: null } : named.read(source);
    },
  };
}

/** Each is read once a round: of more none would be told in time. */
const MOST_JOBS = 10_000;

/** One element that is no id keeps none of the others from being watched. */
const jobIds: Check<NamedJobs> = (found, shown) => {
  const ids = new Set<string>();
  let odd: RescaleError | null = null;
  for (const part of elementsOf(found, shown)) {
    if (typeof part === 'string' && part.trim() === '') continue;
    try {
      ids.add(id(part, shown));
    } catch (error) {
      if (!isRescaleError(error)) throw error;
      odd ??= error;
    }
  }
  return { ids: [...ids], odd };
};

function elementsOf(found: unknown, shown: string): unknown[] {
  let parts: unknown[];
  try {
    // Cut as they come: a text may hold 500 million commas.
    if (typeof found === 'string') parts = found.split(',', MOST_JOBS + 1);
    // A copy, for an element may be a getter that throws.
    else parts = Array.isArray(found) ? Array.from(found.slice(0, MOST_JOBS + 1)) : [found];
  } catch (error) {
    throw new RescaleError('RESCALE_INPUT', 'input-unreadable', { field: shown, reason: reasonOf(error) });
  }
  if (parts.length <= MOST_JOBS) return parts;
  throw new RescaleError('RESCALE_INPUT', 'input-jobs-most', { field: shown, most: MOST_JOBS });
}
