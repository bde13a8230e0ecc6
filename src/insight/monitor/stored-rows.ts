import type { KeptRows } from './kept-rows';

type StoredColumn = (number | null | 'Infinity' | '-Infinity')[];

/** Kept rows as plain JSON, which has neither NaN nor infinite numbers. */
export interface StoredRows {
  readonly step: number[];
  readonly time: StoredColumn;
  readonly wall: StoredColumn;
  readonly columns: Record<number, StoredColumn>;
}

export function storeNumbers({ step, time, wall, columns }: KeptRows): StoredRows {
  return {
    step: [...step],
    time: time.map(stored),
    wall: wall.map(stored),
    columns: mapColumns(columns, (column) => column.map(stored)),
  };
}

export function restoreNumbers({ step, time, wall, columns }: StoredRows): KeptRows {
  return {
    step: [...step],
    time: time.map(restored),
    wall: wall.map(restored),
    columns: mapColumns(columns, (column) => column.map(restored)),
  };
}

function mapColumns<From, To>(
  columns: Record<number, From>,
  change: (column: From) => To,
): Record<number, To> {
  return Object.fromEntries(Object.entries(columns).map(([index, column]) => [index, change(column)]));
}

function stored(value: number): StoredColumn[number] {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return null;
  return value > 0 ? 'Infinity' : '-Infinity';
}

function restored(value: StoredColumn[number]): number {
  return value === null ? NaN : Number(value);
}
