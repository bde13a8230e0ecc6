import { unparse } from 'papaparse';
import type { Table } from './table';

/**
 * What a spreadsheet may take for a formula when it opens the file. A text that is a plain number is none. Full-width
 * signs count too: spreadsheets with Japanese or Korean settings read them as the plain ones.
 */
const FORMULA = /^(?!\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$)(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/;

/** A table as CSV (RFC 4180) with its headings. Numbers are written in full, formulas as text. */
export function toCsv({ columns, rows }: Table): string {
  return unparse(
    {
      fields: columns.map(({ title }) => title),
      data: rows.map((row) => columns.map(({ name }) => csvCell(row[name]))),
    },
    { escapeFormulae: FORMULA, newline: '\r\n' },
  );
}

function csvCell(cell: unknown): unknown {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  return cell !== null && typeof cell === 'object' && !(cell instanceof Date) ? JSON.stringify(cell) : cell;
}
