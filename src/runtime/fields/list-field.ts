import { isRecord } from '../../api/endpoints/rows';
import { shownValue } from '../../api/errors/shown-value';
import { RescaleError, type ErrorText } from '../../api/errors/errors';
import type { Field } from './fields';

/**
 * An editable list of the dialog, or JSON in an environment variable; blank is an empty one. `itemOf` gets each row with its
 * place, such as `limits 2`, for errors of its own; null for a row that is no item is told as a list of something else than
 * what is `expected`.
 */
export function listField<Item>(
  itemOf: (row: Record<string, unknown>, place: string) => Item | null,
  expected?: ErrorText['key'],
): Field<Item[]> {
  return {
    read({ name, config }) {
      const stored = config[name];
      const list = typeof stored === 'string' ? parsed(stored) : (stored ?? []);
      const refuse = (key: 'input-list' | 'input-row', field: string, value: unknown) => {
        const values = { field, value: shownValue(value) };
        return expected === undefined
          ? new RescaleError('RESCALE_INPUT', key, values)
          : new RescaleError('RESCALE_INPUT', 'input-list-shape', {
              field: name,
              value: isRecord(value) ? JSON.stringify(value) : values.value,
              expected: { key: expected },
            });
      };
      if (!Array.isArray(list)) throw refuse('input-list', name, stored);
      return list.map((row: unknown, index) => {
        const place = `${name} ${index + 1}`;
        const item = isRecord(row) ? itemOf(row, place) : null;
        if (item === null) throw refuse('input-row', place, row);
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

/** Ticked boxes, in the order of the choices; `initial` while nobody has ticked any on or off. */
export function checksField<Choice extends string>(
  choices: readonly Choice[],
  initial: readonly Choice[],
): Field<Choice[]> {
  return {
    read({ name, config }) {
      const value = config[name];
      if (value === undefined || value === null || value === '') return [...initial];
      const ticked: unknown[] = Array.isArray(value) ? value : [value];
      const unknown = ticked.find((one) => !choices.includes(one as Choice));
      if (unknown === undefined) return choices.filter((choice) => ticked.includes(choice));
      throw new RescaleError('RESCALE_INPUT', 'input-choice', {
        field: name,
        choices: choices.join(', '),
        value: shownValue(unknown),
      });
    },
  };
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
