import { axisName, axisStyle, categoryAxis, numberAxis, pixelsAlong, spanOf } from '../layout/axis';
import { frameOf, legendNames } from '../layout/frame';
import { emptyOption, markSeries, optionOf, NOT_INTERACTIVE, type Option } from '../layout/option';
import type { Columns } from '../model/columns';
import type { LabelRule } from '../model/labels';
import { DASHES, MOST_SERIES, type Palette } from '../model/palette';
import type { ChartLabels, ChartRequest } from '../model/request';
import { extentOf, thinned, type Point } from '../model/thinning';
import { yieldWhenDue } from '../../pauses/pauses';
import { askedColumns, groupsOf, hideNotPositive, namedColumn, usualColumns } from './choice';

interface Series {
  name: string;
  x: Float64Array;
  y: Float64Array;
}

interface AcrossAxis {
  kind: 'number' | 'time' | 'category';
  name: string;
  values: Float64Array;
  texts: string[];
}

/** A picture holds so many points of all its series together; more can't be seen. */
const MOST_POINTS = 12_000;
const MOST_CATEGORIES = 2000;
/** Pixels. */
const LINE_WIDTH = 1.6;
/** Characters, of which a tick shows fewer still. */
const LONGEST_LABEL = 200;

/** Residuals or any other columns over the steps: one line for each column, or for each value of the split. */
export async function linesOption(
  columns: Columns,
  request: ChartRequest,
  labels: ChartLabels,
  palette: Palette,
): Promise<Option> {
  const across = await acrossAxis(columns, request, labels);
  const names = (askedColumns(columns, request) ?? usualColumns(columns, request)).filter(
    (name) => name !== across.name,
  );
  const all = await seriesOf(columns, request, across, names);
  const shown = all.slice(0, MOST_SERIES);
  const notes = shown.length < all.length ? [labels.seriesShown(shown.length, all.length)] : [];

  const log = request.logY || (request.kind === 'residuals' && (await mostlyPositive(shown)));
  const logX = request.logX && across.kind === 'number';
  let hidden = 0;
  const extents: number[] = [];
  for (const { x, y } of shown) {
    await yieldWhenDue();
    if (log) hidden += hideNotPositive(y);
    if (logX) hideNotPositive(x);
    extents.push(...extentOf(y));
  }
  if (logX) hidden += hideNotPositive(across.values);
  const reach = extentOf(across.values);
  if (hidden > 0) notes.push(labels.notOnLogAxis(hidden));
  const visible = extentOf(Float64Array.from(extents));
  const marks = request.marks.filter(({ value }) => !log || value > 0);

  const titles = legendNames(
    shown.map(({ name }) => name),
    request.width,
  );
  const single = titles.length === 1;
  const frame = frameOf(request, palette, single ? [] : titles, notes);
  if (columns.count === 0) return emptyOption(palette, frame, labels.noRows);
  if (Number.isNaN(visible[0]) || Number.isNaN(reach[0])) return emptyOption(palette, frame, labels.noValues);

  // Spans narrower than the line can't be told apart.
  const most = Math.min(frame.pixels.width / LINE_WIDTH, MOST_POINTS / 2 / shown.length);
  const bins = Math.max(50, Math.floor(most));
  const lines: unknown[][] = [];
  for (const { x, y } of shown) {
    await yieldWhenDue();
    lines.push(pointsOf(thinned(x, y, bins)));
  }
  return optionOf(palette, frame, {
    grid: frame.options.grid,
    xAxis: {
      ...axisName(across.name, 'below', frame.pixels.width),
      ...xAxisOf(palette, across, reach, logX, frame.pixels),
    },
    yAxis: {
      ...numberAxis(palette, spanOf(visible, marks), log),
      // Lines of one column, one for each value of the split, have an axis that says which column that is.
      ...axisName(single ? shown[0]!.name : names.length === 1 ? names[0]! : '', 'left', frame.pixels.height),
    },
    series: [
      ...lines.map((data, index) => ({
        ...NOT_INTERACTIVE,
        type: 'line',
        name: titles[index],
        data,
        // Looking at each point takes time; only those that stand alone are seen.
        showSymbol: data.some((point) => !Array.isArray(point)),
        symbol: 'none',
        connectNulls: false,
        lineStyle: { width: LINE_WIDTH, type: DASHES[Math.floor(index / palette.series.length)] ?? 'solid' },
      })),
      ...markSeries(palette, marks, reach[0], pixelsAlong(spanOf(visible, marks), log, frame.pixels.height)),
    ],
  });
}

