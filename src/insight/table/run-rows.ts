import type { Run, Variable } from '../../api/client/types';
import { isDescriptive, type Row } from './row';

/** What a list of runs does not say itself. */
export interface RunFacts {
  state(run: Run): string;
  /** How the run ended, by what is known of it; null where nothing is. */
  result(runId: string): string | null;
  /** Its web page; null where there is none. */
  link(runId: string): string | null;
}

/**
 * A run, a list of runs or rows of one's own as rows; null when it is none of these. Runs and other rows may be mixed:
 * what has an id and a list of variables is a run.
 */
export function rowsOf(payload: unknown, facts: RunFacts): Row[] | null {
  const items: unknown[] = Array.isArray(payload) ? payload : [payload];
  const rows: Row[] = [];
  for (const item of items) {
    if (!isObject(item)) return null;
    rows.push(isRun(item) ? rowOfRun(item, facts) : { ...item });
  }
  return rows;
}

function rowOfRun(run: Run, facts: RunFacts): Row {
  const row: Row = {
    run: run.id,
    state: facts.state(run),
    result: facts.result(run.id),
    started: run.dateStarted ?? null,
    ended: run.dateCompleted ?? null,
    minutes: minutesBetween(run.dateStarted, run.dateCompleted),
  };
  for (const variable of run.variables) if (isObject(variable)) addCell(row, variable);
  row.link = facts.link(run.id);
  return row;
}

/** A variable that is called like a column that every run has keeps its value under a name of its own. */
function addCell(row: Row, { name, value, displayValue }: Variable): void {
  const column = String(name);
  const cell = typeof value === 'number' && Number.isFinite(value) ? value : shownValue(displayValue);
  row[isDescriptive(column) ? `${column} (variable)` : column] = cell;
}

function shownValue(displayValue: unknown): string | null {
  return typeof displayValue === 'string' && displayValue.trim() !== '' ? displayValue : null;
}

/** To a hundredth; null unless both are known. */
function minutesBetween(started: string | null, ended: string | null): number | null {
  const span = Date.parse(ended ?? '') - Date.parse(started ?? '');
  return Number.isFinite(span) ? Math.round(span / 600) / 100 : null;
}

function isRun(item: Row): item is Row & Run {
  return 'id' in item && Array.isArray(item.variables);
}

function isObject(item: unknown): item is Row {
  return item !== null && typeof item === 'object' && !Array.isArray(item) && !Buffer.isBuffer(item);
}
