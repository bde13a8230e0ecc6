/**
 * Any table with a heading: comma, semicolon, tab, bars or blanks between the cells, `#` or `%` before the heading. The
 * heading may be repeated or change; text between is passed over.
 */
import type { SeriesRole } from '../log-step';
import { CELL, readRow, valueAt, type NumberRow } from '../number-row';
import { readNumber } from '../numbers';
import { defineProfile } from '../profile';
import type { StepBuilder } from '../step-builder';
import { namesByRightEdge, splitCells, withoutEmptyEnd, type Column, type Delimiter } from '../table-cells';
import { setCells } from '../table-rows';

interface TableState {
  /** The last line that may be a heading; the row below it decides. */
  candidate: string | null;
  columns: Column[];
  delimiter: Delimiter;
  /** The column that counts steps or time; -1 without one. */
  counter: number;
  lastTime: number | null;
}

const COUNTER =
  /^(?:iter(?:ation)?s?|steps?|time(?:[ _-]?(?:step|iter|value))?|t|n|cycle|epoch|increment|inc|it|#)(?:\s*[[(].*[\])])?$/i;
const RESIDUAL = /resid|^(?:rms|res)[ _[]|_initial$|^error$/i;
const LOGARITHM = /^log10?[ _(]|^rms\[/i;
const UNITS = /^[[(].*[\])]$|^-$/;

function columnOf(name: string): Column {
  let role: SeriesRole = 'monitor';
  if (LOGARITHM.test(name)) role = 'residual-log10';
  else if (RESIDUAL.test(name)) role = 'residual';
  return { name, role, usual: true };
}

/** Comment signs and brackets around a heading. */
function bare(line: string): string {
  return line
    .trim()
    .replace(/^[#%!/]+\s*/, '')
    .replace(/^VARIABLES\s*=\s*/i, '')
    .replace(/^\((.*)\)$/, '$1');
}

function delimiterOf(line: string): Delimiter {
  for (const delimiter of ['\t', ';', ',', '|'] as const) if (line.includes(delimiter)) return delimiter;
  return ' ';
}

function cellsOf(line: string, delimiter: Delimiter): string[] {
  if (delimiter !== ' ' || !line.includes('"')) return withoutEmptyEnd(splitCells(line, delimiter));
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((cell) => cell.replaceAll('"', ''));
}

/** A row: its first cell and at least half of all are numbers. */
function isRow(cells: readonly string[]): boolean {
  if (cells.length < 2 || readNumber(cells[0] ?? '') === undefined) return false;
  return cells.filter((cell) => readNumber(cell) !== undefined).length * 2 >= cells.length;
}

function isHeading(cells: readonly string[]): boolean {
  return (
    cells.length >= 2 &&
    cells.every((cell) => cell !== '' && cell.length <= 80 && readNumber(cell) === undefined) &&
    cells.some((cell) => /[A-Za-z]/.test(cell))
  );
}

/** Names for the cells of the row below; null when the line above was no heading of it. */
function namesFor(heading: string, row: string, delimiter: Delimiter): string[] | null {
  const count = cellsOf(row, delimiter).length;
  const text = bare(heading);
  const direct = cellsOf(text, delimiter);
  if (direct.length === count && isHeading(direct)) return direct;
  if (delimiter !== ' ') return null;
  // Names with blanks: parted by two of them, or by where the values end.
  const apart = text.split(/\s{2,}/).filter(Boolean);
  if (apart.length === count && isHeading(apart)) return apart;
  const placed = namesByRightEdge(heading.replace(/[#%]/g, ' '), row).map(({ name }) => name);
  return placed.length === count && isHeading(placed) ? placed : null;
}

function takeHeading(state: TableState, names: readonly string[], delimiter: Delimiter): void {
  state.columns = names.map(columnOf);
  state.delimiter = delimiter;
  state.counter = names.findIndex((name) => COUNTER.test(name));
}

function takeRow(state: TableState, row: NumberRow, text: string, log: StepBuilder): void {
  const time = valueAt(row, state.counter);
  log.begin(time ?? null);
  if (time !== undefined && state.lastTime !== null && time < state.lastTime)
    log.remark('restarted', 'table-count-back', 'the count went back: a run was started again', text);
  state.lastTime = time ?? null;
  setCells(log, state.columns, row, { skip: state.counter });
  log.close();
}

/** The same as `isRow`, for a row that was read by hand. */
function isNumbers(row: NumberRow): boolean {
  if (row.count < 2 || valueAt(row, 0) === undefined) return false;
  let numbers = 0;
  for (let cell = 0; cell < row.count; cell++)
    if (row.kinds[cell] === CELL.number || row.kinds[cell] === CELL.notNumber) numbers += 1;
  return numbers * 2 >= row.count;
}

export const table = defineProfile<TableState>({
  solver: 'table',
  signs: [],
  remarks: [],
  begin: () => ({ candidate: null, columns: [], delimiter: ',', counter: -1, lastTime: null }),
  line(state, text, log, complete) {
    const delimiter = delimiterOf(text);
    // Quotes around a cell hide blanks that part nothing.
    const row = delimiter === ' ' && text.includes('"') ? null : readRow(text, delimiter);
    if (row && isNumbers(row)) {
      const names = state.candidate === null || !complete ? null : namesFor(state.candidate, text, delimiter);
      if (names) takeHeading(state, names, delimiter);
      state.candidate = null;
      const missing = state.columns.length - row.count;
      if (delimiter !== state.delimiter || missing < 0 || missing > (complete ? 0 : 1)) return false;
      takeRow(state, row, text, log);
      return true;
    }
    const names = cellsOf(bare(text), delimiter);
    // A line of units below the names is no heading of its own.
    if (complete && isHeading(names) && !names.every((name) => UNITS.test(name))) state.candidate = text;
    return false;
  },
});

/** Rows that have to follow a heading before a text passes for a table. */
const ROWS_NEEDED = 3;

/** Whether a text is a table from its first line on: comments, a heading, rows. A table within a log is not enough. */
export function isTable(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== '');
  const body = filled.findIndex((line) => !/^\s*(?:[#%]|TITLE|ZONE|\()/.test(line));
  if (body < 0) return false;
  const delimiter = delimiterOf(filled[body] ?? '');
  const headless = isRow(cellsOf(filled[body] ?? '', delimiter));
  const heading = filled[headless ? body - 1 : body];
  const rows = filled.slice(headless ? body : body + 1).filter((line) => !/^\s*(?:ZONE|\()/.test(line));
  if (heading === undefined || rows.length < ROWS_NEEDED) return false;
  const first = rows[0] ?? '';
  const names = namesFor(heading, first, delimiterOf(first));
  if (!names) return false;
  return rows.slice(0, ROWS_NEEDED).every((row) => {
    const cells = cellsOf(row, delimiterOf(row));
    return cells.length === names.length && isRow(cells);
  });
}
