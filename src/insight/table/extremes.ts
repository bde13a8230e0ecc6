import { hasFailed, numberOf, type Row } from './row';

export interface Extreme {
  min: number;
  max: number;
  /** Numbers of the rows, from 0; null for a row that a limit has cut off. */
  minRow: number | null;
  maxRow: number | null;
}

/**
 * The least and the largest number of each column and the first rows that have them. Failed rows take no part, columns
 * without numbers have none. `shown`: so many of the rows are in the output.
 */
export function extremesOf(
  rows: readonly Row[],
  columns: readonly string[],
  shown: number,
): Record<string, Extreme> {
  const found: [string, Extreme][] = [];
  for (const column of columns) {
    let least = -1;
    let most = -1;
    for (const [index, row] of rows.entries()) {
      const number = hasFailed(row) ? NaN : numberOf(row[column]);
      if (Number.isNaN(number)) continue;
      if (least < 0 || number < numberOf(rows[least]![column])) least = index;
      if (most < 0 || number > numberOf(rows[most]![column])) most = index;
    }
    if (least < 0) continue;
    found.push([
      column,
      {
        min: numberOf(rows[least]![column]),
        max: numberOf(rows[most]![column]),
        minRow: least < shown ? least : null,
        maxRow: most < shown ? most : null,
      },
    ]);
  }
  return Object.fromEntries(found);
}
