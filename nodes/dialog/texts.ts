/** Where the texts of a dialog stand: the node's own catalog comes first, then the one that all nodes share. */

import { SourceError } from './source-error';

/** A catalog: texts, in groups. */
export interface Texts {
  [key: string]: string | Texts;
}

/** How Node-RED calls the catalogs of this package. */
export const NAMESPACE = '@rescale-flows/node-red-rescale/';

/** In which node's catalog the shared texts stand. */
export const SHARED = 'rescale-platform';

/** A text by its dotted key; undefined where there is none. */
export function textIn(texts: Texts, key: string): string | undefined {
  let found: string | Texts | undefined = texts;
  for (const part of key.split('.')) {
    if (typeof found !== 'object') return undefined;
    found = Object.hasOwn(found, part) ? found[part] : undefined;
  }
  return typeof found === 'string' ? found : undefined;
}

export interface TextFinder {
  /** The full key of a text, by its group and name; null where neither catalog has it. */
  find(key: string): string | null;
  /** The same, where a dialog is not complete without it. */
  need(key: string): string;
}

/** `own` and `shared` are the English catalogs; whether the other languages have the same is checked elsewhere. */
export function textFinder(type: string, own: Texts, shared: Texts): TextFinder {
  const find = (key: string) => {
    if (textIn(own, key) !== undefined) return `${NAMESPACE}${type}:${type}.${key}`;
    if (textIn(shared, key) !== undefined) return `${NAMESPACE}${SHARED}:${SHARED}.common.${key}`;
    return null;
  };
  return {
    find,
    need(key) {
      const found = find(key);
      if (found === null)
        throw new SourceError(
          `nodes/${type.slice(8)}/en-US.json has no text ${key}, which the dialog shows.`,
        );
      return found;
    },
  };
}
