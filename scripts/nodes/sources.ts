/** Every node type of this package as its folder below `nodes/` has it. A folder that is not complete is said by name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialog } from '../../nodes/dialog/field';
import { SourceError } from '../../nodes/dialog/source-error';
import type { Texts } from '../../nodes/dialog/texts';
import { errorTexts } from '../../src/api/errors/texts/error-texts';
import { currentVersion } from '../../src/runtime/fields/migrations';
import { statusTexts } from '../../src/runtime/status/status-texts';

export const root = join(__dirname, '..', '..');

export interface NodeSource {
  /** The folder below `nodes/`, such as `get-run`. */
  name: string;
  /** What Node-RED calls it, such as `rescale-get-run`. */
  type: string;
  dialog: Dialog;
  /** Of what the dialog stores. */
  version: number;
  /** What `dialog.ts` exports besides the dialog. */
  code: readonly string[];
  catalogs: Record<string, Texts>;
  help: Record<string, string>;
}

/** What stands once for all nodes, in one language. */
export interface SharedTexts {
  editor: Texts;
  errors: Texts;
  status: Texts;
  help: HelpTexts;
}

export interface HelpTexts {
  headings: Record<string, string>;
  example: string;
  fields: Record<string, string>;
  properties: Record<string, string>;
  paragraphs: Record<string, string>;
  errors: Record<string, string>;
  see: Record<string, string>;
  references: string[];
}

export interface Sources {
  nodes: NodeSource[];
  languages: string[];
  shared: Record<string, SharedTexts>;
}

/** The language in which texts are written first. */
export const ENGLISH = 'en-US';

/** The folders of node types: what has a `node.ts` or a `dialog.ts`. */
function nodeNames(folder = join(root, 'nodes')): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => ['node.ts', 'dialog.ts'].some((file) => existsSync(join(folder, name, file))))
    .sort();
}

function read(folder: string, path: string, what: string): string {
  try {
    return readFileSync(join(folder, path), 'utf8');
  } catch {
    throw new SourceError(`nodes/${path} is missing: ${what}.`);
  }
}

function readJson<Content>(folder: string, path: string, what: string): Content {
  const text = read(folder, path, what);
  try {
    return JSON.parse(text) as Content;
  } catch (error) {
    throw new SourceError(`nodes/${path} is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

export function readSources(folder = join(root, 'nodes')): Sources {
  const languages = readdirSync(join(folder, 'locales')).sort();
  const shared = Object.fromEntries(languages.map((language) => [language, readShared(folder, language)]));
  return { nodes: nodeNames(folder).map((name) => readNode(folder, name, languages)), languages, shared };
}

function readShared(folder: string, language: string): SharedTexts {
  const part = <Content>(name: string) =>
    readJson<Content>(folder, `locales/${language}/${name}.json`, `the texts of all nodes in ${language}`);
  // English stands in the code, where a sentence and what it is about are written together.
  const english = language === ENGLISH;
  return {
    editor: part('editor'),
    errors: english ? { ...errorTexts } : part('errors'),
    status: english ? { ...statusTexts } : part('status'),
    help: part('help'),
  };
}

function readNode(folder: string, name: string, languages: string[]): NodeSource {
  const type = `rescale-${name}`;
  read(folder, `${name}/node.ts`, `what ${type} does`);
  read(folder, `${name}/dialog.ts`, `the dialog of ${type}`);
  const { dialog, ...code } = module.require(join(folder, name, 'dialog.ts')) as Record<string, unknown>;
  if (typeof dialog !== 'function')
    throw new SourceError(`nodes/${name}/dialog.ts does not export “dialog”.`);
  const each = <Content>(content: (language: string) => Content) =>
    Object.fromEntries(languages.map((language) => [language, content(language)]));
  return {
    name,
    type,
    dialog: (dialog as () => Dialog)(),
    version: currentVersion(type),
    code: Object.keys(code),
    catalogs: each((language) =>
      readJson<Texts>(folder, `${name}/${language}.json`, `the texts of ${type} in ${language}`),
    ),
    help: each((language) => read(folder, `${name}/${language}.md`, `the help of ${type} in ${language}`)),
  };
}
