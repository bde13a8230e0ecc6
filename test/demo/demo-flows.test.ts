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
  wires?: string[][];
  scope?: string[];
}
type Row = Record<string, string>;

interface DemoLanguage {
  demoLanguage(environment: Record<string, string>, table: Row[]): string;
  translateFlows(flows: DemoNode[], table: Row[], language: string): DemoNode[];
  nodeWidth(text: string): number;
}

const folder = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const flows = JSON.parse(read('demo/flows.json')) as DemoNode[];
const table = JSON.parse(read('demo/texts.json')) as Row[];
const LANGUAGES = ['de', 'ja', 'ko'];
/** What is left of a window of 1440 pixels between palette and sidebar, on both lines of Node-RED. */
const ROOM = 925;

describe('the demo', () => {
  let language: DemoLanguage;
  before(async () => {
    const address = pathToFileURL(join(folder, 'scripts', 'demo-language.mjs')).href;
    language = (await import(address)) as DemoLanguage;
  });

  it('has each comment, tab and button in every language', () => {
    const texts = flows.flatMap(({ type, name, info, label }) => {
      if (type === 'tab') return [label];
      return type === 'comment' ? [name, info] : type === 'inject' ? [name] : [];
    });
    const rows = new Map(table.map((row) => [row['en'], row]));
    const missing = texts.filter(
      (text) => text && !LANGUAGES.every((name) => rows.get(text)?.[name]?.trim()),
    );
    missing.should.eql([], 'add these to demo/texts.json');
  });

  it('has no text twice in its table, and none that it does not show', () => {
    const shown = JSON.stringify(flows);
    const unused = table.map((row) => row['en']!).filter((text) => !shown.includes(inJson(text)));
    unused.should.eql([]);
    new Set(table.map((row) => row['en'])).size.should.equal(table.length);
  });

  it('takes its language from LANGUAGE, else from the system', () => {
    const of = (environment: Record<string, string>) => language.demoLanguage(environment, table);
    of({ LANGUAGE: 'de' }).should.equal('de');
    of({ LANGUAGE: 'fr:ja', LANG: 'de_DE.UTF-8' }).should.equal('ja');
    of({ LANG: 'ko_KR.UTF-8' }).should.equal('ko');
    of({ LANG: 'C.UTF-8' }).should.equal('en');
    of({}).should.equal('en');
  });

  it('changes nothing but what a person reads', () => {
    const unread = ({ name, label, info, x, ...rest }: DemoNode & { complete?: string }) => {
      void [name, label, info, x];
      return { ...rest, complete: undefined };
    };
    for (const name of LANGUAGES) {
      language.translateFlows(flows, table, name).map(unread).should.eql(flows.map(unread));
    }
    language.translateFlows(flows, table, 'en').should.eql(flows);
  });

  for (const name of ['en', ...LANGUAGES]) {
    it(`fits into a window of 1440 pixels, with no node over another (${name})`, () => {
      const placed = language
        .translateFlows(flows, table, name)
        .filter(({ x }) => x !== undefined)
        .map((node) => ({ ...node, ...edges(node) }));
      for (const one of placed) {
        const about = `${one.type} “${one.name}”`;
        one.left.should.be.aboveOrEqual(0, `${about} is cut off at the left`);
        one.right.should.be.belowOrEqual(ROOM, `${about} ends at ${one.right}`);
        const over = placed.find(
          (other) =>
            other.id !== one.id &&
            other.z === one.z &&
            Math.abs(other.y! - one.y!) < 30 &&
            other.left < one.right &&
            one.left < other.right,
        );
        if (over) throw new Error(`${about} lies over ${over.type} “${over.name}”`);
      }
    });
  }

  /** Left and right edge in the editor; an inject and a debug node have a button beside them. */
  function edges({ type, name, x }: DemoNode): { left: number; right: number } {
    const width = type.startsWith('link ') ? 30 : language.nodeWidth(name || type);
    const left = x! - width / 2 - (type === 'inject' ? 20 : 0);
    return { left, right: x! + width / 2 + (type === 'debug' ? 20 : 0) };
  }
});

/** As it stands inside of JSON; a text of an expression is there with its quotes and breaks escaped already. */
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
