/**
 * What public programs for Rescale send and read, step by step, so that a change that would break one of them fails by
 * its name. Written from what is known of them (docs/platform.md); nothing of their code is here.
 */

/** A request, and what the program takes from its answer. */
export interface Step {
  /** `POST jobs/{job}/submit/`; names in braces were taken from earlier answers. */
  does: string;
  /** v2 unless told. */
  version?: 'v1' | 'v2' | 'v3';
  headers?: Record<string, string>;
  json?: unknown;
  /** A form with a file: its name and text, fields beside it, headers of its part. */
  form?: {
    name: string;
    text: string;
    fields?: Record<string, string>;
    /** The fields are sent with a file name of their own, as Python's requests does. */
    fieldsAsFiles?: true;
    partHeaders?: Record<string, string>;
  };
  /** The exact status that the program insists on, or those that it takes. */
  status?: number | number[];
  /** The exact Content-Type that it compares. */
  type?: string;
  /** The answer has no body. */
  empty?: true;
  /** The answer is text that begins so, not JSON. */
  text?: RegExp;
  /** Names for values of the answer, by their paths; a value that is not there fails. */
  takes?: Record<string, string>;
  /** Paths whose values have to be these. */
  holds?: Record<string, unknown>;
  /** Asks again each so many seconds until `holds` holds. */
  every?: number;
}

export const tile = (more: object = {}) => ({
  analysis: { code: 'user_included', version: '0' },
  command: 'echo done',
  hardware: { coreType: 'emerald', coresPerSlot: 2, slots: 1, walltime: 2 },
  ...more,
});
export const tileV3 = (more: object = {}) =>
  tile({ hardware: { coreType: { code: 'emerald' }, coresPerSlot: 2 }, ...more });

export const completed = (every = 30, version?: 'v3'): Step => ({
  does: 'GET jobs/{job}/statuses/',
  version,
  every,
  holds: { 'results.0.status': 'Completed' },
});
export const file = (
  name: string,
  more: Partial<NonNullable<Step['form']>> = {},
  does = 'POST files/contents/',
): Step => ({
  does,
  form: { name, text: `content of ${name}`, ...more },
  status: 201,
  takes: { input: 'id' },
});
export const create = (json: object, more: Partial<Step> = {}): Step => ({
  does: 'POST jobs/',
  json,
  status: 201,
  takes: { job: 'id' },
  ...more,
});
export const submit: Step = { does: 'POST jobs/{job}/submit/', status: 200, empty: true };

export const RUNS = 1900;
export const winds = ['x_velocity,y_velocity', ...Array.from({ length: RUNS }, (_, row) => `${row},1`)].join(
  '\n',
);
export const pythonFile = (
  name: string,
  typeId: number,
  taken: string,
  text = `content of ${name}`,
): Step => ({
  does: 'POST files/contents/',
  form: { name, text, fields: { typeId: String(typeId) }, fieldsAsFiles: true },
  takes: { [taken]: 'id' },
  holds: { typeId },
});
