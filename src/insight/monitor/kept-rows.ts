import type { LogStep } from '../logs/log-step';

/** One row of the output: `step`, `time`, `wall` where there is a stamp, and the series by name. */
export type StepRow = Record<string, number | null>;

/**
 * The last rows of a log, and the older ones thinned: of each span the lowest and the highest value of every series
 * stay, in the order in which they came. Columns of bare numbers, eight bytes each: ten thousand steps of eight series
 * are well below a megabyte. A column may be longer than there are rows; what stands behind them means nothing.
 */
export interface KeptRows {
  count: number;
  step: Float64Array;
  /** NaN where there is none. */
  time: Float64Array;
  /** The same; empty until a line has a stamp, which the solvers' own logs never have. */
  wall: Float64Array;
  /** By the place of the series in the reader's list; NaN where there is no value. */
  readonly columns: Record<number, Float64Array>;
}

const EMPTY = new Float64Array(0);

export function startRows(): KeptRows {
  return { count: 0, step: EMPTY, time: EMPTY, wall: EMPTY, columns: {} };
}

/** @param keep rows in all; when there are more, the older half is thinned to its half */
export function addRow(
  rows: KeptRows,
  { step, time, wall, values }: LogStep,
  series: readonly number[],
  keep: number,
): void {
  const place = rows.count;
  const most = keep + 1;
  rows.step = withNumber(rows.step, place, step, most);
  rows.time = withNumber(rows.time, place, time ?? NaN, most);
  if (wall !== null || rows.wall.length > 0) rows.wall = withNumber(rows.wall, place, wall ?? NaN, most);
  for (const index of series) {
    rows.columns[index] = withNumber(rows.columns[index] ?? EMPTY, place, values[index] ?? NaN, most);
  }
  rows.count += 1;
  if (rows.count > keep) thin(rows, Math.max(4, Math.floor(keep / 2)));
}

/** Places that a column begins with. */
const FIRST = 64;

/** The column with one number more; it grows by half of itself, and never beyond `most`. */
function withNumber(column: Float64Array, place: number, number: number, most: number): Float64Array {
  let room = column;
  if (place >= column.length) {
    room = new Float64Array(Math.max(place + 1, Math.min(most, Math.max(FIRST, place + (place >> 1)))));
    room.set(column);
    room.fill(NaN, column.length);
  }
  room[place] = number;
  return room;
}

/** Of the first `count` rows, each four become two. */
function thin(rows: KeptRows, count: number): void {
  const groups = Math.floor(count / 4);
  for (const column of [rows.step, rows.time, rows.wall]) {
    replaceStart(column, groups, rows.count, (from) => [column[from]!, column[from + 3]!]);
  }
  for (const column of Object.values(rows.columns)) {
    replaceStart(column, groups, rows.count, (from) => extremesOf(column, from));
  }
  rows.count -= groups * 2;
}

/** What is picked stands never behind what it is picked of, so that the column is its own room. */
function replaceStart(
  column: Float64Array,
  groups: number,
  count: number,
  pick: (from: number) => [number, number],
): void {
  if (column.length === 0) return;
  for (let group = 0; group < groups; group += 1) {
    const [one, other] = pick(group * 4);
    column[group * 2] = one;
    column[group * 2 + 1] = other;
  }
  column.copyWithin(groups * 2, groups * 4, count);
}

/** The lowest and the highest of four values, in their order. */
function extremesOf(column: Float64Array, from: number): [number, number] {
  let [low, high] = [-1, -1];
  for (let place = from; place < from + 4; place += 1) {
    const value = column[place]!;
    if (Number.isNaN(value)) continue;
    if (low < 0 || value < column[low]!) low = place;
    if (high < 0 || value > column[high]!) high = place;
  }
  if (low < 0) return [NaN, NaN];
  return low < high ? [column[low]!, column[high]!] : [column[high]!, column[low]!];
}

/** A value that is missing is left out; one that the log has but that is no number is null. */
export function rowOf(
  { step, time, wall, values, notNumbers }: LogStep,
  series: readonly { name: string; index: number }[],
): StepRow {
  const row: StepRow = { step, time };
  if (wall !== null) row.wall = wall;
  for (const { name, index } of series) {
    const value = values[index] ?? NaN;
    if (Number.isFinite(value)) row[name] = value;
    else if (!Number.isNaN(value) || notNumbers.includes(index)) row[name] = null;
  }
  return row;
}

export function allRows(rows: KeptRows, series: readonly { name: string; index: number }[]): StepRow[] {
  return Array.from({ length: rows.count }, (_, place) => {
    const time = rows.time[place]!;
    const wall = rows.wall[place] ?? NaN;
    const row: StepRow = { step: rows.step[place]!, time: Number.isNaN(time) ? null : time };
    if (!Number.isNaN(wall)) row.wall = wall;
    for (const { name, index } of series) {
      const value = rows.columns[index]?.[place] ?? NaN;
      if (!Number.isNaN(value)) row[name] = Number.isFinite(value) ? value : null;
    }
    return row;
  });
}
