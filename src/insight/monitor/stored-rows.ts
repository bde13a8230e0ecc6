import type { KeptRows } from './kept-rows';

type StoredColumn = (number | null | 'Infinity' | '-Infinity')[];

/** Kept rows as plain JSON, which has neither NaN nor infinite numbers. */
export interface StoredRows {
  readonly step: number[];
  readonly time: StoredColumn;
  readonly wall: StoredColumn;
  readonly columns: Record<number, StoredColumn>;
}

export function storeNumbers({ count, step, time, wall, columns }: KeptRows): StoredRows {
  const stored = (column: Float64Array): StoredColumn => Array.from(column.subarray(0, count), storedNumber);
  return {
    step: Array.from(step.subarray(0, count)),
    time: stored(time),
    wall: stored(wall),
    columns: mapColumns(columns, stored),
  };
}

export function restoreNumbers({ step, time, wall, columns }: StoredRows): KeptRows {
  const restored = (column: StoredColumn): Float64Array => {
    const numbers = new Float64Array(column.length === 0 ? 0 : step.length).fill(NaN);
    for (const [place, value] of column.entries()) numbers[place] = restoredNumber(value);
    return numbers;
  };
  return {
    count: step.length,
    step: Float64Array.from(step),
    time: restored(time),
    // A state of an earlier version has a place for each row, whether there were stamps or not.
    wall: wall.some((stamp) => stamp !== null) ? restored(wall) : new Float64Array(0),
    columns: mapColumns(columns, restored),
  };
}

function mapColumns<From, To>(
  columns: Record<number, From>,
  change: (column: From) => To,
): Record<number, To> {
  return Object.fromEntries(Object.entries(columns).map(([index, column]) => [index, change(column)]));
}

function storedNumber(value: number): StoredColumn[number] {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return null;
  return value > 0 ? 'Infinity' : '-Infinity';
}

function restoredNumber(value: StoredColumn[number]): number {
  return value === null ? NaN : Number(value);
}
