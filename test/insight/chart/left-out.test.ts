import should from 'should';
import { drawSvg } from '../../../src/insight/chart/draw-chart';
import type { ChartKind } from '../../../src/insight/chart/model/request';
import { abbreviated } from '../../../src/insight/chart/model/text';
import { labels, requestOf, rowsOf } from './labels';

const draw = (rows: Record<string, unknown>[], kind: ChartKind, changes = {}) =>
  drawSvg(rows, requestOf(kind, changes), labels);
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

describe('a picture that can’t show all rows', () => {
  const runs = rowsOf(24, (index) => ({
    run: String(index),
    state: index < 3 ? 'ended' : index === 3 ? 'running' : 'completed',
    result: index === 4 ? 'failed' : 'succeeded',
    Cl: index < 5 || index === 9 ? null : index,
    Cd: (index - 12) ** 2,
    front: index > 20,
    best: index === 23,
  }));

  for (const kind of ['front', 'scatter', 'parallel'] as const) {
    it(`${kind}: says how many are left out, and why`, async () => {
      const texts = textsOf(await draw(runs, kind, { goals: ['Cl', 'Cd'] }));
      should(texts).containDeep(['failed: 1', 'awaited: 4 of 24', 'without numbers: 1 of 24']);
    });
  }

  it('draws what is positive on a logarithmic axis across, and counts the rest', async () => {
    const rows = rowsOf(30, (index) => ({ f: index - 4, gain: index }));
    const texts = textsOf(await draw(rows, 'line', { x: 'f', logX: true }));
    should(texts).containDeep(['1', '10', '100', 'not on the axis: 5']);
    const none = rows.map((row) => ({ ...row, f: -1 }));
    should(textsOf(await draw(none, 'line', { x: 'f', logX: true }))).containEql('no numbers');
  });

  it('lets bars begin at the end of a logarithmic axis, also those below and at 1', async () => {
    const rows = rowsOf(7, (index) => ({ run: index, value: 10 ** (index - 3) }));
    const svg = await draw(rows, 'bars', { logY: true });
    const bar = / d="M[\d.]+ ([\d.]+)l[\d.]+ 0l0 (-[\d.]+)l-[\d.]+ 0Z" fill="#0072b2"/g;
    const bars = [...svg.matchAll(bar)];
    should(bars).have.length(7);
    should(new Set(bars.map(([, from]) => from)).size).equal(1);
    for (const [, , height] of bars) should(Number(height)).be.below(-5);
  });

  it('draws points over dates', async () => {
    const rows = rowsOf(9, (index) => ({ ended: `2026-01-0${index + 1}T08:00:00Z`, cost: index }));
    const texts = textsOf(
      await draw(rows, 'scatter', { x: 'ended', isY: (name: string) => name === 'cost' }),
    );
    should(texts).containDeep(['cost', 'ended']);
    should(texts).not.containEql('no numbers');
  });
});

describe('long names in a picture', () => {
  it('keep their end, where they differ', async () => {
    const rows = rowsOf(12, (index) => ({ name: `a configuration with a long name ${index}`, value: index }));
    const texts = textsOf(await draw(rows, 'bars', { x: 'name' }));
    for (const { name } of rows) should(texts.filter((text) => text.endsWith(name.slice(-3)))).not.be.empty();
  });

  it('are cut in the middle, at whole characters, and only where they are too long', () => {
    should(abbreviated('run 12', 12, 90)).equal('run 12');
    should(abbreviated('a very long name of run 12', 12, 90)).match(/^a very.*….*12$/);
    should(abbreviated('😀'.repeat(50), 12, 90)).match(/^(?:😀)+…(?:😀)+$/u);
  });
});

describe('lines across a picture', () => {
  it('have their labels apart, however near they are', async () => {
    const marks = [
      { value: 5, label: 'lower' },
      { value: 5.01, label: 'upper' },
    ];
    const svg = await draw(
      rowsOf(20, (step) => ({ step, a: step })),
      'line',
      { marks },
    );
    const place = (text: string) =>
      new RegExp(`translate\\([\\d.]+ ([\\d.]+)\\)[^>]*>${text}<`).exec(svg)?.[1];
    const [lower, upper] = [place('lower'), place('upper')].map(Number);
    should(lower! - upper!).be.above(8);
  });
});
