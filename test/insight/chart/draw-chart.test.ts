import { join } from 'node:path';
import should from 'should';
import { parseStringPromise } from 'xml2js';
import { bundleFolder } from '../../../src/insight/bundles/bundle-folder';
import { drawSvg, pictureOf } from '../../../src/insight/chart/draw-chart';
import { ChartProblem } from '../../../src/insight/chart/model/problem';
import { CHART_KINDS, type ChartKind } from '../../../src/insight/chart/model/request';
import { labels, requestOf, rowsOf } from './labels';

const MARKUP = '<script>alert(1)</script>&"\'{b}{a|x}\u0000\u001b[31m\ud800]]>';
const draw = (rows: Record<string, unknown>[], kind: ChartKind, changes = {}) =>
  drawSvg(rows, requestOf(kind, changes), labels);

/** What the thread that draws does, in this one. */
const { renderSvg: renderHere } = module.require(join(bundleFolder(), 'charts.js')) as {
  renderSvg: (option: object, width: number, height: number) => string;
};

/** The texts of a picture; rejects unless it is well-formed XML. */
async function textsOf(svg: string): Promise<string[]> {
  await parseStringPromise(svg, { strict: true });
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

const sweep = rowsOf(40, (index) => ({
  run: String(index + 1),
  result: index === 7 ? 'failed' : 'succeeded',
  x: index % 9,
  Cl: index / 40,
  Cd: (index - 20) ** 2,
  front: index % 5 === 0,
  best: index === 20,
}));
const goals = ['Cl', 'Cd'];

describe('a picture of rows', () => {
  for (const kind of CHART_KINDS) {
    it(`${kind}: is well-formed, as large as asked, with its title, on light and on dark`, async () => {
      for (const theme of ['light', 'dark']) {
        const svg = await draw(sweep, kind, { title: 'A sweep', theme, goals, width: 640, height: 360 });
        should(await textsOf(svg)).containEql('A sweep');
        should(svg).match(/^<svg width="640" height="360"/);
        should(svg).match(theme === 'dark' ? /fill="#17202a"/ : /fill="#ffffff"/);
      }
    });

    it(`${kind}: writes no text into what all objects have in common`, async () => {
      const rows = sweep.map((row) => ({
        ...row,
        ...(JSON.parse('{"__proto__":1,"toString":2}') as object),
      }));
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
      for (const title of names) {
        const marks = [{ value: 0.5, label: title }];
        const request = requestOf(kind, { title, marks, goals });
        renderHere(await pictureOf(rows, request, labels), request.width, request.height);
      }
      for (const key in {}) throw new Error(`${key} stands on Object.prototype`);
      Object.keys(Reflect.get(Object.prototype, 'toString')).should.be.empty();
    });

    it(`${kind}: draws columns that are called like parts of every object`, async () => {
      const rows = sweep.map((row, index) => ({ ...row, hasOwnProperty: index, valueOf: index ** 2 }));
      const isY = (name: string) => name === 'hasOwnProperty' || name === 'valueOf';
      should(
        await draw(rows, kind, { isY, x: kind === 'front' || kind === 'scatter' ? 'Cl' : '' }),
      ).startWith('<svg');
    });

    it(`${kind}: says so when there are no rows, and when there are no numbers`, async () => {
      should(await textsOf(await draw([], kind))).containEql('no rows');
      const empty = rowsOf(5, () => ({ step: null, p: NaN, q: 'text', r: Infinity, front: false }));
      should(await textsOf(await draw(empty, kind))).containEql('no numbers');
    });

    it(`${kind}: has a place for everything, however large or small the numbers are`, async () => {
      for (const sizes of [
        [1e308, -1e308, Infinity],
        [5e-324, 1e-310, 0],
        [1, 1, 1],
      ]) {
        const rows = rowsOf(12, (index) => ({ step: index, a: sizes[index % 3], b: index, front: true }));
        for (const log of [false, true]) {
          const svg = await draw(rows, kind, { logX: log, logY: log, marks: [{ value: 1e308, label: 'm' }] });
          await textsOf(svg);
          should(svg).not.match(/NaN|Infinity|undefined/);
        }
      }
    });

    it(`${kind}: shortens names of any length, and is not larger for them`, async () => {
      const name = 'n'.repeat(20_000);
      const rows = rowsOf(20, (index) => ({
        [name]: index + 1,
        [`${name}b`]: 3,
        run: `r${name}`,
        front: true,
      }));
      const svg = await draw(rows, kind, { title: name });
      const texts = await textsOf(svg);
      should(Math.max(...texts.map(({ length }) => length))).be.below(200);
    });

    it(`${kind}: draws one row`, async () => {
      await textsOf(await draw([{ ...sweep[0], front: true }], kind, { goals }));
    });

    it(`${kind}: lets no text of the rows be markup`, async () => {
      const rows = rowsOf(20, (index) => ({
        run: MARKUP + index,
        [MARKUP]: index,
        [`${MARKUP}2`]: index * index,
        split: `${MARKUP}${index % 3}`,
        front: true,
        best: index === 3,
      }));
      for (const split of ['', 'split']) {
        const changes = { title: MARKUP, split, marks: [{ value: 30, label: MARKUP }] };
        const svg = await draw(rows, kind, changes);
        await textsOf(svg);
        should(svg).not.containEql('<script');
      }
    });

    it(`${kind}: stays small with 200 columns and with 100,000 rows`, async () => {
      const wide = rowsOf(30, (index) => ({
        run: String(index),
        front: true,
        ...Object.fromEntries(rowsOf(200, (column) => [`c${column}`, Math.sin(index + column)])),
      }));
      should((await draw(wide, kind)).length).be.below(250_000);
      const long = rowsOf(100_000, (index) => ({
        step: index,
        p: Math.abs(Math.sin(index)) + 0.01,
        k: Math.abs(Math.cos(index)) + 0.01,
        front: index % 1000 === 0,
      }));
      should((await draw(long, kind)).length).be.below(250_000);
    });
  }

  it('has the whole names of its axes, and readable decades', async () => {
    const name = 'specific dissipation rate of the turbulent kinetic energy';
    const rows = rowsOf(30, (index) => ({ step: index, [name]: 10 ** -(index / 5) }));
    const texts = await textsOf(await draw(rows, 'residuals'));
    should(texts).containDeep([name, 'step', '1', '0.1', '0.01', '1e-3', '1e-6']);
  });

  it('says how many values a logarithmic axis can’t show', async () => {
    const rows = rowsOf(30, (index) => ({ step: index, p: index % 10 === 0 ? 0 : 1 / index, k: -index }));
    const texts = await textsOf(await draw(rows, 'line', { logY: true }));
    should(texts).containEql('not on the axis: 33');
  });

  it('draws residuals that are logarithms already on a plain axis', async () => {
    const rows = rowsOf(30, (index) => ({ time: index, 'rms[Rho]': -1 - index / 10 }));
    const texts = await textsOf(await draw(rows, 'residuals'));
    should(texts).containEql('-2');
    should(texts.some((text) => text.startsWith('not on'))).be.false();
  });

  it('counts failed runs and leaves them out', async () => {
    for (const kind of ['scatter', 'front', 'bars', 'parallel'] as const) {
      should(await textsOf(await draw(sweep, kind, { goals }))).containEql('failed: 1');
    }
  });

  it('names the best run of a front', async () => {
    should(await textsOf(await draw(sweep, 'front', { goals }))).containDeep(['21', 'Cl', 'Cd']);
  });

  it('shows a mark, however small, and reaches to it', async () => {
    const rows = rowsOf(30, (index) => ({ step: index, p: 10 ** -(index / 10) }));
    const texts = await textsOf(
      await draw(rows, 'residuals', { marks: [{ value: 1e-6, label: 'tolerance' }] }),
    );
    should(texts).containDeep(['tolerance', '1e-6']);
  });

  it('draws a line for each value of the split', async () => {
    const rows = rowsOf(30, (index) => ({ step: index >> 1, p: index, run: index % 2 ? 'a' : 'b' }));
    should(await textsOf(await draw(rows, 'line', { split: 'run' }))).containDeep(['a', 'b']);
  });

  it('puts a single column across from the rows where axes stand side by side', async () => {
    const svg = await draw(
      rowsOf(9, (index) => ({ Cl: index / 3 })),
      'parallel',
    );
    should(await textsOf(svg)).containDeep(['row', 'Cl']);
    should(svg).not.containEql('NaN');
  });

  it('names a few of very many categories, and not each', async () => {
    const rows = rowsOf(5000, (index) => ({ step: `case ${index}`, p: index }));
    const texts = await textsOf(await draw(rows, 'line', { x: 'step' }));
    should(texts).containEql('case 1000');
    should(texts.filter((text) => text.startsWith('case')).length).be.within(3, 20);
  });

  it('keeps the legend out of the plot, however many names there are', async () => {
    const rows = rowsOf(20, (index) =>
      Object.fromEntries(rowsOf(200, (column) => [`column number ${column}`, column + index])),
    );
    const svg = await draw(rows, 'line');
    const heights = [...svg.matchAll(/translate\([\d.]+ ([\d.]+)\)[^>]*>column number/g)];
    should(heights).have.length(24);
    const ends = [...svg.matchAll(/translate\(([\d.]+) [\d.]+\)[^>]*>column number/g)].map(([, at]) =>
      Number(at),
    );
    should(Math.max(...ends)).be.below(900 - 125);
    const grid = [...svg.matchAll(/ d="M[\d.]+ ([\d.]+)L[^"]*" fill="none" stroke="#e3e8ed"/g)];
    const numbers = (found: RegExpExecArray[]) => found.map(([, height]) => Number(height));
    should(Math.max(...numbers(heights))).be.below(Math.min(...numbers(grid)) - 12);
  });

  it('says which column is missing', async () => {
    const cases = [
      ['chart-no-column', { x: 'Cx' }],
      ['chart-no-column', { split: 'mesh' }],
      ['chart-no-y', { isY: () => false }],
    ] as const;
    for (const [sentence, changes] of cases) {
      const error = await draw(sweep, 'line', changes).catch((problem: unknown) => problem);
      should(error).be.instanceof(ChartProblem);
      should((error as ChartProblem).text.key).equal(sentence);
    }
    await should(draw([{ Cl: 1, Cd: 2 }], 'front')).be.rejectedWith(ChartProblem);
  });

  it('holds no less of a spike, and no more bytes, the more rows there are', async () => {
    const rows = (count: number) =>
      rowsOf(count, (index) => ({
        step: index,
        p: index === Math.floor(count / 3) ? 1000 : 1 + Math.sin(index) ** 2,
      }));
    const few = await draw(rows(2000), 'line');
    const many = await draw(rows(50_000), 'line');
    should(many.length).be.belowOrEqual(few.length * 1.05);
    for (const svg of [few, many]) {
      const [, path] = [...svg.matchAll(/ d="(M[^"]{2000,})"/g)][0]!;
      const heights = path!.match(/[\d.]+(?=[LM]|$)/g)!.map(Number);
      should(heights.filter((height) => height < 250)).have.length(1);
    }
  });
});
