import 'should';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface DemoNode {
  id: string;
  type: string;
  z?: string;
  x?: number;
  y?: number;
  name?: string;
  label?: string;
  info?: string;
  title?: string;
  template?: string;
  complete?: string;
  wires?: string[][];
  scope?: string[];
}
type Row = Record<string, string>;

interface DemoLanguage {
  demoLanguage(environment: Record<string, string>, table: Row[]): string;
  unknownLanguage(environment: Record<string, string>, table: Row[]): string | null;
  translateFlows(flows: DemoNode[], table: Row[], language: string): DemoNode[];
  shownName(node: DemoNode): string;
  shownWidth(node: DemoNode): number;
}

const folder = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const flows = JSON.parse(read('demo/flows.json')) as DemoNode[];
const table = JSON.parse(read('demo/texts.json')) as Row[];
const LANGUAGES = ['de', 'ja', 'ko'];
/** What is left of a window of 1440 pixels between palette and sidebar, on both lines of Node-RED. */
const ROOM = 915;
/** Pixels from row to row, and between two nodes of a row: a wire must be seen. */
const ROW = 60;
const BETWEEN = 20;
const COLUMNS = 4;

describe('the demo', () => {
  let language: DemoLanguage;
  before(async () => {
    const address = pathToFileURL(join(folder, 'scripts', 'demo-language.mjs')).href;
    language = (await import(address)) as DemoLanguage;
  });

  it('has all that a person reads in every language: tabs, names, comments, titles and pages', () => {
    const texts = flows.flatMap(({ name, info, label, title, template = '' }) => {
      const page = template.replace(/<style>.*?<\/style>/s, '');
      const ofPage = [...page.matchAll(/>([^<>]+)</g)].map(([, text]) => text!);
      return [label, name, info, title, ...ofPage.filter((text) => /\p{L}/u.test(text.replace(/{.*?}/g, '')))];
    });
    const rows = new Map(table.map((row) => [row['en'], row]));
    const missing = texts.filter(
      (text) => text && !LANGUAGES.every((name) => rows.get(text)?.[name]?.trim()),
    );
    missing.should.eql([], 'add these to demo/texts.json');
  });

  it('says how many in a way that is right for one, too', () => {
    const wrong = ['en', ...LANGUAGES].flatMap((name) =>
      language
        .translateFlows(flows, table, name)
        .flatMap(({ complete = '' }) => complete.match(/(?:\$count\([^"]*|lines) & "\s*[\p{L}]+/gu) ?? []),
    );
    wrong.should.eql([], 'a number before a word: write “Files: 1”, which needs no plural');
  });

  it('has no text twice in its table, and none that it does not show', () => {
    const shown = JSON.stringify(flows);
    const unused = table.map((row) => row['en']!).filter((text) => !shown.includes(inJson(text)));
    unused.should.eql([]);
    new Set(table.map((row) => row['en'])).size.should.equal(table.length);
  });

  it('says in the terminal the same in every language', () => {
    const sentences = JSON.parse(read('demo/terminal.json')) as Row[];
    const scripts = ['demo', 'demo-claim', 'demo-folder'].map((name) => read(`scripts/${name}.mjs`)).join('\n');
    const places = (text = '') => (text.match(/{{\w+}}/g) ?? []).sort().join();
    const wrong = sentences.filter(
      (row) =>
        !scripts.includes(row['en']!) ||
        !LANGUAGES.every((name) => row[name]?.trim() && places(row[name]) === places(row['en'])),
    );
    wrong.should.eql([], 'unused, or not in every language, or without one of its places');
  });

  it('takes its language from LANGUAGE, else from the system', () => {
    const of = (environment: Record<string, string>) => language.demoLanguage(environment, table);
    of({ LANGUAGE: 'de' }).should.equal('de');
    of({ LANGUAGE: 'fr:ja', LANG: 'de_DE.UTF-8' }).should.equal('ja');
    of({ LANG: 'ko_KR.UTF-8' }).should.equal('ko');
    of({ LANG: 'C.UTF-8' }).should.equal('en');
    of({}).should.equal('en');
  });

  it('says which language it does not speak, where one was asked for', () => {
    const of = (environment: Record<string, string>) => language.unknownLanguage(environment, table);
    of({ LANGUAGE: 'fr' })!.should.equal('fr');
    const spoken: Record<string, string>[] = [{}, { LANGUAGE: 'fr:ja' }, { LANGUAGE: 'de_AT' }, { LANG: 'fr_FR.UTF-8' }];
    for (const one of spoken) (of(one) === null).should.be.true();
  });

  it('changes nothing but what a person reads', () => {
    const unread = ({ name, label, info, x, title, ...rest }: DemoNode) => {
      void [name, label, info, x, title];
      return { ...rest, complete: undefined, template: undefined };
    };
    for (const name of LANGUAGES) {
      language.translateFlows(flows, table, name).map(unread).should.eql(flows.map(unread));
    }
    language.translateFlows(flows, table, 'en').should.eql(flows);
  });

  for (const name of ['en', ...LANGUAGES]) {
    it(`fits into a window of 1440 pixels, in columns, with room between all nodes (${name})`, () => {
      const placed = language
        .translateFlows(flows, table, name)
        .filter(({ x }) => x !== undefined)
        .map((node) => ({ ...node, ...edges(node) }));
      for (const one of placed) {
        const about = `${one.type} “${language.shownName(one)}”`;
        one.left.should.be.aboveOrEqual(0, `${about} is cut off at the left`);
        one.right.should.be.belowOrEqual(ROOM, `${about} ends at ${one.right}`);
        const near = placed.find(
          (other) =>
            other.id !== one.id &&
            other.z === one.z &&
            Math.abs(other.y! - one.y!) < ROW &&
            other.left < one.right + BETWEEN &&
            one.left < other.right + BETWEEN,
        );
        if (near) throw new Error(`${about} touches ${near.type} “${language.shownName(near)}”`);
      }
      for (const tab of flows.filter(({ type }) => type === 'tab')) {
        const begins = placed.filter(({ z, type }) => z === tab.id && type !== 'comment');
        const columns = new Set(begins.map((node) => node.x! - language.shownWidth(node) / 2));
        columns.size.should.be.belowOrEqual(COLUMNS, `${tab.label} is ragged: ${[...columns].join(', ')}`);
      }
    });
  }

  it('numbers its comments through', () => {
    const numbers = flows.flatMap(({ type, name = '' }) =>
      type === 'comment' && /^\d/.test(name) ? [Number.parseInt(name)] : [],
    );
    numbers.sort((one, other) => one - other).should.eql(numbers.map((_number, index) => index + 1));
  });

  /** Left and right edge in the editor; an inject and a debug node have a button beside them. */
  function edges(node: DemoNode): { left: number; right: number } {
    const half = language.shownWidth(node) / 2;
    const left = node.x! - half - (node.type === 'inject' ? 20 : 0);
    return { left, right: node.x! + half + (node.type === 'debug' ? 25 : 0) };
  }
});

/** As it stands inside of JSON; a text of an expression is there with its quotes and breaks escaped already. */
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
