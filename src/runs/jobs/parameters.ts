import type Papa from 'papaparse';
import { RescaleError, type ErrorText } from '../../api/errors/errors';
import { isRecord } from './definition';

/** Loaded on first use: most flows submit no sweep. */
const load = () => module.require('papaparse') as typeof Papa;

/** The values of a sweep: a row a run. */
export interface ParameterTable {
  columns: string[];
  rows: number;
  csv: string;
}

/** From CSV text, or from rows of a table. Values go in unchanged. Rejects with RESCALE_INPUT what is no table. */
export function parameterTable(value: unknown): ParameterTable {
  const csv = typeof value === 'string' ? value.replace(/^\ufeff/, '') : csvOf(value);
  const { data, errors } = load().parse<string[]>(csv, { skipEmptyLines: 'greedy' });
  const wrong = errors.find(({ code }) => code !== 'UndetectableDelimiter');
  if (wrong) throw unusable({ key: 'reason-parameters-csv', values: { words: wrong.message } });
  const [header, ...rows] = data;
  if (!header || rows.length === 0) throw unusable({ key: 'reason-parameters-empty' });
  const columns = header.map((name) => name.trim());
  const twice = columns.find((name, index) => name === '' || columns.indexOf(name) !== index);
  if (twice !== undefined) throw unusable({ key: 'reason-parameters-header', values: { name: twice } });
  const ragged = rows.findIndex((row) => row.length !== columns.length);
  if (ragged >= 0) throw unusable({ key: 'reason-parameters-row', values: { row: ragged + 1 } });
  return { columns, rows: rows.length, csv };
}

/** Rows with the same columns; one that lacks a value has a blank there. */
function csvOf(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) {
    throw unusable({ key: 'reason-parameters-type' });
  }
  const fields = [...new Set(value.flatMap((row) => Object.keys(row)))];
  return load().unparse({ fields, data: value.map((row) => fields.map((name) => row[name] ?? '')) });
}

/** `${name}` or `${name?string("0.00")}`: what a template has in place of a value (docs/platform.md, "Sweeps"). */
const PLACEHOLDER = /\$\{\s*([A-Za-z_]\w{0,99})/g;

/** Rejects with RESCALE_INPUT when the template needs a value that the table has no column for. */
export function checkTemplate(template: string, name: string, { columns }: ParameterTable): void {
  for (const { 1: needed } of template.matchAll(PLACEHOLDER)) {
    if (needed === undefined || columns.includes(needed)) continue;
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
