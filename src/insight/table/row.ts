import { forEachRow } from '../pauses/pauses';

/** Rows of a table: plain objects, one for each run, whose keys are the columns. */
export type TableRow = Record<string, unknown>;

/** The columns that a row of a run has besides its variables, in their order; `best` and `front` come with goals. */
const LEADING_COLUMNS = ['run', 'state', 'result', 'started', 'ended', 'minutes'] as const;
const TRAILING_COLUMNS = ['best', 'front', 'link'] as const;

const DESCRIPTIVE = new Set<string>([...LEADING_COLUMNS, ...TRAILING_COLUMNS]);

/** True for what says how a run went, false for what went into it or came out of it. */
export const isDescriptive = (column: string): boolean => DESCRIPTIVE.has(column);

/** A cell as a number that can be computed with; NaN for everything else. Text is text, whatever it looks like. */
export const numberOf = (cell: unknown): number =>
  typeof cell === 'number' && Number.isFinite(cell) ? cell : NaN;

/** What a row says of a column; undefined where it says nothing, also where every object inherits something of that name. */
export const cellOf = (row: TableRow, column: string): unknown =>
  Object.hasOwn(row, column) ? row[column] : undefined;

/** A run whose numbers can't be trusted. */
export const hasFailed = (row: TableRow): boolean => row.result === 'failed';

/** All columns of all rows in the order of their first appearance, leading ones first and trailing ones last. */
export async function columnNames(rows: readonly TableRow[]): Promise<string[]> {
  const found = new Set<string>();
  await forEachRow(rows.length, (index) => {
    for (const name in rows[index]) found.add(name);
  });
  // It would be no column but the prototype of a row.
  found.delete('__proto__');
  return [
    ...LEADING_COLUMNS.filter((name) => found.has(name)),
    ...[...found].filter((name) => !isDescriptive(name)),
    ...TRAILING_COLUMNS.filter((name) => found.has(name)),
  ];
}

/** What a column says of the rows, as numbers; NaN where it is no number or the row has failed. */
export type Numbers = (column: string) => Float64Array;

/** Each column is read once, however many ask for it. */
export function numbersOf(rows: readonly TableRow[]): Numbers {
  const failed = rows.map(hasFailed);
  const known = new Map<string, Float64Array>();
  return (column) => {
    const before = known.get(column);
    if (before) return before;
    const numbers = new Float64Array(rows.length);
    for (let row = 0; row < rows.length; row++) {
      numbers[row] = failed[row] ? NaN : numberOf(cellOf(rows[row]!, column));
    }
    known.set(column, numbers);
    return numbers;
  };
}

/** What a row is called: its run, or its number where it has none. */
export function nameOf(row: TableRow, index: number): string | number {
  const { run } = row;
  return typeof run === 'string' || typeof run === 'number' ? run : index;
}
