import { shownValue } from '../../api/errors/shown-value';
import { RescaleError, type ErrorText } from '../../api/errors/errors';
import { isRecord } from './fields';
import type { Field } from './fields';

/** An editable list of the dialog, or JSON in an environment variable; blank is an empty one. */
export function listField<Item>(
  itemOf: (item: Record<string, unknown>) => Item | null,
  expected: ErrorText['key'],
): Field<Item[]> {
  return {
    read({ name, config }) {
      const stored = config[name];
      const list = typeof stored === 'string' ? parsed(stored) : (stored ?? []);
      const refuse = (value: unknown) =>
        new RescaleError('RESCALE_INPUT', 'input-list-shape', {
          field: name,
          expected: { key: expected },
          value: shownValue(value),
        });
      if (!Array.isArray(list)) throw refuse(stored);
      return list.map((value: unknown) => {
        const item = isRecord(value) ? itemOf(value) : null;
        if (item === null) throw refuse(isRecord(value) ? JSON.stringify(value) : value);
        return item;
      });
    },
  };
}

function parsed(text: string): unknown {
  if (text.trim() === '') return [];
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * A text that only the dialog sets; '' when blank. `short` is a name that Node-RED keeps for itself (`x` is where a node
 * stands, `inputs` how many ports it has) and that a flow written by hand may have used: then it is a text.
 */
export function plainTextField(short?: string): Field<string> {
  return {
    read({ name, config }) {
      const spare = short === undefined ? undefined : config[short];
      const value = config[name] ?? (typeof spare === 'string' ? spare : '');
      if (typeof value === 'string') return value.trim();
      if (typeof value === 'number') return String(value);
      throw new RescaleError('RESCALE_INPUT', 'input-text', { field: name, value: shownValue(value) });
    },
  };
}

/** A text in an item of a list; null where it is none or blank. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
