import { yieldWhenDue } from '../pauses/pauses';
import type { Numbers } from './row';

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
export async function extremesOf(
  numbersOf: Numbers,
  columns: readonly string[],
  shown: number,
): Promise<Record<string, Extreme>> {
  const found: [string, Extreme][] = [];
  for (const column of columns) {
    await yieldWhenDue();
    const numbers = numbersOf(column);
    let least = -1;
    let most = -1;
    for (let row = 0; row < numbers.length; row++) {
      if (Number.isNaN(numbers[row]!)) continue;
      if (least < 0 || numbers[row]! < numbers[least]!) least = row;
      if (most < 0 || numbers[row]! > numbers[most]!) most = row;
    }
    if (least < 0) continue;
    found.push([
      column,
      {
        min: numbers[least]!,
        max: numbers[most]!,
        minRow: least < shown ? least : null,
        maxRow: most < shown ? most : null,
      },
    ]);
  }
  return Object.fromEntries(found);
}
