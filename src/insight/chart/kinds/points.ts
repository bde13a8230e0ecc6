import { axisName, axisStyle, numberAxis, pixelsAlong, spanOf } from '../layout/axis';
import { frameOf, legendNames, type Frame } from '../layout/frame';
import { emptyOption, markSeries, optionOf, NOT_INTERACTIVE, type Option } from '../layout/option';
import type { Columns } from '../model/columns';
import { placeKey, type LabelRule } from '../model/labels';
import { MOST_SERIES, type Palette } from '../model/palette';
import { ChartProblem } from '../model/problem';
import type { ChartLabels, ChartRequest } from '../model/request';
import { abbreviated, cleanText, textWidth } from '../model/text';
import { extentOf, thinnedPlane } from '../model/thinning';
import { yieldWhenDue } from '../../pauses/pauses';
import { askedColumns, groupsOf, namedColumn, usualColumns } from './choice';
import { drawableRows } from './drawable-rows';

/** So many points can be told apart. */
const MOST_POINTS = 4000;
/** So many points of a front can be told apart along its line. */
const MOST_OF_FRONT = 1000;
/** Pixels. */
const LABEL_HEIGHT = 18;
/** So many of them are called by their names. */
const MOST_NAMES = 40;

interface Plane {
  x: { name: string; numbers: Float64Array };
  y: { name: string; numbers: Float64Array };
  /** What lies across are instants. */
  isTime: boolean;
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
    await yieldWhenDue();
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
  await yieldWhenDue();
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
    return abbreviated(cleanText(name), 11, 90);
  };
  await yieldWhenDue();
  const joined = thinnedPlane(plane.x.numbers, plane.y.numbers, front, frame.pixels, MOST_OF_FRONT).sort(
    (one, other) => plane.x.numbers[one]! - plane.x.numbers[other]!,
  );
  const bestNames = new Map(best.map((row) => [pointKey(plane, row), nameOf(row)]));
  // Only what is called by its name has a label: the engine lays out each of them against all others.
  const named = joined.slice(0, MOST_NAMES).filter((row) => !bestNames.has(pointKey(plane, row)));
  const names = new Map(named.map((row) => [pointKey(plane, row), nameOf(row)]));
  const label = (shown: ReadonlyMap<string, string>, color: string) => ({
    show: true,
    distance: 2,
    // Names that only just miss each other read as one.
    padding: [1, 4],
    color,
    fontSize: 11,
    formatter: { rule: 'place', names: shown } satisfies LabelRule,
  });
  const placeOf = (row: number): [number, number] => [plane.x.numbers[row]!, plane.y.numbers[row]!];
  const side = freeSide(plane, joined, others);
  const across = pixelsAlong(extentOf(plane.x.numbers, plane.rows), plane.logX, frame.pixels.width);
  const up = pixelsAlong(extentOf(plane.y.numbers, plane.rows), plane.logY, frame.pixels.height);
  const withName = (row: number) => {
    const value = placeOf(row);
    const room = side.isRight ? frame.pixels.width - across(value[0]) : across(value[0]);
    const fits = room > textWidth(nameOf(row), 12) + 12;
    const height = up(value[1]);
    const isAtEdge = (side.isBelow ? height : frame.pixels.height - height) < LABEL_HEIGHT;
    if (isAtEdge) return { value, label: { position: side.isBelow ? 'top' : 'bottom' } };
    const beside = {
      position: [side.isRight ? '90%' : '10%', side.isBelow ? '80%' : '20%'],
      align: side.isRight ? 'left' : 'right',
      verticalAlign: side.isBelow ? 'top' : 'bottom',
    };
    return { value, label: fits ? beside : { position: side.isBelow ? 'bottom' : 'top' } };
  };
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
      data: named.map(withName),
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
      data: best.map(withName),
    },
  ]);
}

/** So many rows tell on which side of a front all others lie. */
const SAMPLE = 500;

/** On which side of a front, from left to right, no other row lies: its names cover nothing there. */
function freeSide({ x, y }: Plane, front: readonly number[], others: readonly number[]) {
  let above = 0;
  const step = Math.max(1, Math.floor(others.length / SAMPLE));
  for (let place = 0; front.length > 0 && place < others.length; place += step) {
    const row = others[place]!;
    const next = front.findIndex((one) => x.numbers[one]! >= x.numbers[row]!);
    const near = next < 0 ? front[front.length - 1]! : front[next]!;
    above += Math.sign(y.numbers[row]! - y.numbers[near]!);
  }
  const isBelow = above >= 0;
  const rises = front.length > 0 && y.numbers[front[front.length - 1]!]! >= y.numbers[front[0]!]!;
  return { isBelow, isRight: rises === isBelow };
}

const pointKey = (plane: Plane, row: number): string =>
  placeKey(plane.x.numbers[row]!, plane.y.numbers[row]!);

const nothing = (columns: Columns, labels: ChartLabels): string =>
  columns.count === 0 ? labels.noRows : labels.noValues;

async function planeOf(columns: Columns, request: ChartRequest, labels: ChartLabels): Promise<Plane> {
  const [xName, yName] = axesOf(columns, request);
  const isTime = columns.isTime(xName);
  const logX = request.logX && !isTime;
  const x = await (isTime ? columns.instants(xName) : columns.numbers(xName));
  const y = await columns.numbers(yName);
  const isOnAxes = (row: number) => !(logX && x[row]! <= 0) && !(request.logY && y[row]! <= 0);
  return {
    x: { name: xName, numbers: x },
    y: { name: yName, numbers: y },
    isTime,
    logX,
    logY: request.logY,
    ...(await drawableRows(columns, [x, y], labels, isOnAxes)),
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
      ...(plane.isTime ? { ...axisStyle(palette), type: 'time' } : numberAxis(palette, spanX, plane.logX)),
      ...axisName(plane.x.name, 'below', frame.pixels.width),
    },
    yAxis: {
      ...numberAxis(palette, spanOf(spanY, marks), plane.logY),
      ...axisName(plane.y.name, 'left', frame.pixels.height),
    },
    series: [
      ...series.map((one) => ({ ...NOT_INTERACTIVE, ...one })),
      ...markSeries(
        palette,
        marks,
        spanX[0],
        pixelsAlong(spanOf(spanY, marks), plane.logY, frame.pixels.height),
      ),
    ],
  });
}
