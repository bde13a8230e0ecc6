import { axisName, numberAxis, spanOf } from '../layout/axis';
import { frameOf, legendNames, type Frame } from '../layout/frame';
import { emptyOption, markSeries, optionOf, STILL, type Option } from '../layout/option';
import type { Columns } from '../model/columns';
import { placeKey, type LabelRule } from '../model/labels';
import { MOST_SERIES, type Palette } from '../model/palette';
import { ChartProblem } from '../model/problem';
import type { ChartLabels, ChartRequest } from '../model/request';
import { cleanText, shortened } from '../model/text';
import { extentOf, thinnedPlane } from '../model/thinning';
import { forEachRow, pauseWhenDue } from '../../pauses/pauses';
import { askedColumns, groupsOf, namedColumn, usualColumns } from './choice';

/** So many points can be told apart. */
const MOST_POINTS = 4000;
/** So many points of a front can be told apart along its line. */
const MOST_OF_FRONT = 1000;
/** So many of them are called by their names. */
const MOST_NAMES = 40;

interface Plane {
  x: { name: string; numbers: Float64Array };
  y: { name: string; numbers: Float64Array };
  logX: boolean;
  logY: boolean;
  /** Rows that have both numbers and did not fail. */
  rows: number[];
  notes: string[];
}

/** One column over another: a point for each row, in colours by the split. */
export async function scatterOption(
  columns: Columns,
  request: ChartRequest,
  labels: ChartLabels,
  palette: Palette,
): Promise<Option> {
  const plane = await planeOf(columns, request, labels);
  const inPlane = new Uint8Array(columns.count);
  for (const row of plane.rows) inPlane[row] = 1;
  const groups = (await groupsOf(columns, columns.count === 0 ? '' : request.split))
    .map(({ name, rows }) => ({ name, rows: rows.filter((row) => inPlane[row] === 1) }))
    .filter(({ rows }) => rows.length > 0);
  const shown = groups.slice(0, MOST_SERIES);
  if (shown.length < groups.length) plane.notes.push(labels.seriesShown(shown.length, groups.length));
  const names = legendNames(
    shown.map(({ name }) => name),
    request.width,
  );
  const frame = frameOf(request, palette, request.split === '' ? [] : names, plane.notes);
  if (plane.rows.length === 0) return emptyOption(palette, frame, nothing(columns, labels));
  const points: number[][][] = [];
  for (const { rows } of shown) {
    await pauseWhenDue();
    points.push(pointsOf(plane, frame, rows));
  }
  return planeOption(palette, frame, request, plane, [
    ...points.map((data, index) => ({
      type: 'scatter',
      name: names[index],
      symbol: SYMBOLS[Math.floor(index / palette.series.length)],
      symbolSize: plane.rows.length > 500 ? 5 : 9,
      // All points as one shape: a shape each would be most of the picture.
      large: true,
      largeThreshold: 500,
      itemStyle: { opacity: 0.8 },
      data,
    })),
  ]);
}

const SYMBOLS = ['circle', 'triangle', 'diamond'] as const;

/** Two goals against each other: all rows, those on the front joined and named, the best ones marked. */
export async function frontOption(
  columns: Columns,
  request: ChartRequest,
  labels: ChartLabels,
  palette: Palette,
): Promise<Option> {
  if (columns.count > 0 && !columns.has('front')) throw new ChartProblem({ key: 'chart-no-front' });
  const plane = await planeOf(columns, request, labels);
  await pauseWhenDue();
  const front = plane.rows.filter((row) => columns.cell('front', row) === true);
  const best = front.filter((row) => columns.cell('best', row) === true);
  const others = plane.rows.filter((row) => columns.cell('front', row) !== true);
  front.sort((one, other) => plane.x.numbers[one]! - plane.x.numbers[other]!);
  const frame = frameOf(
    request,
    palette,
    [labels.front, labels.best, labels.otherRuns].map(cleanText),
    plane.notes,
  );
  if (plane.rows.length === 0) return emptyOption(palette, frame, nothing(columns, labels));
  const nameOf = (row: number) => {
    const run = columns.cell('run', row);
    const name = typeof run === 'string' || typeof run === 'number' ? String(run) : String(row);
    return shortened(cleanText(name), 11, 90);
  };
  await pauseWhenDue();
  const joined = thinnedPlane(plane.x.numbers, plane.y.numbers, front, frame.pixels, MOST_OF_FRONT).sort(
    (one, other) => plane.x.numbers[one]! - plane.x.numbers[other]!,
  );
  const bestNames = new Map(best.map((row) => [pointKey(plane, row), nameOf(row)]));
  // Only what is called by its name has a label: the engine lays out each of them against all others.
  const named = joined.slice(0, MOST_NAMES).filter((row) => !bestNames.has(pointKey(plane, row)));
  const names = new Map(named.map((row) => [pointKey(plane, row), nameOf(row)]));
  const label = (shown: ReadonlyMap<string, string>, color: string) => ({
    show: true,
    position: 'top',
    distance: 6,
    // Names that only just miss each other read as one.
    padding: [1, 4],
    color,
    fontSize: 11,
    formatter: { rule: 'place', names: shown } satisfies LabelRule,
  });
  const placeOf = (row: number): [number, number] => [plane.x.numbers[row]!, plane.y.numbers[row]!];
  return planeOption(palette, frame, request, plane, [
    {
      type: 'scatter',
      name: cleanText(labels.otherRuns),
      symbolSize: 7,
      large: true,
      largeThreshold: 500,
      itemStyle: { color: palette.faint, opacity: 0.75 },
      data: pointsOf(plane, frame, others),
    },
    {
      type: 'line',
      name: cleanText(labels.front),
      symbol: 'circle',
      symbolSize: joined.length > 200 ? 4 : 8,
      showAllSymbol: true,
      lineStyle: { width: 1.8, color: palette.accent },
      itemStyle: { color: palette.accent },
      data: joined.map(placeOf),
    },
    {
      type: 'scatter',
      symbol: 'circle',
      symbolSize: joined.length > 200 ? 4 : 8,
      itemStyle: { color: palette.accent },
      label: label(names, palette.text),
      labelLayout: { hideOverlap: true },
      data: named.map(placeOf),
    },
    {
      type: 'scatter',
      name: cleanText(labels.best),
      symbol: 'diamond',
      symbolSize: 15,
      z: 5,
      itemStyle: { color: palette.best, opacity: 1 },
      label: { ...label(bestNames, palette.text), fontWeight: 700, fontSize: 12 },
      labelLayout: { hideOverlap: true },
      data: best.map(placeOf),
    },
  ]);
}

