/** Everything that Node-RED wants beside a built node file, as paths below `dist/nodes/` and their text. */
import { buildSync } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Field } from '../../nodes/dialog/field';
import { late } from '../../nodes/late';
import { registrationScript } from '../../nodes/dialog/definition';
import { dialogHtml } from '../../nodes/dialog/rows';
import { SHARED, textFinder, type Texts } from '../../nodes/dialog/texts';
import { SourceError } from '../../nodes/dialog/source-error';
import { catalogOf, checkCatalogs } from './catalogs';
import { checkDocumented } from './documented';
import { checkCopies, helpOf } from './help';
import { registrationOf } from './registrations';
import { ENGLISH, root, type NodeSource, type Sources } from './sources';

/** A node's dialog source stays readable at a glance. */
const LONGEST_DIALOG = 80;

/** Checks every source on the way: throws a SourceError with one sentence about the first that is wrong. */
export function layOut(sources: Sources, folder = join(root, 'nodes')): Map<string, string> {
  checkCatalogs(sources);
  checkCopies(sources);
  checkDocumented(sources);
  const files = new Map([['palette.js', palette(sources.nodes)]]);
  for (const node of sources.nodes) {
    files.set(`${node.type}.js`, entry(node, folder));
    files.set(`${node.type}.html`, html(node, sources, folder));
    for (const language of sources.languages) {
      const place = `locales/${language}/${node.type}`;
      files.set(`${place}.json`, `${JSON.stringify(catalogOf(node, language, sources), null, 2)}\n`);
      files.set(`${place}.html`, helpOf(node, language, sources));
    }
  }
  return files;
}

/** Node-RED looks for dialog, icon and locales beside the file that it loads; what the node does is loaded with the first of its type. */
function entry(node: NodeSource, folder: string): string {
  const load = `() => require('./palette.js')['${node.type}']`;
  const registration = JSON.stringify(registrationOf(node, folder), null, 2);
  return `'use strict';\nmodule.exports = require('./late.js').${late.name}(${load}, ${registration});\n`;
}

/** All nodes by their types. One that can't be loaded keeps no other from being loaded. */
function palette(nodes: readonly NodeSource[]): string {
  const lines = nodes.map(
    ({ name, type }) => `  get '${type}'() { return require('./${name}/node.js'); },\n`,
  );
  return `'use strict';\nmodule.exports = {\n${lines.join('')}};\n`;
}

function html(node: NodeSource, sources: Sources, folder: string): string {
  const { type, dialog, version } = node;
  const source = readFileSync(join(folder, node.name, 'dialog.ts'), 'utf8');
  const length = source.trimEnd().split('\n').length;
  if (length > LONGEST_DIALOG) {
    throw new SourceError(`nodes/${node.name}/dialog.ts has ${length} lines; ${LONGEST_DIALOG} are allowed.`);
  }
  const shared = sources.shared[ENGLISH]!.editor['common'] as Texts;
  const texts = textFinder(type, node.catalogs[ENGLISH]!, shared);
  const config = dialog.category === 'config';
  const prefix = config ? 'node-config-input' : 'node-input';
  const nameRow = `
        <div class="form-row" id="rescale-row-name">
            <label for="${prefix}-name"><i class="fa fa-tag"></i> <span data-i18n="node-red:common.label.name"></span></label>
            <input type="text" id="${prefix}-name" style="width: calc(100% - 140px)" data-i18n="[placeholder]node-red:common.label.name">
        </div>`;
  const rows = (fields: typeof dialog.fields) => dialogHtml(fields, { prefix, texts });
  // The name comes last, but before what is folded away: else it would seem to belong to it.
  const folded = dialog.fields.findIndex((_field, index) => dialog.fields.slice(index).every(isFolded));
  const last = folded < 0 ? dialog.fields.length : folded;
  const content = config
    ? nameRow + rows(dialog.fields)
    : rows(dialog.fields.slice(0, last)) + nameRow + rows(dialog.fields.slice(last));
  const script = registrationScript({ type, version, dialog, texts, code: ownCode(node, folder) });
  const parts = [
    `<script type="text/html" data-template-name="${type}">\n    <div class="rescale-form" data-type="${type}">${content}\n    </div>\n</script>`,
    `<script type="text/javascript">${script}</script>`,
  ];
  if (type === SHARED) parts.push(...sharedCode(folder));
  return `${parts.join('\n\n')}\n`;
}

const isFolded = (field: Field) => field.kind === 'fold' && field.open !== true;

/** What runs in the editor for this node alone: how it is called, and what its `dialog.ts` exports. */
function ownCode({ name, code }: NodeSource, folder: string): string {
  const own = code.length > 0 ? `export { ${code.join(', ')} } from './${name}/dialog';` : '';
  return bundle(`export { labelOf } from './editor/label'; ${own}`, folder);
}

/** The editor code that all dialogs share has no file of its own in Node-RED; it travels at the end of the platform's. */
function sharedCode(folder: string): string[] {
  const style = readFileSync(join(folder, 'editor', 'style.css'), 'utf8');
  const code = bundle(`import './editor/index';`, folder);
  return [`<style>\n${style}</style>`, `<script type="text/javascript">\n${code};\n</script>`];
}

/** A script as one expression. */
function bundle(contents: string, folder: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'own',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    tsconfigRaw: '{}',
  });
  const script = outputFiles[0]!.text.replace(/^"use strict";\s*/, '');
  return script
    .replace(/^var own = /, '')
    .trimEnd()
    .replace(/;$/, '')
    .replace(/<\/script/g, '<\\/script');
}
