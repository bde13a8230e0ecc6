/**
 * What the help of a node says of its messages, held to what the node has: as many outputs as the dialog, no property that
 * neither its own code nor what it uses knows, and the same properties in each language.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SourceError } from '../../nodes/dialog/source-error';
import { allFields, type TypedField } from '../../nodes/dialog/field';
import { SHARED } from '../../nodes/dialog/texts';
import { ENGLISH, root, type NodeSource, type Sources } from './sources';

/** What Node-RED or the seam gives to each message. */
const OF_EVERY_NODE = ['payload', 'jobId', 'runId', 'rescale'];
/** The seam to Node-RED serves all nodes, so that it knows a property tells nothing of one of them. */
const SEAM = /^src\/(api|simulator|runtime\/(node|definition|fields|status|platform|state|editor))\//;

/** Throws a SourceError that names the file and the property. */
export function checkDocumented({ nodes, languages, shared }: Sources): void {
  for (const node of nodes.filter(({ type }) => type !== SHARED)) {
    const code = codeOf(node);
    const english = propertiesOf(node, ENGLISH, shared[ENGLISH]!.help.properties);
    for (const language of [ENGLISH, ...languages.filter((one) => one !== ENGLISH)]) {
      const path = `nodes/${node.name}/${language}.md`;
      checkOutputs(node, path, language);
      const properties = propertiesOf(node, language, shared[language]!.help.properties);
      for (const { section, name } of properties) {
        if (!knows(node, code, section, name)) {
          throw new SourceError(
            `${path} describes ${name} below ## ${section}, of which the code of ${node.type} knows nothing.`,
          );
        }
      }
      const names = (all: typeof english) => all.map(({ section, name }) => `${section} ${name}`).sort();
      const odd = difference(names(english), names(properties));
      if (odd !== undefined) {
        throw new SourceError(`${path} and ${ENGLISH}.md beside it do not describe the same: ${odd}.`);
      }
    }
  }
}

/** The outputs are numbered where there are several; one has no number. */
function checkOutputs({ name, type, dialog, help }: NodeSource, path: string, language: string): void {
  const { outputs = 1 } = dialog;
  const numbers = sectionOf(help[language]!, 'outputs').flatMap((line) => /^(\d+)\. /.exec(line)?.[1] ?? []);
  const expected = outputs > 1 ? Array.from({ length: outputs }, (_, index) => String(index + 1)) : [];
  if (numbers.join() === expected.join()) return;
  const wanted = expected.length > 0 ? `“${expected.join('. …”, “')}. …”` : 'no numbers';
  throw new SourceError(
    `${path} must have ${wanted} below ## outputs: ${type} (nodes/${name}) has ${outputs === 1 ? 'one output' : `${outputs} outputs`}.`,
  );
}

interface Property {
  section: 'inputs' | 'outputs';
  name: string;
}

function propertiesOf({ help }: NodeSource, language: string, shared: Record<string, string>): Property[] {
  return (['inputs', 'outputs'] as const).flatMap((section) =>
    sectionOf(help[language]!, section)
      .map((line) => (line.startsWith('= ') ? (shared[line.slice(2).trim()] ?? '') : line))
      .flatMap((line) => /^: ([^(]+) \(/.exec(line)?.[1]!.split(',') ?? [])
      .map((name) => ({ section, name: name.replace(/[*_\s]/g, '') })),
  );
}

function sectionOf(help: string, section: string): string[] {
  const part = help.split(/\n(?=## )/).find((one) => one.startsWith(`## ${section}\n`));
  return part?.split('\n').slice(1) ?? [];
}

function knows({ dialog }: NodeSource, code: string, section: Property['section'], name: string): boolean {
  const last = name.split('.').at(-1)!;
  if (OF_EVERY_NODE.includes(last)) return true;
  const read = allFields(dialog.fields)
    .filter((field): field is TypedField => field.kind === 'typed')
    .map(({ initial }) => initial.value);
  if (section === 'inputs' && (read.includes(name) || (name === 'action' && /\bactions\b/.test(code)))) {
    return true;
  }
  return new RegExp(`\\b${last}\\b`).test(code);
}

/** The node's own code and all that it imports, but for the seam, without comments. */
function codeOf({ name }: NodeSource): string {
  const seen = new Set<string>();
  const parts: string[] = [];
  const visit = (path: string) => {
    if (seen.has(path) || SEAM.test(path) || !existsSync(join(root, path))) return;
    seen.add(path);
    const text = readFileSync(join(root, path), 'utf8');
    parts.push(text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''));
    for (const [, to] of text.matchAll(/from '(\.[^']+)'/g)) visit(join(dirname(path), `${to!}.ts`));
  };
  visit(`nodes/${name}/node.ts`);
  return parts.join('\n');
}

function difference(one: string[], other: string[]): string | undefined {
  return [...one.filter((name) => !other.includes(name)), ...other.filter((name) => !one.includes(name))][0];
}
