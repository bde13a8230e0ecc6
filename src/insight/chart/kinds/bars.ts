import { axisName, categoryAxis, numberAxis, pixelsAlong, spanOf } from '../layout/axis';
import { frameOf, legendNames } from '../layout/frame';
import { emptyOption, markSeries, optionOf, NOT_INTERACTIVE, type Option } from '../layout/option';
import type { Columns } from '../model/columns';
import type { Palette } from '../model/palette';
import type { ChartLabels, ChartRequest } from '../model/request';
import { yieldWhenDue } from '../../pauses/pauses';
import { extentOf } from '../model/thinning';
import { askedColumns, hideNotPositive, namedColumn, usualColumns } from './choice';

/** A bar needs so many pixels. */
const LEAST_WIDTH = 3;

/** A bar for each row and column. Where there is no room for all, each stands for a span of rows and shows the largest. */
export async function barsOption(
  columns: Columns,
  request: ChartRequest,
  labels: ChartLabels,
  palette: Palette,
): Promise<Option> {
  const name = request.x || (columns.has('run') ? 'run' : '');
  if (request.x !== '' && columns.count > 0) namedColumn(columns, 'x', name);
  const chosen = chosenColumns(columns, request).filter((column) => column !== name);
  const most = palette.series.length;
  const shown = chosen.slice(0, most);
  const notes = chosen.length > most ? [labels.columnsShown(most, chosen.length)] : [];

  const rows = Array.from({ length: columns.count }, (_, row) => row).filter((row) => !columns.failed(row));
  const failed = columns.count - rows.length;
  if (failed > 0) notes.push(labels.failedLeftOut(failed));
  const numbers: Float64Array[] = [];
  let hidden = 0;
  for (const column of shown) {
    const one = await columns.numbers(column);
    if (request.logY) hidden += hideNotPositive(one, rows);
    numbers.push(one);
  }
  if (hidden > 0) notes.push(labels.notOnLogAxis(hidden));

  const room = Math.max(1, Math.floor((request.width - 100) / (LEAST_WIDTH * Math.max(1, shown.length))));
  const groups = spansOf(rows, room);
  if (groups.length < rows.length) notes.push(labels.rowsShown(groups.length, rows.length));

  const titles = legendNames(shown, request.width);
  const frame = frameOf(request, palette, titles.length > 1 ? titles : [], notes);
  const span = extentOf(Float64Array.from(numbers.flatMap((one) => extentOf(one, rows))));
  if (columns.count === 0) return emptyOption(palette, frame, labels.noRows);
  if (Number.isNaN(span[0])) return emptyOption(palette, frame, labels.noValues);

  const texts = name === '' ? null : await columns.texts(name);
  const heights: ReturnType<typeof largest>[][] = [];
  for (const one of numbers) {
    await yieldWhenDue();
    heights.push(groups.map((group) => largest(one, group)));
  }
  const names = groups.map((group) => {
    const row = heights.length > 0 ? largest(numbers[0]!, group).row : group[0]!;
    return texts?.[row] ?? String(row + 1);
  });
  // By itself the engine lets bars begin at 1 on a logarithmic axis. The least begins a little below itself, to be seen.
  const from: [number, number] = request.logY
    ? [span[0] / 1.5, span[1]]
    : [Math.min(0, span[0]), Math.max(0, span[1])];
  const marks = request.marks.filter(({ value }) => !request.logY || value > 0);
  const upwards = numberAxis(palette, spanOf(from, marks), request.logY);
  const best = groups.map((group) => group.some((row) => columns.cell('best', row) === true));
  return optionOf(palette, frame, {
    grid: frame.options.grid,
    xAxis: {
      ...axisName(name === '' ? labels.rowNumber : name, 'below', frame.pixels.width),
      ...categoryAxis(palette, names, frame.pixels),
      axisLine: { show: true, onZero: true, lineStyle: { color: palette.muted } },
      axisTick: { show: groups.length <= 60, alignWithLabel: true },
    },
    yAxis: {
      ...upwards,
      ...('min' in upwards && { startValue: upwards.min }),
      scale: false,
      ...axisName(titles.length === 1 ? shown[0]! : '', 'left', frame.pixels.height),
    },
    series: [
      ...heights.map((bars, index) => ({
        ...NOT_INTERACTIVE,
        type: 'bar',
        name: titles[index],
        barMaxWidth: 48,
        data: bars.map(({ value }, place) =>
          // Where each column has a colour of its own, the best row can't have another.
          titles.length === 1 && best[place] ? { value, itemStyle: { color: palette.best } } : value,
        ),
      })),
      ...markSeries(palette, marks, 0, pixelsAlong(spanOf(from, marks), request.logY, frame.pixels.height)),
    ],
  });
}

/** What was asked for, else the goals, else the first variable, else how long the runs took. */
function chosenColumns(columns: Columns, request: ChartRequest): string[] {
  const asked = askedColumns(columns, request);
  if (asked) return asked;
  const usual = usualColumns(columns, request);
  const goals = usual.filter((name) => request.goals.includes(name));
  if (goals.length > 0) return goals.slice(0, 1);
  return usual.length > 0 ? usual.slice(0, 1) : columns.isNumeric('minutes') ? ['minutes'] : [];
}

function spansOf(rows: readonly number[], most: number): number[][] {
  if (rows.length <= most) return rows.map((row) => [row]);
  return Array.from({ length: most }, (_, index) =>
    rows.slice(Math.floor((index * rows.length) / most), Math.floor(((index + 1) * rows.length) / most)),
  );
}

/** The number that is farthest from zero, and its row; null without any. */
function largest(numbers: Float64Array, rows: readonly number[]): { row: number; value: number | null } {
  let found = { row: rows[0]!, value: null as number | null };
  for (const row of rows) {
    const number = numbers[row]!;
    if (Number.isNaN(number)) continue;
    if (found.value === null || Math.abs(number) > Math.abs(found.value)) found = { row, value: number };
  }
  return found;
}
