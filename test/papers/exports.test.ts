import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import 'should';

/** What is found by its name in a text, or built as a file of its own. */
const FOUND_OTHERWISE = [
  /^nodes\/[^/]+\/dialog\.ts /,
  /^scripts\/nodes\/skeleton\.ts dialog$/,
  /^nodes\/editor\/label\.ts labelOf$/,
  /^src\/insight\/chart\/bundled\//,
  /^scripts\/demo-language\.mjs shown(?:Name|Width)$/,
];

/** Tests alone use these from outside: no test can put a machine to sleep, or tell from a drawing what was to be drawn. */
const FOR_TESTS = ['src/api/time/clock.ts createElapsedTime', 'src/insight/chart/draw-chart.ts pictureOf'];

const EXPORT =
  /^export (?:declare |async |abstract )*(?<kind>function\*?|const|class|interface|type|enum|let) (?<name>\w+)/gm;
const EXPORT_LIST = /^export (?:type )?\{(?<names>[^}]*)\}/gm;
/** What another file names: by its names, as a whole, or in the text of a call. */
const NAMED =
  /\b(?:import|export)\s+(?:type\s+)?(?:\w+,\s*)?\{(?<names>[^}]*)\}\s*from\s+'(?<path>\.[^']*)'/g;
const WHOLE =
  /(?:import(?:\s+type)?\s+(?:\*\s+as\s+)?\w+\s+(?:from\s+|=\s*require\()|import\s+|\w+\()'(?<path>\.[^']*)'/g;

interface Source {
  text: string;
  /** By the file that is used: the names, `*` for all. */
  uses: Map<string, Set<string>>;
}

describe('Exports', () => {
  const sources = readSources(['src', 'nodes', 'scripts', 'test']);

  const usersOf = (path: string, name: string) =>
    [...sources].filter(([, { uses }]) => uses.get(path)?.has(name) || uses.get(path)?.has('*'));

  it('are used by another file, and what is no type not by tests alone', () => {
    const idle: string[] = [];
    for (const [path, { text }] of sources) {
      for (const { name, isType } of exportsOf(text)) {
        const place = `${path} ${name}`;
        if (FOUND_OTHERWISE.some((one) => one.test(place)) || FOR_TESTS.includes(place)) continue;
        const users = usersOf(path, name).map(([user]) => user);
        const inTests = /^(?:src|nodes)\//.test(path) && users.every((user) => user.startsWith('test/'));
        if (users.length === 0) idle.push(`${place}: nothing outside its file imports it`);
        else if (inTests && !isType) idle.push(`${place}: only tests import it`);
      }
    }
    idle.should.eql([]);
  });
});

function exportsOf(text: string): { name: string; isType: boolean }[] {
  const declared = [...text.matchAll(EXPORT)].map(({ groups }) => ({
    name: groups!['name']!,
    isType: groups!['kind'] === 'interface' || groups!['kind'] === 'type',
  }));
  const listed = [...text.matchAll(EXPORT_LIST)].flatMap(({ 0: whole, groups }) =>
    namesIn(groups!['names']!).map((one) => ({
      name: one.replace(/.* as /, ''),
      isType: whole.startsWith('export type'),
    })),
  );
  return [...declared, ...listed];
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter((name) => name !== '');
}

function readSources(folders: string[]): Map<string, Source> {
  const paths = folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    .map((path) => path.replaceAll('\\', '/'))
    .filter(
      (path) => /\.[cm]?[jt]s$/.test(path) && !path.includes('node_modules/') && !path.endsWith('.d.ts'),
    );
  const known = new Set(paths);
  const found = (from: string, to: string) => {
    const path = normalize(join(dirname(from), to)).replaceAll('\\', '/');
    return [path, `${path}.ts`, `${path}.mts`, `${path}/index.ts`, path.replace(/js$/, 'ts')].find((one) =>
      known.has(one),
    );
  };
  return new Map(
    paths.map((path) => {
      const text = readFileSync(path, 'utf8');
      const uses = new Map<string, Set<string>>();
      const use = (to: string, names: string[]) => {
        const file = found(path, to);
        if (file) uses.set(file, new Set([...(uses.get(file) ?? []), ...names]));
      };
      for (const { groups } of text.matchAll(NAMED)) {
        use(
          groups!['path']!,
          namesIn(groups!['names']!).map((name) => name.replace(/ as .*/, '')),
        );
      }
      for (const { groups } of text.matchAll(WHOLE)) use(groups!['path']!, ['*']);
      return [path, { text, uses }];
    }),
  );
}
