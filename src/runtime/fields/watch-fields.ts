import { isRescaleError, type RescaleError } from '../../api/errors/errors';
import { id, optionalField, type Check, type Field } from './fields';

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

/** One element that is no id keeps none of the others from being watched. */
const jobIds: Check<NamedJobs> = (found, shown) => {
  const parts: unknown[] = Array.isArray(found)
    ? found
    : typeof found === 'string'
      ? found.split(',')
      : [found];
  const ids = new Set<string>();
  let odd: RescaleError | null = null;
  for (const part of parts) {
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
