/**
 * Every place that must know each node: what stands in the package, in the papers and in the tests. Nothing is derived
 * from a list that somebody keeps by hand without being asked here whether it is complete.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED } from '../../nodes/dialog/texts';
import { skeletonIcon } from './skeleton';
import { ENGLISH, root, type NodeSource } from './sources';
import { untranslated } from './translated';

const asksPlatform = ({ dialog }: NodeSource) => dialog.fields.some(({ kind }) => kind === 'platform');
const isNode = ({ type }: NodeSource) => type !== SHARED;

/** What would fill the platform or the disk if it ran all the time. */
const NOT_FOR_DAYS: Record<string, string> = {
  'rescale-snapshot-run': 'each message leaves an archive',
  'rescale-download-files': 'each message writes files; test/bench looks at its memory',
};

/** Test lists that hold one entry for each node, and which nodes belong into them. */
const TEST_LISTS: readonly [path: string, holds: string, belongs: (node: NodeSource) => boolean][] = [
  ['test/browser/cases.ts', 'how a person fills it', isNode],
  ['test/faults/node-list.ts', 'how it meets the faults of the platform', asksPlatform],
  ['test/security/node-red.test.ts', 'that it shows no key', asksPlatform],
  ['test/soak/soak.ts', 'that it runs for days', (node) => isNode(node) && !(node.type in NOT_FOR_DAYS)],
];

/** One sentence for each thing that is missing or left over; none where all is well. */
export function listProblems(nodes: NodeSource[], folder = root): string[] {
  const todo = /\| TODO/.test(readFileSync(join(folder, 'README.md'), 'utf8'))
    ? ['README.md still says TODO.']
    : [];
  return [
    ...packageProblems(nodes, folder),
    ...todo,
    ...nodes.flatMap((node) => [...nodeProblems(node, folder), ...untranslated(node)]),
    ...exampleProblems(folder),
  ];
}

/** The import dialog shows file names in English, so the help of the platform lists them in each other language. */
function exampleProblems(folder: string): string[] {
  const languages = readdirSync(join(folder, 'nodes', 'locales')).filter((one) => one !== ENGLISH);
  const lists = languages.map((language) => `nodes/locales/${language}/help.json`);
  const textOf = (path: string) => readFileSync(join(folder, path), 'utf8');
  const expectations = 'test/real/example-expectations.ts';
  const files = readdirSync(join(folder, 'examples'));
  const numberOf = (file: string) => file.slice(0, 2);
  return files.flatMap((file, index) => {
    const title = file.replace(/\.json$/, '');
    const before = files.slice(0, index).find((other) => numberOf(other) === numberOf(file));
    const unnamed = lists.filter((path) => !textOf(path).includes(`- ${title}: `));
    return [
      ...(before ? [`examples/${file} has the number of “${before}”: take the next one of its kind.`] : []),
      ...(textOf(`examples/${file}`).includes('"TODO"') ? [`examples/${file} still says TODO.`] : []),
      ...unnamed.map((path) => `${path} does not list “${title}” in its paragraph examples-text.`),
      ...(textOf(expectations).includes(`'${file}'`)
        ? []
        : [`${expectations} does not name “${file}”: say there what comes out of it.`]),
    ];
  });
}

/** What Node-RED would not load, or would look for in vain. */
export function packageProblems(nodes: NodeSource[], folder = root): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    'node-red': { nodes: Record<string, string> };
  };
  const listed = manifest['node-red'].nodes;
  const missing = nodes
    .filter(({ type }) => listed[type] !== `dist/nodes/${type}.js`)
    .map(({ type }) => `package.json does not list "${type}": "dist/nodes/${type}.js" below node-red.nodes.`);
  const types = nodes.map(({ type }) => type);
  const gone = Object.keys(listed)
    .filter((type) => !types.includes(type))
    .map((type) => `package.json lists ${type}, which has no folder below nodes/.`);
  return [...missing, ...gone];
}

function nodeProblems(node: NodeSource, folder: string): string[] {
  const { name, type } = node;
  const problems: string[] = [];
  const text = (path: string) => readFileSync(join(folder, path), 'utf8');
  const icon = `icons/${type}.svg`;
  if (!existsSync(join(folder, icon))) problems.push(`${icon} is missing: white on nothing, 40 by 60.`);
  else if (text(icon) === skeletonIcon) problems.push(`${icon} is still the cross of the skeleton.`);
  if (!text('README.md').includes(`| \`${type}\``)) {
    problems.push(`README.md has no row for ${type} in its table of nodes.`);
  }
  for (const path of sourcesOf(node, folder)) {
    if (existsSync(join(folder, path)) && /\bTODO\b/.test(text(path)))
      problems.push(`${path} still says TODO.`);
  }
  if (!isNode(node)) return problems;
  const test = join('test', 'nodes', `${name}.test.ts`);
  if (!existsSync(join(folder, test)) || !text(test).includes(`'${type}'`)) {
    problems.push(`test/nodes/${name}.test.ts is missing: what a user relies on from ${type}.`);
  }
  if (!examplesOf(folder).includes(`"type": "${type}"`)) {
    problems.push(`examples/ has no flow with a ${type} node.`);
  }
  for (const [path, holds, belongs] of TEST_LISTS) {
    if (belongs(node) && !text(path).includes(`'${type}'`)) {
      problems.push(`${path} does not name ${type}: say there ${holds}.`);
    }
  }
  return problems;
}

function sourcesOf({ name }: NodeSource, folder: string): string[] {
  const own = readdirSync(join(folder, 'nodes', name)).map((file) => `nodes/${name}/${file}`);
  return [...own, `test/nodes/${name}.test.ts`];
}

const allTexts = (folder: string, ending: string): string =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');

const examplesOf = (folder: string) => allTexts(join(folder, 'examples'), '.json');