/** Points that stand alone between gaps would not be seen as a line. */
function pointsOf(points: Point[]): unknown[] {
  return points.map((point, index) => {
    const alone =
      point[1] !== null &&
      (points[index - 1]?.[1] ?? null) === null &&
      (points[index + 1]?.[1] ?? null) === null;
    return alone ? { value: point, symbol: 'circle', symbolSize: 5 } : point;
  });
}

async function acrossAxis(columns: Columns, request: ChartRequest, labels: ChartLabels): Promise<AcrossAxis> {
  const name = request.x || (await usualAcross(columns));
  if (name === null || columns.count === 0) {
    const values = Float64Array.from({ length: columns.count }, (_, row) => row + 1);
    return { kind: 'number', name: labels.rowNumber, values, texts: [] };
  }
  namedColumn(columns, 'x', name);
  if (name === 'wall') return { kind: 'time', name, values: await columns.numbers(name), texts: [] };
  if (columns.isNumeric(name))
    return { kind: 'number', name, values: await columns.numbers(name), texts: [] };
  if (columns.isTime(name)) return { kind: 'time', name, values: await columns.instants(name), texts: [] };
  const values = Float64Array.from({ length: columns.count }, (_, row) => row);
  return { kind: 'category', name, values, texts: await columns.texts(name) };
}

/** The printed time while it only grows; after a restart it does not, and steps are the better ruler. */
async function usualAcross(columns: Columns): Promise<string | null> {
  if (columns.isNumeric('time')) {
    const time = await columns.numbers('time');
    if (time.every((instant, row) => row === 0 || instant >= time[row - 1]!)) return 'time';
  }
  return columns.isNumeric('step') ? 'step' : null;
}

function xAxisOf(
  palette: Palette,
  { kind, texts }: AcrossAxis,
  span: [number, number],
  log: boolean,
  pixels: { width: number; height: number },
): object {
  const style = axisStyle(palette);
  const splitLine = { show: false };
  if (kind === 'category' && texts.length > MOST_CATEGORIES) {
    // The engine lays out each category: of so many a few ticks are named instead.
    const formatter: LabelRule = { rule: 'row', texts: texts.map((text) => text.slice(0, LONGEST_LABEL)) };
    const axisLabel = { ...style.axisLabel, formatter };
    return { ...style, type: 'value', min: 0, max: texts.length - 1, minInterval: 1, axisLabel, splitLine };
  }
  if (kind === 'category') return categoryAxis(palette, texts, pixels);
  if (kind === 'time') return { ...style, type: 'time', splitLine };
  // The line ends where the plot ends.
  const ends = log || span[0] === span[1] ? {} : { min: span[0], max: span[1] };
  return { ...numberAxis(palette, span, log), splitLine, ...ends };
}

async function seriesOf(
  columns: Columns,
  request: ChartRequest,
  across: AcrossAxis,
  names: string[],
): Promise<Series[]> {
  const groups = await groupsOf(columns, request.split);
  const found: Series[] = [];
  for (const column of names) {
    // What comes after the limit is only counted.
    const numbers = found.length < MOST_SERIES ? await columns.numbers(column) : new Float64Array();
    for (const { name, rows } of groups) {
      const whole = request.split === '';
      const title = whole ? column : names.length === 1 ? name : `${name}: ${column}`;
      const pick = (from: Float64Array) => (whole ? from : Float64Array.from(rows, (row) => from[row]!));
      if (found.length >= MOST_SERIES) found.push({ name: title, x: numbers, y: numbers });
      else
        found.push({ name: title, x: whole ? across.values.slice() : pick(across.values), y: pick(numbers) });
    }
  }
  return found;
}

/** Residuals are drawn over decades unless they are logarithms already. */
async function mostlyPositive(series: readonly Series[]): Promise<boolean> {
  let positive = 0;
  let other = 0;
  for (const { y } of series) {
    await yieldWhenDue();
    for (const number of y) {
      if (number > 0) positive++;
      else if (number < 0) other++;
    }
  }
  return positive > other;
}
