import * as v from 'valibot';

/*
 * What the rest of the package relies on in the platform's answers, and nothing more: anything else is passed on as it was
 * sent, and an optional property that is missing is harmless (docs/platform.md, answers).
 */

const date = v.nullish(v.string());

export const identified = v.object({ id: v.pipe(v.string(), v.nonEmpty()) });
export const dated = v.object({ dateStarted: date, dateCompleted: date });
export const jobStatus = v.object({ status: v.string(), statusDate: date });
export const directoryEntry = v.object({ path: v.string() });
export const lines = v.object({ lines: v.array(v.string()) });
export const snapshot = v.object({ exitcode: v.number() });
export const coded = v.object({ code: v.pipe(v.string(), v.nonEmpty()) });
export const price = v.object({ coreType: v.string() });
export const envelope = v.object({ results: v.array(v.unknown()) });
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Anything that is an object, arrays excepted. */
export const record = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
