/**
 * The help of a node, put together from what the node says of itself and what all nodes share. A source is Markdown:
 * a first sentence, then `## fields`, `## inputs`, `## outputs` and `## details`, each only where there is something to
 * say. `- search: …` describes a field, `: *path* (string) : …` a property of a message, and `= rescale` takes what
 * stands once for all nodes in `nodes/locales/<language>/help.json`.
 */
import { allFields, type Dialog, type TypedField } from '../../nodes/dialog/field';
import { SHARED, textIn, type Texts } from '../../nodes/dialog/texts';
import { SourceError } from '../../nodes/dialog/source-error';
import { asMarkdown, basicsOf, sentence } from './basics';
import { type HelpTexts, type NodeSource, type Sources } from './sources';

const SECTIONS = ['fields', 'inputs', 'outputs', 'details'] as const;
type Section = (typeof SECTIONS)[number];

interface Source {
  purpose: string;
  sections: Partial<Record<Section, string[]>>;
}

/** Errors of every node that asks the platform. */
const PLATFORM_ERRORS = [
  'RESCALE_CONFIG',
  'RESCALE_INPUT',
  'RESCALE_AUTH',
  'RESCALE_NOT_FOUND',
  'RESCALE_RATE_LIMIT',
  'RESCALE_SERVER',
  'RESCALE_NETWORK',
  'RESCALE_TIMEOUT',
  'RESCALE_PROTOCOL',
  'RESCALE_CLOSED',
];

export function helpOf(node: NodeSource, language: string, sources: Sources): string {
  const path = `nodes/${node.name}/${language}.md`;
  const shared = sources.shared[language]!;
  const source = parse(node.help[language]!, path);
  const context = { node, path, help: shared.help, own: node.catalogs[language]!, editor: shared.editor };
  const parts = [
    source.purpose,
    ...example(context),
    ...section(context, 'fields', fields(context, source)),
    ...section(context, 'inputs', [...inputs(context, source), ...lines(context, source.sections.inputs)]),
    ...section(context, 'outputs', lines(context, source.sections.outputs)),
    ...section(context, 'details', lines(context, source.sections.details)),
    ...errors(context),
    ...section(context, 'references', references(context)),
  ];
  const help = `<script type="text/markdown" data-help-name="${node.type}">\n${parts.join('\n\n')}\n</script>\n`;
  return node.type === SHARED ? help + basicsOf(shared) : help;
}

interface Context {
  node: NodeSource;
  path: string;
  help: HelpTexts;
  own: Texts;
  editor: Texts;
}

