import { sortInTurns } from '../pauses/sort';
import { cellOf, numberOf, type TableRow } from './row';

/**
 * Rows by one column: numbers by size, then texts with the figures in them by size (run 9 before run 10), then what has
 * no value, in both directions. Equal rows stay as they came. A blank column leaves all as it came.
 */
export async function sortRows(
  rows: readonly TableRow[],
  column: string,
  descending: boolean,
): Promise<TableRow[]> {
  if (column === '') return [...rows];
  const keys = new Map(rows.map((row) => [row, keyOf(cellOf(row, column))]));
  const texts = new Intl.Collator('en', { numeric: true });
  const direction = descending ? -1 : 1;
  return sortInTurns(rows, (one, other) => {
    const a = keys.get(one)!;
    const b = keys.get(other)!;
    if (typeof a === 'number' && typeof b === 'number') return (a - b) * direction;
    if (typeof a === 'string' && typeof b === 'string') return texts.compare(a, b) * direction;
    return kindOf(a) - kindOf(b);
  });
}

type Key = number | string | null;

function keyOf(cell: unknown): Key {
  const number = typeof cell === 'boolean' ? Number(cell) : numberOf(cell);
  if (!Number.isNaN(number)) return number;
  return typeof cell === 'string' && cell !== '' ? cell : null;
}

const kindOf = (key: Key): number => (key === null ? 2 : typeof key === 'string' ? 1 : 0);
