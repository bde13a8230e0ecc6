import type { LogStep } from '../logs/log-step';

/** One row of the output: `step`, `time`, `wall` where there is a stamp, and the series by name. */
export type Row = Record<string, number | null>;

/**
 * The last rows of a log, and the older ones thinned: of each span the lowest and the highest value of every series
 * stay, in the order in which they came. Columns of numbers, so that ten thousand steps of eight series are small.
 */
export interface KeptRows {
  readonly step: number[];
  readonly time: number[];
  readonly wall: number[];
  /** By the place of the series in the reader's list; NaN where there is no value. */
  readonly columns: Record<number, number[]>;
}

export function startRows(): KeptRows {
  return { step: [], time: [], wall: [], columns: {} };
}

/** @param keep rows in all; when there are more, the older half is thinned to its half */
export function addRow(
  rows: KeptRows,
  { step, time, wall, values }: LogStep,
  series: readonly number[],
  keep: number,
): void {
  const length = rows.step.length;
  rows.step.push(step);
  rows.time.push(time ?? NaN);
  rows.wall.push(wall ?? NaN);
  for (const index of series) {
    const column = (rows.columns[index] ??= []);
    while (column.length < length) column.push(NaN);
    column.push(values[index] ?? NaN);
  }
  if (rows.step.length > keep) thin(rows, Math.max(4, Math.floor(keep / 2)));
}

/** Of the first `count` rows, each four become two. */
function thin(rows: KeptRows, count: number): void {
  const groups = Math.floor(count / 4);
  for (const column of [rows.step, rows.time, rows.wall]) {
    replaceStart(column, groups, (from) => [column[from]!, column[from + 3]!]);
  }
  for (const column of Object.values(rows.columns)) {
    replaceStart(column, groups, (from) => extremesOf(column, from));
  }
}

function replaceStart(column: number[], groups: number, pick: (from: number) => [number, number]): void {
  const picked: number[] = [];
  for (let group = 0; group < groups; group += 1) picked.push(...pick(group * 4));
  column.splice(0, groups * 4, ...picked);
}

/** The lowest and the highest of four values, in their order. */
function extremesOf(column: readonly number[], from: number): [number, number] {
  let [low, high] = [-1, -1];
  for (let place = from; place < from + 4; place += 1) {
    const value = column[place];
    if (value === undefined || Number.isNaN(value)) continue;
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
): Row {
  const row: Row = { step, time };
  if (wall !== null) row.wall = wall;
  for (const { name, index } of series) {
    const value = values[index] ?? NaN;
    if (Number.isFinite(value)) row[name] = value;
    else if (!Number.isNaN(value) || notNumbers.includes(index)) row[name] = null;
  }
  return row;
}

export function allRows(rows: KeptRows, series: readonly { name: string; index: number }[]): Row[] {
  return rows.step.map((step, place) => {
    const time = rows.time[place]!;
    const wall = rows.wall[place]!;
    const row: Row = { step, time: Number.isNaN(time) ? null : time };
    if (!Number.isNaN(wall)) row.wall = wall;
    for (const { name, index } of series) {
      const value = rows.columns[index]?.[place] ?? NaN;
      if (!Number.isNaN(value)) row[name] = Number.isFinite(value) ? value : null;
    }
    return row;
  });
}
