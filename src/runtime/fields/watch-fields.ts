import { shownValue } from '../../api/errors/shown-value';
import { RescaleError } from '../../api/errors/errors';
import { WATCH_EVENTS as KINDS, type WatchEventKind } from '../../runs/watch/watch-event';
import { id, optionalField, type Check, type Field } from './fields';

/** Which events are sent: an array of ticked boxes. */
export function eventsField(initial: WatchEventKind[]): Field<WatchEventKind[]> {
  return {
    read({ name, config }) {
      const value = config[name];
      if (value === undefined || value === null || value === '') return initial;
      const events: unknown[] = Array.isArray(value) ? value : [value];
      const unknown = events.find((event) => !KINDS.includes(event as WatchEventKind));
      if (unknown === undefined) return KINDS.filter((kind) => events.includes(kind));
      throw new RescaleError('RESCALE_INPUT', 'input-choice', {
        field: name,
        choices: KINDS.join(', '),
        value: shownValue(unknown),
      });
    },
  };
}

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
