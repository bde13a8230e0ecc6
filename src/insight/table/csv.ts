import { unparse } from 'papaparse';
import { yieldWhenDue } from '../pauses/pauses';
import { objectText } from './cell-text';
import type { TableRow } from './row';
import type { Table } from './table';

/**
 * What a spreadsheet may take for a formula when it opens the file: a sign that begins one, whatever stands before it
 * that is not seen (blanks of any kind, marks of the byte order or of the direction), and tabs and line ends, which some
 * drop. A text that is a plain number is none. Full-width signs count too: spreadsheets with Japanese or Korean settings
 * read them as the plain ones.
 */
const FORMULA =
  /^(?!\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$)(?:[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|[\t\r\n])/u;

/** Rows that are written before others have their turn. */
const PART = 2000;

/** A table as CSV (RFC 4180) with its headings. Numbers are written in full, formulas as text. */
export async function toCsv({ columns, rows }: Table): Promise<string> {
  const write = (lines: readonly unknown[][]) =>
    unparse([...lines], { escapeFormulae: FORMULA, newline: '\r\n' });
  const parts = [write([columns.map(({ title }) => title)])];
  for (let from = 0; from < rows.length; from += PART) {
    await yieldWhenDue();
    parts.push(write(rows.slice(from, from + PART).map((row) => cellsOf(row, columns))));
  }
  return parts.join('\r\n');
}

const cellsOf = (row: TableRow, columns: Table['columns']): unknown[] =>
  columns.map(({ name }) => csvCell(row[name]));

function csvCell(cell: unknown): unknown {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : cell;
  return cell !== null && typeof cell === 'object' ? objectText(cell) : cell;
}
