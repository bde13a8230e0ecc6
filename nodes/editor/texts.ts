/** The texts that all dialogs share. They stand in the platform node's catalog. */
const CATALOG = '@rescale-flows/node-red-rescale/rescale-platform:';

export type Values = Record<string, unknown>;

/** A text of the shared catalog, by its key without the platform's name. */
export function text(key: string, values?: Values): string {
  return RED._(`${CATALOG}rescale-platform.${key}`, values);
}

/** Why something failed, as the server says it: a key of the catalog with what fills it. */
export interface Reason {
  key: string;
  values?: Values;
}

/** The sentence of a reason. Values can be sentences of the catalog themselves. */
export function reason({ key, values = {} }: Reason): string {
  const shown = Object.entries(values).map(([place, value]) => [
    place,
    isReason(value) ? reason({ ...value, key: `errors.${value.key}` }) : value,
  ]);
  return RED._(CATALOG + key, Object.fromEntries(shown) as Values);
}

function isReason(value: unknown): value is Reason {
  return value !== null && typeof value === 'object' && 'key' in value;
}

/** The language of the reader, for dates and figures. */
export function language(): string {
  return (RED.i18n.lang() || 'en-US').replace('_', '-');
}

/** The language in which the texts are: how lines may be broken, and how they are read aloud, depends on it. */
export function textLanguage(): string {
  return /^(de|ja|ko)/.exec(language())?.[0] ?? 'en';
}
