import { axisStyle } from '../layout/axis';
import { frameOf, legendNames } from '../layout/frame';
import { yieldWhenDue } from '../../pauses/pauses';
import { emptyOption, optionOf, NOT_INTERACTIVE, type Option } from '../layout/option';
import type { Columns } from '../model/columns';
import type { LabelRule } from '../model/labels';
import { MOST_SERIES, type Palette } from '../model/palette';
import type { ChartLabels, ChartRequest } from '../model/request';
import { cleanText, FONTS_DIFFER, ellipsized, textWidth } from '../model/text';
import { extentOf } from '../model/thinning';
import { askedColumns, groupsOf, usualColumns } from './choice';
import { drawableRows } from './drawable-rows';

/** Pixels between two axes, so that their numbers do not touch. */
const LEAST_GAP = 70;
/** Pixels between two numbers at an axis, from middle to middle. */
const LEAST_TICK_GAP = 14;
/** The size of an axis' name, pixels. */
const NAME = 13;
/** More lines are one surface. */
const MOST_LINES = 600;

interface Group {
  name: string;
  rows: number[];
  color: string | undefined;
  width: number;
  opacity: number;
}

/** Each column an axis, each row a line across all of them: inputs first, goals last, where the eye ends. */
export async function parallelOption(
  columns: Columns,
  request: ChartRequest,
  labels: ChartLabels,
  palette: Palette,
): Promise<Option> {
  const all = axesOf(columns, request);
  const most = Math.max(2, Math.floor((request.width - 120) / LEAST_GAP) + 1);
  const chosen = all.length > most ? [...all.slice(0, most - 1), all[all.length - 1]!] : all;
  // One axis alone leads nowhere: the rows in their order stand across from it.
  const isAlone = chosen.length === 1;
  const shown = isAlone ? [labels.rowNumber, ...chosen] : chosen;
  const notes = chosen.length < all.length ? [labels.columnsShown(chosen.length, all.length)] : [];

  const numbers: Float64Array[] = [];
  for (const name of chosen) numbers.push(await columns.numbers(name));
  if (isAlone) numbers.unshift(numbers[0]!.map((_, row) => row + 1));
  const { rows, notes: leftOut } = await drawableRows(columns, numbers, labels);
  notes.push(...leftOut);
  const drawn = await fewer(columns, numbers, rows);
  if (drawn.length < rows.length) notes.push(labels.rowsShown(drawn.length, rows.length));

  const groups = await groupsFor(columns, request, labels, palette, new Set(drawn));
  const names = legendNames(
    groups.map(({ name }) => name),
    request.width,
  );
  const frame = frameOf(request, palette, groups.length > 1 ? names : [], notes);
  if (columns.count === 0) return emptyOption(palette, frame, labels.noRows);
  if (rows.length === 0 || shown.length === 0) return emptyOption(palette, frame, labels.noValues);

  const ends = [shown[0]!, shown[shown.length - 1]!].map((name) =>
    Math.min(120, Math.max(60, textWidth(cleanText(name), NAME) / 2 + 8)),
  );
  const ranges: { min: number; max: number }[] = [];
  for (const one of numbers) {
    await yieldWhenDue();
    ranges.push(rangeOf(extentOf(one, rows)));
  }
  const gap = (request.width - ends[0]! - ends[1]!) / Math.max(1, shown.length - 1);
  // Names that would touch stand above and below the axes in turn, so that each has the room of two.
  const crowded = shown.some((name) => textWidth(cleanText(name), NAME) > gap - 10);
  const nameRoom = (crowded ? 2 : 1) * gap - 10;
  const roomOf = (dim: number) => {
    const end = dim === 0 ? ends[0]! : dim === shown.length - 1 ? ends[1]! : Infinity;
    return Math.min(nameRoom, (2 * end - 16) / FONTS_DIFFER.plain);
  };
  const style = axisStyle(palette);
  const bottom = frame.room.bottom + (crowded ? 40 : 24);
  const axisHeight = request.height - frame.room.top - 28 - bottom;
  return optionOf(palette, frame, {
    parallel: {
      left: ends[0],
      right: ends[1],
      top: frame.room.top + 28,
      bottom,
      parallelAxisDefault: { silent: true, animation: false },
    },
    parallelAxis: shown.map((name, dim) => ({
      ...style,
      dim,
      type: 'value',
      scale: true,
      splitNumber: 5,
      silent: true,
      nameLocation: crowded && dim % 2 === 1 ? 'start' : 'end',
      nameGap: 12,
      name: ellipsized(cleanText(name), NAME, roomOf(dim)),
      nameTruncate: { maxWidth: roomOf(dim) + 4 },
      axisLabel: {
        ...style.axisLabel,
        formatter: tickLabel(ranges[dim]!, axisHeight),
        fontSize: 11,
        // Readable where lines run below it.
        textBorderColor: palette.background,
        textBorderWidth: 3,
      },
      splitLine: { show: false },
      ...ranges[dim],
    })),
    series: groups.map(({ rows: lines, color, width, opacity }, index) => ({
      ...NOT_INTERACTIVE,
      type: 'parallel',
      name: names[index],
      progressive: 0,
      ...(color !== undefined && { itemStyle: { color } }),
      lineStyle: { ...(color !== undefined && { color }), width, opacity },
      data: lines.map((row) => numbers.map((one) => one[row]!)),
    })),
  });
}

