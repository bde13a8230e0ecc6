import { createContext, runInContext } from 'node:vm';
import { flat } from '../../scripts/nodes/catalogs';
import { BASICS } from '../../nodes/editor/basics';
import { layOut } from '../../scripts/nodes/layout';
import { readSources, root } from '../../scripts/nodes/sources';

export { flat, root };

/** What the build puts beside the compiled nodes, made anew from the sources. */
export const sources = readSources();
const files = layOut(sources);

/** Every node type of this package. */
export const types = sources.nodes.map(({ type }) => type);

export const { languages } = sources;

function shipped(path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`nothing ships ${path}`);
  return text;
}

/** The HTML of a type as Node-RED reads it; the platform's brings what all dialogs share. */
export function html(type: string): string {
  return shipped(`${type}.html`);
}

/** The dialog of a type. */
export function template(type: string): string {
  const found = new RegExp(`<script type="text/html" data-template-name="${type}">([^]*?)</script>`).exec(
    html(type),
  );
  return found?.[1] ?? '';
}

export function scripts(text: string): string[] {
  return [...text.matchAll(/<script type="text\/javascript">([^]*?)<\/script>/g)].map(
    (match) => match[1] ?? '',
  );
}

type Texts = { [key: string]: string | Texts };

export function catalog(language: string, type: string): Texts {
  return JSON.parse(shipped(`locales/${language}/${type}.json`)) as Texts;
}

/** The help of a type, or of what all nodes share, whose texts travel with the platform's. */
export function help(language: string, type: string): string {
  const file = shipped(`locales/${language}/${type === BASICS ? 'rescale-platform' : type}.html`);
  const scripts = file.split(/(?<=<\/script>\n)/);
  return scripts.find((script) => script.includes(`data-help-name="${type}"`)) ?? '';
}

/** The namespace Node-RED gives the catalog of the platform, in which the shared texts stand. */
const NAMESPACE = '@rescale-flows/node-red-rescale/';

/** A text as Node-RED's editor finds it. Throws for a key that the catalog does not have. */
function translate(
  language: string,
  type: string,
  key: string,
  values: Record<string, unknown> = {},
): string {
  const [namespace, name] = key.includes(':')
    ? (key.split(':') as [string, string])
    : [NAMESPACE + type, key];
  if (namespace === 'node-red') return name;
  const text = flat(catalog(language, namespace.slice(NAMESPACE.length))).get(name);
  if (text === undefined) throw new Error(`${language} has no ${key}`);
  return text.replace(/__(\w+?)__/g, (_place, value: string) => String(values[value]));
}

type Validator = (this: EditorNode, value: unknown, opt: object) => true | string;

interface Definition {
  category: string;
  categoryDescription?: string;
  color: string;
  icon: string;
  inputs?: number;
  outputs?: number;
  defaults: Record<string, { value?: unknown; type?: string; required?: boolean; validate?: Validator }>;
  credentials?: Record<string, { type: string }>;
  label(this: EditorNode): string;
  labelStyle(this: EditorNode): string;
  paletteLabel?(this: EditorNode): string;
  inputLabels?(this: EditorNode): string;
  outputLabels?(this: EditorNode, index: number): string;
}

type EditorNode = Record<string, unknown> & { type: string; _(key: string, values?: object): string };

/**
 * Runs the shipped scripts against a stand-in for what Node-RED's editor gives them when it loads them: no dialog is
 * open. `loaded` names the files, in the order in which they are loaded.
 */
export function loadEditor(language: string, loaded: string[]): Map<string, Definition> {
  return startEditor(language, loaded).definitions;
}

/** What a dialog shows where the server answers with a reason: `said` as it comes over the wire. */
export function reasonIn(language: string, said: object): string {
  const { RED } = startEditor(language, ['rescale-platform']);
  return RED.rescale!.reason(JSON.parse(JSON.stringify(said)) as object);
}

/** What stands in the flows beside the node under test; `before` are wired to its input. */
export interface Surrounding {
  id: string;
  type: string;
  before?: true;
  [property: string]: unknown;
}

/** A test that needs more adds it here, and takes it away again. */
export const around: Surrounding[] = [{ id: 'platform', type: 'rescale-platform', name: 'a platform' }];

/** What the dialogs share, as `RED.rescale` offers it. */
interface SharedCode {
  reason: (said: object) => string;
  age: (date: unknown, now?: number) => string;
  localTime: (date: unknown) => string;
  seconds: (milliseconds: number) => string;
  size: (bytes: unknown) => string;
}

export function sharedCode(language: string): SharedCode {
  return startEditor(language, ['rescale-platform']).RED.rescale!;
}

interface StandIn {
  /** What the shared code adds. */
  rescale?: SharedCode;
  [part: string]: unknown;
}

function startEditor(
  language: string,
  loaded: string[],
): { definitions: Map<string, Definition>; RED: StandIn } {
  const definitions = new Map<string, Definition>();
  const RED: StandIn = {
    _: (key: string, values?: Record<string, unknown>) =>
      translate(language, 'rescale-platform', key, values),
    nodes: {
      registerType: (type: string, definition: Definition) => definitions.set(type, definition),
      node: (id: string) => around.find((one) => one.id === id) ?? null,
      eachConfig: (look: (node: Surrounding) => unknown) => around.forEach(look),
      filterLinks: () => around.filter(({ before }) => before).map((source) => ({ source })),
    },
    events: { on: () => {} },
    editor: { getEditStack: () => [] },
    i18n: { lang: () => language },
    utils: { validateTypedProperty: (value: string) => /^[\w$]/.test(value) || 'not a property' },
  };
  const context = createContext({
    RED,
    URL,
    document: {},
    setTimeout,
    $: () => ({ length: 0, on: () => {} }),
  });
  for (const type of loaded) {
    for (const script of scripts(html(type))) runInContext(script, context);
  }
  return { definitions, RED };
}

/** A node as the editor makes it from the defaults. */
export function editorNode(
  type: string,
  definition: Definition,
  language: string,
  stored: Record<string, unknown> = {},
): EditorNode {
  const defaults = Object.fromEntries(
    Object.entries(definition.defaults).map(([name, property]) => [name, property.value ?? '']),
  );
  if ('platform' in defaults) defaults['platform'] = 'platform';
  const _ = (key: string, values?: Record<string, unknown>) => translate(language, type, key, values);
  return { ...defaults, ...stored, type, _, _def: definition };
}

/** What the editor says about a node that holds `stored`: a sentence for each property that is wrong. */
export function complaints(
  type: string,
  definition: Definition,
  stored: Record<string, unknown>,
  language = 'en-US',
): string[] {
  const node = editorNode(type, definition, language, stored);
  return Object.entries(definition.defaults).flatMap(([name, property]) => {
    const said = property.validate?.call(node, node[name], {}) ?? true;
    return said === true ? [] : [String(said)];
  });
}
