import type Papa from 'papaparse';
import { isRecord } from '../../api/endpoints/rows';
import { RescaleError, type ErrorText } from '../../api/errors/errors';
import { shortened } from '../../api/errors/shown-value';

/** Loaded on first use: most flows submit no sweep. */
const load = () => module.require('papaparse') as typeof Papa;

/** The values of a sweep: a row a run. */
export interface ParameterTable {
  columns: string[];
  rows: number;
  /** By column, the first row (from 1) that has no value there. */
  blanks: ReadonlyMap<string, number>;
  /** As it is sent: separated by commas, without blank lines. */
  csv: string;
}

/**
 * From CSV text, or from rows of a table. What is sent is what was checked, in the one form that all sources show (docs/platform.md,
 * "Sweeps"); the values stay as they are. Rejects with RESCALE_INPUT what is no table.
 */
export function parameterTable(value: unknown): ParameterTable {
  const [header, ...rows] = Array.isArray(value) ? rowsOf(value) : parsed(textOf(value));
  if (!header || rows.length === 0) throw unusable({ key: 'reason-parameters-empty' });
  const columns = header.map((name) => name.trim());
  refuseSeparator(columns, rows);
  const twice = columns.find((name, index) => name === '' || columns.indexOf(name) !== index);
  if (twice !== undefined) {
    throw unusable({ key: 'reason-parameters-header', values: { name: shortened(twice) } });
  }
  if (columns.every(isNumber)) throw unusable({ key: 'reason-parameters-numbers' });
  const ragged = rows.findIndex((row) => row.length !== columns.length);
  if (ragged >= 0) throw unusable({ key: 'reason-parameters-row', values: { row: ragged + 1 } });
  const plain = rows.map((row) => row.map((text) => (isNumber(text) ? text.trim() : text)));
  const csv = `${load().unparse([columns, ...plain], { newline: '\n' })}\n`;
  const blanks = columns.flatMap((name, column): [string, number][] => {
    const row = rows.findIndex((texts) => texts[column]!.trim() === '');
    return row < 0 ? [] : [[name, row + 1]];
  });
  return { columns, rows: rows.length, blanks: new Map(blanks), csv };
}

function textOf(value: unknown): string {
  if (typeof value !== 'string' && !Buffer.isBuffer(value)) throw unusable({ key: 'reason-parameters-type' });
  return value.toString().replace(/^\ufeff/, '');
}

function parsed(csv: string): string[][] {
  const { data, errors } = load().parse<string[]>(csv, { delimiter: ',', skipEmptyLines: 'greedy' });
  const [wrong] = errors;
  if (wrong) throw unusable({ key: 'reason-parameters-csv', values: { words: wrong.message } });
  return data;
}

/** What else separates columns; no name of a variable has it. */
const OTHER_SEPARATORS = /[;\t|]/;

/** A table that is separated in another way has all its columns in one, or numbers cut at their decimal commas. */
function refuseSeparator(columns: string[], rows: string[][]): void {
  const other = OTHER_SEPARATORS.exec(columns.join(','))?.[0];
  const separator = other === '\t' ? 'Tab' : other;
  if (separator !== undefined) throw unusable({ key: 'reason-parameters-separator', values: { separator } });
  const [only = ''] = columns;
  const words = (text: string) => text.trim().split(/\s+/).length;
  const spaced =
    columns.length === 1 && words(only) > 1 && rows.every(([text = '']) => words(text) === words(only));
  if (spaced) throw unusable({ key: 'reason-parameters-separator', values: { separator: '␣' } });
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

/** Rows with the same columns; one that lacks a value has a blank there. */
function rowsOf(rows: unknown[]): string[][] {
  if (rows.length === 0 || !rows.every(isRecord)) throw unusable({ key: 'reason-parameters-type' });
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const texts = rows.map((row, index) =>
    columns.map((name) => valueText(cellOf(row, name, index + 1), name, index + 1)),
  );
  return [columns, ...texts];
}

/** Nothing of what every object inherits is a value of a row. */
function cellOf(row: Record<string, unknown>, name: string, number: number): unknown {
  try {
    return Object.hasOwn(row, name) ? row[name] : undefined;
  } catch {
    throw unusable({ key: 'reason-parameters-unreadable', values: { row: number, name: shortened(name) } });
  }
}

function valueText(value: unknown, column: string, row: number): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw unusable({ key: 'reason-parameters-value', values: { row, name: shortened(column) } });
}

/** `${name}` or `${name?string("0.00")}`: what a template has in place of a value (docs/platform.md, "Sweeps"). */
const PLACEHOLDER = /\$\{\s*([A-Za-z_]\w{0,99})/g;

/** Rejects with RESCALE_INPUT when the template needs a value that the table has no column for, or a row has not. */
export function checkTemplate(template: string, name: string, { columns, blanks }: ParameterTable): void {
  for (const { 1: needed } of template.matchAll(PLACEHOLDER)) {
    if (needed === undefined) continue;
    const row = blanks.get(needed);
    if (row !== undefined) {
      throw new RescaleError('RESCALE_INPUT', 'submit-parameters-blank', { column: needed, name, row });
    }
    if (columns.includes(needed)) continue;
    throw new RescaleError('RESCALE_INPUT', 'submit-parameters-column', {
      column: needed,
      name,
      columns: columns.join(', '),
    });
  }
}

function unusable(reason: ErrorText): RescaleError {
  return new RescaleError('RESCALE_INPUT', 'submit-parameters', { reason });
}