const pointKey = (plane: Plane, row: number): string =>
  placeKey(plane.x.numbers[row]!, plane.y.numbers[row]!);

const nothing = (columns: Columns, labels: ChartLabels): string =>
  columns.count === 0 ? labels.noRows : labels.noValues;

async function planeOf(columns: Columns, request: ChartRequest, labels: ChartLabels): Promise<Plane> {
  const [xName, yName] = axesOf(columns, request);
  const x = await columns.numbers(xName);
  const y = await columns.numbers(yName);
  const rows: number[] = [];
  let failed = 0;
  let hidden = 0;
  await forEachRow(columns.count, (row) => {
    if (Number.isNaN(x[row]!) || Number.isNaN(y[row]!)) return;
    if (columns.failed(row)) failed++;
    else if ((request.logX && x[row]! <= 0) || (request.logY && y[row]! <= 0)) hidden++;
    else rows.push(row);
  });
  return {
    x: { name: xName, numbers: x },
    y: { name: yName, numbers: y },
    logX: request.logX,
    logY: request.logY,
    rows,
    notes: [
      ...(hidden > 0 ? [labels.notOnLogAxis(hidden)] : []),
      ...(failed > 0 ? [labels.failedLeftOut(failed)] : []),
    ],
  };
}

/** Of a front two goals; of a scatter the first input and the first goal. */
function axesOf(columns: Columns, request: ChartRequest): [string, string] {
  if (request.x !== '' && columns.count > 0) namedColumn(columns, 'x', request.x);
  const usual = usualColumns(columns, request);
  const asked = askedColumns(columns, request);
  const goals = usual.filter((name) => request.goals.includes(name));
  const inputs = usual.filter((name) => !request.goals.includes(name));
  const xs = request.kind === 'front' ? [...goals, ...inputs] : [...inputs, ...goals];
  const x = request.x || xs.find((name) => !asked?.includes(name)) || '';
  const ys = request.kind === 'front' || goals.length > 0 ? [...goals, ...inputs] : [...inputs].reverse();
  const y = (asked ?? ys).find((name) => name !== x) ?? '';
  return [x, y];
}

function pointsOf(plane: Plane, frame: Frame, rows: readonly number[]): number[][] {
  const { numbers: x } = plane.x;
  const { numbers: y } = plane.y;
  const across = plane.logX ? x.map(Math.log10) : x;
  const up = plane.logY ? y.map(Math.log10) : y;
  return thinnedPlane(across, up, rows, frame.pixels, MOST_POINTS).map((row) => [x[row]!, y[row]!]);
}

function planeOption(
  palette: Palette,
  frame: Frame,
  request: ChartRequest,
  plane: Plane,
  series: object[],
): Option {
  const spanX = extentOf(plane.x.numbers, plane.rows);
  const spanY = extentOf(plane.y.numbers, plane.rows);
  const marks = request.marks.filter(({ value }) => !plane.logY || value > 0);
  return optionOf(palette, frame, {
    grid: frame.options.grid,
    xAxis: {
      ...numberAxis(palette, spanX, plane.logX),
      ...axisName(plane.x.name, 'below', frame.pixels.width),
    },
    yAxis: {
      ...numberAxis(palette, spanOf(spanY, marks), plane.logY),
      ...axisName(plane.y.name, 'left', frame.pixels.height),
    },
    series: [...series.map((one) => ({ ...STILL, ...one })), ...markSeries(palette, marks, spanX[0])],
  });
}
