import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type * as charts from '../../../src/insight/chart';
import type { ChartKind } from '../../../src/insight/chart/model/request';
import type * as tables from '../../../src/insight/table';
import { labels, requestOf, rowsOf } from '../../insight/chart/labels';
import { packedTarball } from '../../real/installed-package';
import { projectFolder } from '../../real/scripts';
import type { Bench } from '../bench';
import { atMost, median, milliseconds, shown, type Goal, type Row } from '../figures';

const ROUNDS = 9;
const built = (path: string): unknown => module.require(join(projectFolder, 'dist', 'src', 'insight', path));

let state = 7;
const random = () => (state = (state * 16807) % 2147483647) / 2147483647;

/** What six residuals of a steady case look like: falling over decades, with noise. */
const residuals = (steps: number) =>
  rowsOf(steps, (step) => ({
    step,
    ...Object.fromEntries(
      ['Ux', 'Uy', 'Uz', 'p', 'k', 'omega'].map((name, index) => [
        name,
        10 ** (-6 * (1 - Math.exp((-step / steps) * (2 + index * 0.3))) + random() * 0.3),
      ]),
    ),
  }));

const runs = rowsOf(10_000, (index) => {
  const inputs = rowsOf(6, random);
  const variables = [
    ...inputs.map((value, place) => ({ name: `x${place}`, value, displayValue: '' })),
    ...rowsOf(3, (place) => ({
      name: `y${place}`,
      value: inputs.reduce((sum, input, at) => sum + input * Math.sin(at + 2 * place), random()),
      displayValue: '',
    })),
  ];
  return {
    id: String(index + 1),
    dateStarted: '2026-01-10T08:00:00Z',
    dateCompleted: '2026-01-10T09:00:00Z',
    variables,
  };
});

/** The median of several rounds, after one that loads and warms up. Milliseconds. */
async function time(work: () => unknown): Promise<number> {
  const rounds: number[] = [];
  await work();
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await work();
    rounds.push(performance.now() - start);
  }
  return median(rounds);
}

/** How much CPU this thread alone takes between two turns of its loop: unlike time by the clock it is the same on a busy machine. */
function watchMainThread() {
  const cpu = () => Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  const known = existsSync('/proc/thread-self/schedstat');
  let last = known ? cpu() : NaN;
  let longest = known ? 0 : NaN;
  const look = () => {
    const now = cpu();
    longest = Math.max(longest, now - last);
    last = now;
  };
  return { watch: known ? setInterval(look, 1) : undefined, longest: () => longest };
}

/** What the two nodes add to a process that has the others, until the first table or picture. */
function loading(): { milliseconds: number; megabytes: number } {
  const script = `
    const nodes = (names) => names.forEach((name) => require(${JSON.stringify(join(projectFolder, 'dist', 'nodes'))} + '/rescale-' + name + '.js'));
    nodes(['platform', 'list-runs', 'get-run', 'stop-run', 'list-files', 'wait-run', 'watch-runs']);
    global.gc(); const memory = process.memoryUsage().heapUsed; const start = performance.now();
    nodes(['tabulate-runs', 'draw-chart']);
    const milliseconds = performance.now() - start; global.gc();
    console.log(JSON.stringify({ milliseconds, megabytes: (process.memoryUsage().heapUsed - memory) / 1e6 }));`;
  const rounds = rowsOf(
    ROUNDS,
    () =>
      JSON.parse(execFileSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8' })) as {
        milliseconds: number;
        megabytes: number;
      },
  );
  return {
    milliseconds: median(rounds.map((round) => round.milliseconds)),
    megabytes: median(rounds.map((round) => round.megabytes)),
  };
}

/** Tables and pictures, without Node-RED: what they take, what they weigh, and how long they keep others waiting. */
export const insight: Bench = async () => {
  const rows: Row[] = [];
  const goals: Goal[] = [];
  const row = (subject: string, figures: Record<string, string>) =>
    rows.push({ bench: 'insight', subject, figures });

  const { makeTable, rowsOf: tableRows } = built('table') as typeof tables;
  const facts = { state: () => 'completed', result: () => 'succeeded', link: () => null };
  for (const correlate of ['pearson', 'spearman'] as const) {
    const took = await time(async () =>
      makeTable((await tableRows(runs, facts))!, {
        columns: [],
        goals: rowsOf(3, (place) => ({ name: `y${place}`, goal: 'min' as const })),
        include: 'all',
        sort: '',
        descending: false,
        limit: 0,
        correlate,
        isInput: null,
      }),
    );
    row(`10,000 runs, nine variables, three goals, ${correlate}`, { table: milliseconds(took) });
    goals.push(atMost(`a table of 10,000 runs, front and ${correlate}`, took, 150, ' ms'));
  }

  const { drawSvg, rasterise } = built('chart') as typeof charts;
  const [few, many] = [residuals(2000), residuals(50_000)];
  const svg = await drawSvg(few, requestOf('residuals'), labels);
  const svgTook = await time(() => drawSvg(few, requestOf('residuals'), labels));
  const pngTook = await time(() => rasterise(svg));
  const manySvg = await drawSvg(many, requestOf('residuals'), labels);
  const manyTook = await time(() => drawSvg(many, requestOf('residuals'), labels));
  row('six residuals, 2,000 steps', {
    SVG: milliseconds(svgTook),
    PNG: milliseconds(pngTook),
    'SVG is': `${shown(svg.length / 1e3)} kB`,
  });
  row('six residuals, 50,000 steps', {
    SVG: milliseconds(manyTook),
    'SVG is': `${shown(manySvg.length / 1e3)} kB`,
  });
  goals.push(
    atMost('six residuals of 2,000 steps as SVG', svgTook, 60, ' ms'),
    atMost('its size', svg.length / 1e3, 250, ' kB'),
    atMost('as PNG', pngTook, 250, ' ms'),
    atMost('six residuals of 50,000 steps as SVG', manyTook, 150, ' ms'),
    atMost('its size, in parts of that of 2,000', manySvg.length / svg.length, 1.02),
  );

  const wide = rowsOf(100_000, (index) =>
    Object.fromEntries(rowsOf(60, (column) => [`column ${column}`, Math.sin(index / 50 + column)])),
  );
  // One span for all: a histogram that is stopped and goes on counts the time between as one long delay.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const { watch, longest } = watchMainThread();
  delay.enable();
  for (const kind of ['line', 'scatter', 'bars', 'parallel'] satisfies ChartKind[]) {
    await rasterise(await drawSvg((await tableRows(wide, facts))!, requestOf(kind), labels));
  }
  delay.disable();
  clearInterval(watch);
  row('100,000 rows of 60 columns, four kinds as PNG', {
    'longest wait of others': milliseconds(delay.max / 1e6),
    'most CPU of the main thread in one piece': milliseconds(longest()),
  });
  goals.push(atMost('others wait for 100,000 rows of 60 columns, any kind', delay.max / 1e6, 250, ' ms'));

  const added = loading();
  goals.push(
    atMost('both nodes before the first table or picture', added.milliseconds, 2, ' ms'),
    atMost('their memory', added.megabytes, 1, ' MB'),
    atMost('the packed package', statSync(packedTarball()).size / 1e6, 8, ' MB'),
  );
  return { rows, goals, told: [] };
};
