import * as v from 'valibot';
import { isRecord } from '../../api/endpoints/rows';

/**
 * What is kept by ids of runs, as a copy without what every other object inherits: the platform makes the ids, and one may
 * be `constructor`.
 */
export function byId<Value>(entries: Readonly<Record<string, Value>> = {}): Record<string, Value> {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}

/** The same as it is stored: the entries whose values are what they should be. The record of valibot leaves such ids out. */
export function storedById<Value>(value: v.GenericSchema<unknown, Value>) {
  return v.pipe(
    v.custom<Record<string, unknown>>(isRecord),
    v.transform((entries) => {
      const kept = byId<Value>();
      for (const [id, stored] of Object.entries(entries)) {
        const read = v.safeParse(value, stored);
        if (read.success) kept[id] = read.output;
      }
      return kept;
    }),
  );
}