/** Both ends of an axis have their numbers; a tick that would touch one of them has none. */
function tickLabel({ min, max }: { min: number; max: number }, height: number): LabelRule {
  return { rule: 'span', min, max, least: (LEAST_TICK_GAP / Math.max(1, height)) * (max - min) };
}

/** An axis of a column that never changes still has a middle. */
function rangeOf([least, most]: [number, number]): { min: number; max: number } {
  if (least !== most) return { min: least, max: most };
  const half = Math.abs(least) / 10 || 1;
  return { min: least - half, max: most + half };
}

function axesOf(columns: Columns, request: ChartRequest): string[] {
  const asked = askedColumns(columns, request);
  if (asked) return asked;
  const usual = usualColumns(columns, request);
  const isGoal = (name: string) => request.goals.includes(name);
  return [...usual.filter((name) => !isGoal(name)), ...usual.filter(isGoal)];
}

/** The rows that hold the lowest or highest of an axis, those on the front, and an even choice of the others. */
async function fewer(
  columns: Columns,
  numbers: readonly Float64Array[],
  rows: readonly number[],
): Promise<number[]> {
  if (rows.length <= MOST_LINES) return [...rows];
  const kept = new Set<number>();
  for (const one of numbers) {
    await yieldWhenDue();
    let low = rows[0]!;
    let high = rows[0]!;
    for (const row of rows) {
      if (one[row]! < one[low]!) low = row;
      if (one[row]! > one[high]!) high = row;
    }
    kept.add(low).add(high);
  }
  await yieldWhenDue();
  for (const row of rows) {
    if (kept.size < MOST_LINES / 2 && columns.cell('front', row) === true) kept.add(row);
  }
  const step = rows.length / (MOST_LINES - kept.size);
  for (let place = 0; place < rows.length && kept.size < MOST_LINES; place += step) {
    kept.add(rows[Math.floor(place)]!);
  }
  return [...kept].sort((one, other) => one - other);
}

async function groupsFor(
  columns: Columns,
  request: ChartRequest,
  labels: ChartLabels,
  palette: Palette,
  drawn: ReadonlySet<number>,
): Promise<Group[]> {
  if (request.split !== '' && columns.count > 0) {
    return (await groupsOf(columns, request.split))
      .slice(0, MOST_SERIES)
      .map(({ name, rows }) => ({
        name,
        rows: rows.filter((row) => drawn.has(row)),
        color: undefined,
        width: 1.3,
        opacity: 0.7,
      }))
      .filter(({ rows }) => rows.length > 0);
  }
  const rows = [...drawn];
  const isBest = (row: number) => columns.cell('best', row) === true;
  const isFront = (row: number) => columns.cell('front', row) === true && !isBest(row);
  const judged = rows.some((row) => isBest(row) || isFront(row));
  return [
    {
      name: labels.otherRuns,
      rows: rows.filter((row) => !isBest(row) && !isFront(row)),
      color: judged ? palette.faint : palette.accent,
      width: 1,
      opacity: judged ? 0.45 : 0.6,
    },
    { name: labels.front, rows: rows.filter(isFront), color: palette.accent, width: 1.6, opacity: 0.9 },
    { name: labels.best, rows: rows.filter(isBest), color: palette.best, width: 2.6, opacity: 1 },
  ].filter(({ rows: lines }) => lines.length > 0);
}
