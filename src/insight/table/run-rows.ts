import { isStringObject } from 'node:util/types';
import type { Run, Variable } from '../../api/client/types';
import { forEachRow } from '../pauses/pauses';
import { collectNumberTexts, type NumberTexts } from './number-texts';
import { isDescriptive, type TableRow } from './row';

/** What a list of runs does not say itself. */
interface RunFacts {
  state(run: Pick<Run, 'id' | 'dateStarted' | 'dateCompleted'>): string;
  /** How the run ended, by what is known of it; null where nothing is. */
  result(runId: string): string | null;
  /** Its web page; null where there is none. */
  link(runId: string): string | null;
}

/**
 * A run, a list of runs or rows of one's own as rows; null when nothing of it is one of these. What is none is left out. Runs and other rows may be mixed:
 * what has an id and a list of variables is a run. Rows of one's own are handed on as they are: a copy of 100,000 wide ones
 * takes longer than most that is done with them.
 */
export async function rowsOf(payload: unknown, facts: RunFacts): Promise<TableRow[] | null> {
  const items: unknown[] = Array.isArray(payload) ? payload : [payload];
  const objects = items.filter(isObject);
  if (objects.length === 0 && items.length > 0) return null;
  const rows: TableRow[] = [];
  const texts = collectNumberTexts();
  await forEachRow(objects.length, (index) => {
    const item = objects[index]!;
    rows.push(isRun(item) ? rowOfRun(item, facts, texts) : withColumnsAlone(item));
  });
  texts.apply();
  return rows;
}

function rowOfRun(run: AnyRun, facts: RunFacts, texts: NumberTexts): TableRow {
  const row: TableRow = {
    run: run.id,
    state: facts.state(run),
    result: facts.result(run.id),
    started: run.dateStarted ?? null,
    ended: run.dateCompleted ?? null,
    minutes: minutesBetween(run.dateStarted, run.dateCompleted),
  };
  // Only the places that are taken: of a very long list nearly all may be empty.
  const variables: readonly unknown[] = Object.values(run.variables ?? []);
  for (const variable of variables) if (isObject(variable)) addCell(row, variable, texts);
  row.link = facts.link(run.id);
  return row;
}

/** As it is, save that a column called __proto__, which JSON may bring, gets a name of its own. */
function withColumnsAlone(item: TableRow): TableRow {
  if (!Object.hasOwn(item, '__proto__')) return item;
  const row: TableRow = {};
  for (const [name, cell] of Object.entries(item))
    row[name === '__proto__' ? freeName(item, name) : name] = cell;
  return row;
}

/**
 * A variable that is called like a column that every run has, or like one that came before it, keeps its value under a
 * name of its own.
 */
function addCell(
  row: TableRow,
  { name, value, displayValue }: Partial<Record<keyof Variable, unknown>>,
  texts: NumberTexts,
): void {
  if ((typeof name !== 'string' && typeof name !== 'number') || String(name).trim() === '') return;
  const cell = typeof value === 'number' && Number.isFinite(value) ? value : shownValue(displayValue);
  const column = freeName(row, String(name));
  row[column] = cell;
  texts.note(row, column, cell, value);
}

function freeName(row: TableRow, name: string): string {
  // What is called __proto__ would be no column but the row's prototype.
  const own = isDescriptive(name) || name === '__proto__' ? `${name} (variable)` : name;
  if (!Object.hasOwn(row, own)) return own;
  for (let number = 2; ; number++) {
    if (!Object.hasOwn(row, `${own} (${number})`)) return `${own} (${number})`;
  }
}

function shownValue(displayValue: unknown): string | null {
  return typeof displayValue === 'string' && displayValue.trim() !== '' ? displayValue : null;
}

/** To a hundredth; null unless both are known. */
function minutesBetween(started: string | null, ended: string | null): number | null {
  const span = Date.parse(ended ?? '') - Date.parse(started ?? '');
  return span >= 0 ? Math.round(span / 600) / 100 : null;
}

/** The platform may leave the variables of a run empty. */
type AnyRun = Omit<Run, 'variables'> & { variables: Run['variables'] | null };

function isRun(item: TableRow): item is TableRow & AnyRun {
  return 'id' in item && (Array.isArray(item.variables) || item.variables === null);
}

function isObject(item: unknown): item is TableRow {
  // What is bytes, numbers or a text by its class would have a column for each of its elements.
  return (
    item !== null &&
    typeof item === 'object' &&
    !Array.isArray(item) &&
    !ArrayBuffer.isView(item) &&
    !isStringObject(item)
  );
}
