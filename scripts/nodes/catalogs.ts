/** The catalogs that Node-RED reads, one for each node and language. What all nodes share travels in the platform's. */
import { SHARED, type Texts } from '../../nodes/dialog/texts';
import { SourceError } from '../../nodes/dialog/source-error';
import { ENGLISH, type NodeSource, type Sources } from './sources';

/** The category's name in the palette; every node's catalog must bring it. */
const PALETTE = { label: { rescale: 'Rescale' } };

/** The built catalog of a node. */
export function catalogOf({ type, catalogs }: NodeSource, language: string, { shared }: Sources): Texts {
  const own = catalogs[language]!;
  if (type !== SHARED) return { palette: PALETTE, [type]: own };
  const { editor, errors, status } = shared[language]!;
  return { palette: PALETTE, [type]: { ...editor, ...own }, errors, status };
}

/** All texts of a catalog by their dotted keys. */
export function flat(texts: Texts, before = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') all.set(before + key, value);
    else for (const [below, text] of flat(value, `${before}${key}.`)) all.set(below, text);
  }
  return all;
}

const placesOf = (text: string) =>
  [...text.matchAll(/__\w+?__/g)]
    .map(([place]) => place)
    .sort()
    .join(' ');

/** Throws a SourceError where a language lacks a text, has one too many, or one with other places in it. */
export function checkCatalogs({ nodes, languages, shared }: Sources): void {
  for (const language of languages) {
    for (const part of ['editor', 'errors', 'status'] as const) {
      const path = `nodes/locales/${language}/${part}.json`;
      compare(path, flat(shared[ENGLISH]![part]), flat(shared[language]![part]));
    }
    for (const { name, catalogs } of nodes) {
      compare(`nodes/${name}/${language}.json`, flat(catalogs[ENGLISH]!), flat(catalogs[language]!));
    }
  }
}

function compare(path: string, english: Map<string, string>, other: Map<string, string>): void {
  for (const [key, text] of english) {
    const translated = other.get(key);
    if (!translated?.trim()) throw new SourceError(`${path} has no text ${key} (in English: “${text}”).`);
    if (placesOf(translated) !== placesOf(text)) {
      throw new SourceError(
        `${path}: ${key} must have ${placesOf(text) || 'no places'}, as the English text has.`,
      );
    }
  }
  for (const key of other.keys()) {
    if (!english.has(key))
      throw new SourceError(`${path} has a text ${key} that the English one does not have.`);
  }
}
