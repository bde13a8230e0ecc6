import 'should';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder } from '../real/scripts';

/** What is written by hand, and so what papers may name. */
const ROOMS = ['src', 'nodes', 'test', 'scripts', 'docs', 'icons', 'examples', 'demo', '.github'];
const files = ROOMS.flatMap((room) =>
  readdirSync(join(projectFolder, room), { encoding: 'utf8', recursive: true })
    .filter((path) => !path.includes('node_modules'))
    .map((path) => join(room, path).replaceAll('\\', '/')),
);
const atRoot = readdirSync(projectFolder);
const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8');
const papers = [...atRoot, ...files].filter((path) => path.endsWith('.md') && !/^(nodes|test)\//.test(path));
const isThere = (path: string) =>
  [path, `src/${path}`].some((one) => existsSync(join(projectFolder, one.replace(/\/$/, ''))));

/** What is in no checkout: the build and the demo make it, or the reader of a paper. */
const MADE = /^(dist|\.dev|\.demo|locales|rescale|node_modules)\/|[<…*{]|describe-run|some\.test/;
const SOURCE = /^[\w./-]+\.(?:[mc]?ts|[mc]js|json|svg|css)$/;
const PATH =
  /^(?:src|nodes|test|scripts|docs|icons|examples|demo|api|runs|insight|runtime|simulator)\/[\w./-]+$/;
/** Files that papers name without being ours. */
const OF_OTHERS = new Set([
  'settings.js',
  'flows_cred.json',
  'examples/NN',
  'index.json',
  '.js',
  '.html',
  '.json',
]);

/** Each path in the text that should be there. */
function pathsIn(text: string): string[] {
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  return spans
    .flatMap((span) => span.split(' '))
    .filter((word) => (SOURCE.test(word) || PATH.test(word)) && !MADE.test(word) && !OF_OTHERS.has(word));
}

describe('The papers', () => {
  for (const paper of papers.filter((path) => path !== 'CHANGELOG.md')) {
    it(`${paper} names only files and folders that are there`, () => {
      pathsIn(read(paper))
        .filter((path) => !isThere(path) && !files.some((file) => file.endsWith(`/${path}`)))
        .should.eql([]);
    });

    it(`${paper} links only to what is there`, () => {
      [...read(paper).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target]) => join(dirname(paper), target!))
        .filter((target) => !existsSync(join(projectFolder, target)))
        .should.eql([]);
    });
  }

  it('show the sub-rooms of each room in the order that lint holds', () => {
    const shown = read('docs/architecture.md');
    const rooms = [
      ...read('.dependency-cruiser.mjs').matchAll(/room: '(\w+)',[^\]]*\],\s*rows: \[([^\]]*)\]/g),
    ];
    rooms.length.should.equal(5);
    for (const [, room, rows] of rooms.filter(([, name]) => name !== 'simulator')) {
      const [row] = new RegExp(`^\\| \`${room!}\` .*$`, 'm').exec(shown)!;
      const listed = [...row.matchAll(/`([\w-]+)`/g)].map(([, name]) => name!).slice(1);
      listed.should.eql([...rows!.matchAll(/'([\w-]+)'/g)].map(([, name]) => name!));
    }
  });

  it('show pictures that are there, and of which one command makes all', () => {
    const makers = files.filter((path) => path.startsWith('test/pictures/')).map(read);
    const shown = [...read('README.md').matchAll(/docs\/images\/([\w.-]+)/g)].map(([, name]) => name!);
    shown.length.should.be.above(5);
    const made = (name: string) =>
      makers.some((maker) => maker.includes(name) || maker.includes(name.replace(/light|dark/, '${theme}')));
    shown.filter((name) => !isThere(`docs/images/${name}`) || !made(name)).should.eql([]);
  });

  it('name only commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = papers.flatMap((paper) => [...read(paper).matchAll(/npm run ([\w:-]+)/g)]);
    named
      .map(([, name]) => name!.replace(/:$/, ''))
      .filter((name) => !(name in scripts))
      .should.eql([]);
  });
});

/** A comment that goes on in the next line reads as one. */
const inOneLine = (text: string) => text.replace(/\n\s*(?:\*|\/\/) /g, ' ');

describe('Comments', () => {
  const sources = files.filter(
    (path) => /\.([mc]?ts|[mc]js)$/.test(path) && statSync(join(projectFolder, path)).isFile(),
  );
  const cited = sources.flatMap((path) =>
    [...inOneLine(read(path)).matchAll(/(docs\/[\w/-]+\.md)(?:, "?([A-Za-z][\w -]*))?/g)].map(
      ([, paper, section]) => ({
        path,
        paper: paper!,
        section: section?.trim().toLowerCase(),
      }),
    ),
  );

  it('cite only papers of this repository', () => {
    cited.filter(({ paper }) => !existsSync(join(projectFolder, paper))).should.eql([]);
  });

  it('cite only sections that there are in what is known of the platform', () => {
    const headings = [...read('docs/platform.md').matchAll(/^## (.+)$/gm)].map(([, one]) =>
      one!.toLowerCase(),
    );
    cited
      .filter(({ paper, section }) => paper === 'docs/platform.md' && section !== undefined)
      .filter(({ section }) => !headings.includes(section!))
      .map(({ path, section }) => `${path}: ${section}`)
      .should.eql([]);
  });
});