function parse(text: string, path: string): Source {
  const [first = '', ...rest] = text.trim().split(/\n(?=## )/);
  const purpose = first.trim();
  const sections: Source['sections'] = {};
  if (purpose === '' || purpose.includes('\n')) {
    throw new SourceError(`${path} must begin with one line that says what one uses the node for.`);
  }
  for (const part of rest) {
    const [heading = '', ...body] = part.split('\n');
    const name = SECTIONS.find((one) => `## ${one}` === heading.trim());
    if (!name) throw new SourceError(`${path}: “${heading}” is none of ## ${SECTIONS.join(', ## ')}.`);
    if (name in sections) throw new SourceError(`${path} has ## ${name} twice.`);
    const written = body.join('\n').trim();
    sections[name] = written === '' ? [] : written.split('\n');
  }
  return { purpose, sections };
}

function section({ help, path }: Context, name: string, body: string[]): string[] {
  const heading = help.headings[name];
  if (heading === undefined) throw new SourceError(`${path}: help.json has no heading ${name}.`);
  return body.length > 0 ? [`### ${heading}`, body.join('\n')] : [];
}

/** What is shared is named with `= key`; everything else stays as it is written. */
function lines({ help, path }: Context, written: string[] = []): string[] {
  return written.map((line) => {
    // The editor counts each list from 1 anew, so the number of an output stands in a heading.
    if (!line.startsWith('= ')) return line.replace(/^(?=\d\. )/, '#### ');
    const key = line.slice(2).trim();
    const found = help.properties[key] ?? help.paragraphs[key];
    if (found === undefined)
      throw new SourceError(`${path}: help.json has neither property nor paragraph ${key}.`);
    return found;
  });
}

function example({ node, help }: Context): string[] {
  if (!node.dialog.example) return [];
  // The editor's renderer takes what looks like an element for one, also in a block of code.
  const written = JSON.stringify(node.dialog.example, null, 2).replace(/</g, '‹').replace(/>/g, '›');
  return [help.example, `\`\`\`json\n${written}\n\`\`\``];
}

/** Each field of the dialog by its label, in the dialog's order; those that all nodes share stand once elsewhere. */
function fields(context: Context, source: Source): string[] {
  const { node, path, help, own, editor } = context;
  const described = new Map<string, string>();
  for (const line of source.sections.fields ?? []) {
    const found = /^- (\w+): (.+)$/.exec(line);
    if (!found) throw new SourceError(`${path}: “${line}” describes no field; write “- name: text”.`);
    described.set(found[1]!, found[2]!);
  }
  const label = (name: string) => textIn(own, `field.${name}`) ?? textIn(editor, `common.field.${name}`);
  const names = allFields(node.dialog.fields)
    .map(({ name }) => name)
    .filter((name) => label(name) !== undefined);
  for (const name of described.keys()) {
    if (!names.includes(name))
      throw new SourceError(`${path} describes a field ${name} that ${node.type} does not have.`);
  }
  const ownText = (name: string) => described.get(name) ?? asMarkdown(textIn(own, `tip.${name}`));
  const isShared = (name: string) =>
    ownText(name) === undefined && (help.fields[name] ?? textIn(editor, `common.tip.${name}`)) !== undefined;
  const named = (name: string) => `*${label(name)!.replace(/[*_]/g, '')}*`;
  const shared = names.filter(isShared).map(named);
  const lines = names
    .filter((name) => !isShared(name))
    .map((name) => {
      const text = ownText(name);
      if (text === undefined) {
        throw new SourceError(
          `${path} does not describe the field ${name}: add “- ${name}: …” below ## fields.`,
        );
      }
      return `- ${named(name)}: ${sentence(text)}`;
    });
  return [...(shared.length > 0 ? [`- ${shared.join(', ')}: ${help.see['fields']}`] : []), ...lines];
}

/** Properties of the incoming message that fields read unless the dialog says otherwise. */
function inputs({ node, help }: Context, source: Source): string[] {
  const written = (source.sections.inputs ?? []).join('\n');
  return allFields(node.dialog.fields)
    .filter((field): field is TypedField => field.kind === 'typed' && field.initial.type === 'msg')
    .map(({ initial }) => initial.value)
    .filter((name) => !new RegExp(`^:[^(]*\\b${name}\\b`, 'm').test(written))
    .flatMap((name) => help.properties[name] ?? []);
}

/** The codes that can reach Catch; what they mean stands once, for all nodes. */
function errors(context: Context): string[] {
  const { node, help, path } = context;
  if (node.type === SHARED) return [];
  const codes = errorCodes(node.dialog);
  const unknown = codes.find((code) => !(code in help.errors));
  if (unknown) throw new SourceError(`${path}: help.json does not say what ${unknown} means.`);
  const asks = PLATFORM_ERRORS.every((code) => codes.includes(code));
  const own = codes.filter((code) => !asks || !PLATFORM_ERRORS.includes(code)).map((code) => `\`${code}\``);
  return section(context, 'errors', [
    [...(asks ? [help.see['common-errors']!] : []), ...own].join(', ') + '.',
    ...(asks ? [] : ['', help.see['errors']!]),
  ]);
}

function errorCodes({ fields: all, errors: own = [] }: Dialog): string[] {
  const asks = all.some(({ kind }) => kind === 'platform');
  return [...new Set([...(asks ? PLATFORM_ERRORS : ['RESCALE_INPUT']), ...own])];
}

function references({ node, help }: Context): string[] {
  const own = node.type === SHARED ? help.references : [];
  return [help.see['run']!, ...own].map((link) => `- ${link}`);
}

/** What a node says in its own words, line by line. */
export const linesOfItsOwn = (help: string): string[] =>
  help.split('\n').filter((line) => line.length >= 40 && !/^(= |#|TODO)/.test(line));

export const shortened = (line: string) => (line.length > 60 ? `${line.slice(0, 60)}…` : line);

/** Throws a SourceError where two nodes say the same in a whole sentence: one was copied, or it belongs to all. */
export function checkCopies({ nodes, languages }: Sources): void {
  for (const language of languages) {
    const seen = new Map<string, string>();
    for (const { name, help } of nodes) {
      for (const line of linesOfItsOwn(help[language]!)) {
        const other = seen.get(line);
        if (other !== undefined && other !== name) {
          throw new SourceError(
            `nodes/${other}/${language}.md and nodes/${name}/${language}.md say the same: “${shortened(line)}”. Write in each what its node does, or say it once in nodes/locales/${language}/help.json.`,
          );
        }
        seen.set(line, name);
      }
    }
  }
}
