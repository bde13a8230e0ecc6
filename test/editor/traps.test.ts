import should from 'should';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceError } from '../../nodes/dialog/source-error';
import { layOut } from '../../scripts/nodes/layout';
import { listProblems } from '../../scripts/nodes/lists';
import { skeletonIcon } from '../../scripts/nodes/skeleton';
import { readSources, type Sources } from '../../scripts/nodes/sources';
import { temporaryFolder } from '../real/scripts';
import { root, sources } from './shipped';

/** What the lists of nodes are read from. */
const LISTED = [
  'nodes',
  'src/runs/files/offered-encodings.ts',
  'icons',
  'examples',
  'README.md',
  'package.json',
  'test/nodes',
  'test/browser',
  'test/faults',
  'test/security',
  'test/real',
  'test/soak',
];

/** What the build says, in one sentence. */
function sentence(read: () => Sources): string {
  try {
    layOut(read());
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    throw error;
  }
  return '';
}

/** With the help of a node changed in every language, or in some. */
function withHelp(name: string, change: (help: string) => string, languages = sources.languages): Sources {
  const nodes = sources.nodes.map((node) => ({ ...node, help: { ...node.help } }));
  const { help } = nodes.find((node) => node.name === name)!;
  for (const language of languages) help[language] = change(help[language]!);
  return { ...sources, nodes };
}

describe('What is forgotten at a new node', () => {
  const folder = temporaryFolder('traps');
  const changed = (path: string, change: (text: string) => string, act: () => void) => {
    const file = join(folder, path);
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, change(before));
    act();
    writeFileSync(file, before);
  };
  const without = (path: string, act: () => void) => {
    const file = join(folder, path);
    const before = readFileSync(file);
    rmSync(file);
    act();
    writeFileSync(file, before);
  };
  const problems = () => listProblems(sources.nodes, folder);

  before(() => {
    for (const path of LISTED) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      cpSync(join(root, path), join(folder, path), { recursive: true });
    }
    problems().should.eql([]);
  });

  for (const [path, told] of [
    ['icons/rescale-get-run.svg', 'icons/rescale-get-run.svg is missing: white on nothing, 40 by 60.'],
    [
      'test/nodes/list-files.test.ts',
      'test/nodes/list-files.test.ts is missing: what a user relies on from rescale-list-files.',
    ],
  ] as const) {
    it(`is named: ${path}`, () => without(path, () => problems().should.eql([told])));
  }

  for (const [what, path, change, told] of [
    [
      'a test of another node under its name',
      'test/nodes/list-files.test.ts',
      (text: string) => text.replaceAll('rescale-list-files', 'rescale-get-run'),
      'test/nodes/list-files.test.ts is missing: what a user relies on from rescale-list-files.',
    ],
    [
      'a row of the README',
      'README.md',
      (text: string) => text.replace('| `rescale-get-run`', '| get-run'),
      'README.md has no row for rescale-get-run in its table of nodes.',
    ],
    [
      'an entry of a test list',
      'test/faults/node-list.ts',
      (text: string) => text.replaceAll("'rescale-get-run'", "''"),
      'test/faults/node-list.ts does not name rescale-get-run: say there how it meets the faults of the platform.',
    ],
    [
      'what comes out of an example',
      'test/real/example-expectations.ts',
      (text: string) => text.replace("'01 - list runs.json'", "'00.json'"),
      'test/real/example-expectations.ts does not name “01 - list runs.json”: say there what comes out of it.',
    ],
    [
      'a translation of its title',
      'nodes/locales/ko/help.json',
      (text: string) => text.replace('- 01 - list runs: ', ''),
      'nodes/locales/ko/help.json does not list “01 - list runs” in its paragraph examples-text.',
    ],
    [
      'an icon of its own',
      'icons/rescale-get-run.svg',
      () => skeletonIcon,
      'icons/rescale-get-run.svg is still the cross of the skeleton.',
    ],
    [
      'the comment of an example',
      'examples/01 - list runs.json',
      (text: string) => text.replace(/("type": "comment",[^}]*"name": )"[^"]*"/, '$1"TODO"'),
      'examples/01 - list runs.json still says TODO.',
    ],
    [
      'an entry of the package',
      'package.json',
      (text: string) => text.replace(/.*"rescale-get-run".*\n/, ''),
      'package.json does not list "rescale-get-run": "dist/nodes/rescale-get-run.js" below node-red.nodes.',
    ],
  ] as const) {
    it(`is named: ${what}`, () => changed(path, change, () => problems().should.eql([told])));
  }

  it('is named: an example', () => {
    const type = '"type": "rescale-list-directory"';
    changed(
      'examples/06 - list a directory.json',
      (text) => text.replace(type, '"type": "debug"'),
      () => problems().should.eql(['examples/ has no flow with a rescale-list-directory node.']),
    );
  });

  it('is named: a number of its own for an example', () => {
    const twin = join(folder, 'examples', '13 - submit again.json');
    cpSync(join(folder, 'examples', '13 - submit job.json'), twin);
    problems().should.containEql(
      'examples/13 - submit job.json has the number of “13 - submit again.json”: take the next one of its kind.',
    );
    rmSync(twin);
  });

  it('is named: a translation', () => {
    const node = sources.nodes.find(({ name }) => name === 'get-run')!;
    const { catalogs, help } = node;
    const left = {
      ...node,
      catalogs: { ...catalogs, ja: catalogs['en-US']! },
      help: { ...help, ko: help['en-US']! },
    };
    listProblems([left], folder)
      .filter((problem) => problem.includes('English'))
      .should.eql([
        'nodes/get-run/ja.json says palette in English: “get run”.',
        'nodes/get-run/ko.md says in English: “Reads one run: whether it waits, computes or has ended, and …”.',
      ]);
  });

  for (const file of ['ja.json', 'ja.md']) {
    it(`is named: a locale (${file})`, () =>
      without(`nodes/get-run/${file}`, () => {
        const what = file.endsWith('.md') ? 'help' : 'texts';
        sentence(() => readSources(join(folder, 'nodes'))).should.equal(
          `nodes/get-run/${file} is missing: the ${what} of rescale-get-run in ja.`,
        );
      }));
  }
});

