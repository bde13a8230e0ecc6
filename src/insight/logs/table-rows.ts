/** A row of a table as values of a step. */
import { CELL, valueAt, type NumberRow } from './number-row';
import type { StepBuilder } from './step-builder';
import type { Column } from './table-cells';

/** Sets the cells of a row in the open step; a cell that is no number (a word, nothing) has no value. */
export function setCells(
  log: StepBuilder,
  columns: readonly Column[],
  row: NumberRow,
  { first = 0, skip = -1 }: { first?: number; skip?: number } = {},
): void {
  const count = Math.min(columns.length, row.count - first);
  for (let index = 0; index < count; index++) {
    if (index !== skip) setCell(log, columns[index]!, row, index + first);
  }
}

/** Sets one cell in the open step, if it is a number. */
export function setCell(log: StepBuilder, column: Column, row: NumberRow, cell: number): void {
  const value = valueAt(row, cell);
  if (value === undefined) return;
  column.series ??= log.define(column.name, column.role, column.usual, column.field);
  log.set(column.series, value);
}

/** Whether any cell from `first` on is a word. */
export function hasWords({ kinds, count }: NumberRow, first = 0): boolean {
  for (let cell = first; cell < count; cell++) if (kinds[cell] === CELL.text) return true;
  return false;
}

/**
 * Sets cells that stand at the right edge of their column: a column without a value keeps its place. Where there are as
 * many as columns they go by their order, because a wide value pushes those behind it.
 */
export function setByRightEdge(
  log: StepBuilder,
  columns: readonly (Column & { end: number })[],
  row: NumberRow,
  places: { first: number; skip: number },
): void {
  const { first, skip } = places;
  if (row.count - first === columns.length) {
    setCells(log, columns, row, places);
    return;
  }
  let cell = first;
  for (let index = 0; index < columns.length; index++) {
    const { end } = columns[index]!;
    while (cell < row.count && row.ends[cell]! < end) cell += 1;
    if (index !== skip && cell < row.count && row.ends[cell] === end)
      setCell(log, columns[index]!, row, cell);
  }
}

/** Whether each cell from `first` on has a column: as many as there are, or all at the right edge of one. */
export function fitsRightEdge(columns: readonly { end: number }[], row: NumberRow, first: number): boolean {
  if (row.count - first === columns.length) return true;
  if (row.count - first > columns.length) return false;
  let index = 0;
  for (let cell = first; cell < row.count; cell++) {
    while (index < columns.length && columns[index]!.end < row.ends[cell]!) index += 1;
    if (index === columns.length || columns[index]!.end !== row.ends[cell]) return false;
    index += 1;
  }
  return true;
}
