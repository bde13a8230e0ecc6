import type { Columns } from '../model/columns';
import { ChartProblem } from '../model/problem';
import type { ChartRequest } from '../model/request';

/** Columns that say which row it is or how its run went: nobody means them without naming them. */
const NOT_USUAL = new Set([
  'run',
  'state',
  'result',
  'started',
  'ended',
  'minutes',
  'best',
  'front',
  'link',
  'step',
  'time',
  'wall',
]);

/** The columns of numbers that a picture is usually about, those that matter most first. */
export function usualColumns(columns: Columns, { goals }: ChartRequest): string[] {
  const usual = columns.names.filter((name) => columns.isNumeric(name) && !NOT_USUAL.has(name));
  return [...goals.filter((name) => usual.includes(name)), ...usual.filter((name) => !goals.includes(name))];
}

/** The columns of numbers that were asked for; null when none was. Asked-for columns that no row has are a problem. */
export function askedColumns(columns: Columns, { isY }: ChartRequest): string[] | null {
  if (isY === null) return null;
  const named = columns.names.filter(isY);
  if (named.length === 0 && columns.count > 0) throw new ChartProblem({ key: 'chart-no-y' });
  return named.filter((name) => columns.isNumeric(name));
}

/** A column that a field of the dialog names. */
export function namedColumn(columns: Columns, field: 'x' | 'split', name: string): void {
  if (!columns.has(name)) throw new ChartProblem({ key: 'chart-no-column', values: { field, column: name } });
}

/** Rows by what a column says, in the order of first appearance; one group of all rows without a column. */
export async function groupsOf(columns: Columns, split: string): Promise<{ name: string; rows: number[] }[]> {
  const all = Array.from({ length: columns.count }, (_, row) => row);
  if (split === '') return [{ name: '', rows: all }];
  namedColumn(columns, 'split', split);
  const texts = await columns.texts(split);
  const groups = new Map<string, number[]>();
  for (const row of all) {
    const group = groups.get(texts[row]!);
    if (group) group.push(row);
    else groups.set(texts[row]!, [row]);
  }
  return [...groups].map(([name, rows]) => ({ name, rows }));
}

/** A logarithmic axis has no place for these: they become gaps. Returns how many there were. */
export function hideNotPositive(numbers: Float64Array, rows?: readonly number[]): number {
  let hidden = 0;
  const count = rows?.length ?? numbers.length;
  for (let index = 0; index < count; index++) {
    const row = rows ? rows[index]! : index;
    if (!(numbers[row]! <= 0)) continue;
    numbers[row] = NaN;
    hidden++;
  }
  return hidden;
}