describe('Help that does not tell the truth', () => {
  for (const [what, planted, told] of [
    [
      'leaves a field out',
      withHelp('monitor-run', (help) => help.replace(/^- hold: .*\n/m, '')),
      /^nodes\/monitor-run\/de\.md does not describe the field hold: add “- hold: …” below ## fields\.$/,
    ],
    [
      'leaves the only field out',
      withHelp('list-files', (help) => help.replace(/^- scope: .*\n/m, '')),
      /^nodes\/list-files\/de\.md does not describe the field scope: add “- scope: …” below ## fields\.$/,
    ],
    [
      'describes a field that the node does not have',
      withHelp('list-files', (help) => help.replace('## fields\n', '## fields\n\n- banana: yellow.')),
      /^nodes\/list-files\/de\.md describes a field banana that rescale-list-files does not have\.$/,
    ],
    [
      'describes a property that the node does not send',
      withHelp('get-run', (help) => help.replace('= ids', ': rescale.verdict (string) : how.\n= ids')),
      /^nodes\/get-run\/en-US\.md describes rescale\.verdict below ## outputs, of which the code of rescale-get-run knows nothing\.$/,
    ],
    [
      'takes a shared property that the node does not send',
      withHelp('get-run', (help) => help.replace('= ids', '= ids\n= truncated')),
      /^nodes\/get-run\/en-US\.md describes rescale\.truncated below ## outputs/,
    ],
    [
      'describes an action that the node does not take',
      withHelp('get-run', (help) =>
        help.replace('## outputs', '## inputs\n\n: *action* (string) : ends.\n\n## outputs'),
      ),
      /^nodes\/get-run\/en-US\.md describes action below ## inputs/,
    ],
    [
      'numbers an output that the node does not have',
      withHelp('wait-run', (help) => help.replace(/^(2\. .*)$/m, '$1\n\n3. Third')),
      /^nodes\/wait-run\/en-US\.md must have “1\. …”, “2\. …” below ## outputs: rescale-wait-run \(nodes\/wait-run\) has 2 outputs\.$/,
    ],
    [
      'describes something in one language only',
      withHelp('wait-run', (help) => help.replace(/^: \*rescale\.filesReady.*\n/m, ''), ['ko']),
      /^nodes\/wait-run\/ko\.md and en-US\.md beside it do not describe the same: outputs rescale\.filesReady\.$/,
    ],
    [
      'was copied from another node',
      withHelp(
        'stop-run',
        (help) =>
          `${help}\n${sources.nodes
            .find(({ name }) => name === 'snapshot-run')!
            .help['en-US']!.trim()
            .split('\n')
            .at(-1)!}\n`,
        ['en-US'],
      ),
      /^nodes\/snapshot-run\/en-US\.md and nodes\/stop-run\/en-US\.md say the same: “/,
    ],
  ] as const) {
    it(`fails when it ${what}`, () => {
      const said = sentence(() => planted);
      should(said).match(told);
    });
  }
});
