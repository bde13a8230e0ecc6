import { id, optionalField, type Check, type Field } from './fields';

/**
 * Job ids: a text with commas, or a JSON array, from the dialog or from where it says. A blank dialog names no jobs;
 * null is a variable or a context that has no value at the moment.
 */
export function jobsField(): Field<string[] | null> {
  const named = optionalField({ value: '', type: 'str' }, jobIds, null);
  return {
    read: (source) => {
      const stored = source.config[source.name];
      const blank = stored === undefined || (typeof stored === 'string' && stored.trim() === '');
      return blank ? [] : named.read(source);
    },
  };
}

const jobIds: Check<string[]> = (found, shown) => {
  const parts: unknown[] = Array.isArray(found)
    ? found
    : typeof found === 'string'
      ? found.split(',')
      : [found];
  const ids = parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
  return [...new Set(ids.map((part) => id(part, shown)))];
};
