import { forEachRow, yieldWhenDue } from '../pauses/pauses';
import { correlate, type Correlation, type CorrelationKind } from './correlation';
import { extremesOf, type Extreme } from './extremes';
import { judgeGoals, type Goal, type GoalResult } from './goals';
import {
  cellOf,
  columnNames,
  hasFailed,
  isDescriptive,
  numberOf,
  numbersOf,
  type Numbers,
  type TableRow,
} from './row';
import { sortRows } from './sort-rows';

export interface Column {
  name: string;
  /** The heading; the name where it is blank. */
  title: string;
}

type Include = 'all' | 'succeeded' | 'completed';

export interface TableRequest {
  /** Which columns, in this order; empty = all. */
  columns: readonly Column[];
  goals: readonly Goal[];
  include: Include;
  /** A column; blank = as the rows came. */
  sort: string;
  descending: boolean;
  /** 0 = all. */
  limit: number;
  correlate: 'off' | CorrelationKind;
  /** Which variables are inputs; null = all that are no goals. */
  isInput: ((column: string) => boolean) | null;
}

/** What `msg.rescale.table` says. */
export interface TableFacts {
  columns: string[];
  /** How many rows the table has, and how many of those that came it has not. */
  rows: number;
  leftOut: number;
  best: Record<string, string | number | null>;
  front: (string | number)[];
  correlations: Correlation[];
  extremes: Record<string, Extreme>;
  /** What takes no part in best, front, correlations and extremes. */
  excluded: {
    /** Rows that failed. */
    failed: number;
    /** Rows that have not failed and lack a number of a goal: whether they are best or on the front is not known. */
    unranked: number;
    /** Variables without any number, and those whose number never changes; the latter have extremes. */
    text: string[];
    constant: string[];
  };
  /** Columns that were asked for and that no row has, though all runs are over. */
  missing: string[];
  /**
   * Goals whose column has a value in some row and a number in none, though all runs are over; while others compute, those of which no row
   * has anything though some run is over.
   */
  goalsWithoutNumbers: string[];
}

export interface Table {
  columns: Column[];
  rows: TableRow[];
  facts: TableFacts;
}

/**
 * Makes a table of rows: what is in it, in which order, and what it tells. The rows given are not changed. Others have
 * their turn in between, however many rows there are.
 */
export async function makeTable(given: readonly TableRow[], request: TableRequest): Promise<Table> {
  const kept = await sortRows(given.filter(isIncluded(request.include)), request.sort, request.descending);
  const names = await columnNames(kept);
  const variables = names.filter((name) => !isDescriptive(name));
  const numbers = numbersOf(kept);
  const judged = await judgeGoals(kept, numbers, request.goals);
  const all = await completed(kept, names, request.goals.length > 0 ? judged : null);
  const shown = request.limit > 0 ? all.slice(0, request.limit) : all;

  const columns =
    request.columns.length > 0
      ? request.columns.map(({ name, title }) => ({ name, title: title.trim() === '' ? name : title }))
      : Object.keys(all[0] ?? {}).map((name) => ({ name, title: name }));
  const goalNames = new Set(request.goals.map(({ name }) => name));
  const isInput = request.isInput ?? ((name: string) => !goalNames.has(name));
  const kinds = await kindsOf(numbers, variables);
  const asked = [...columns.map(({ name }) => name), ...goalNames, ...(request.sort ? [request.sort] : [])];
  const known = new Set(all.length > 0 ? Object.keys(all[0]!) : []);
  return {
    columns,
    rows: request.columns.length > 0 ? shown.map((row) => chosen(row, columns)) : shown,
    facts: {
      columns: columns.map(({ name }) => name),
      rows: shown.length,
      leftOut: given.length - shown.length,
      best: judged.best,
      front: judged.front,
      correlations:
        request.correlate === 'off'
          ? []
          : await correlate(
              numbers,
              kinds.varying.filter(isInput),
              kinds.varying.filter((name) => !isInput(name)),
              request.correlate,
            ),
      extremes: await extremesOf(numbers, variables, shown.length),
      excluded: {
        failed: kept.filter(hasFailed).length,
        unranked: judged.unranked,
        text: kinds.text,
        constant: kinds.constant,
      },
      missing: areOver(kept) ? [...new Set(asked)].filter((name) => !known.has(name)) : [],
      goalsWithoutNumbers: [...goalNames].filter((name) => hasNoNumbers(kept, name)),
    },
  };
}

/** Rows that say nothing of how they ended, or how they stand, are somebody's own and are kept. */
function isIncluded(include: Include): (row: TableRow) => boolean {
  if (include === 'succeeded') return (row) => !('result' in row) || row.result === 'succeeded';
  if (include === 'completed') return (row) => !('state' in row) || row.state === 'completed';
  return () => true;
}

/** Each row with all columns, and with its place among the goals. */
async function completed(
  rows: readonly TableRow[],
  names: readonly string[],
  judged: GoalResult | null,
): Promise<TableRow[]> {
  const before = names.filter((name) => name !== 'link' && (judged === null || !isGoalColumn(name)));
  const link = names.includes('link');
  const all: TableRow[] = [];
  await forEachRow(rows.length, (index) => {
    const row = rows[index]!;
    const whole: TableRow = {};
    for (const name of before) whole[name] = cellOf(row, name) ?? null;
    if (judged) {
      whole.best = judged.isBest(index);
      whole.front = judged.isOnFront(index);
    }
    if (link) whole.link = row.link ?? null;
    all.push(whole);
  });
  return all;
}

/** While runs still compute, what they will give is not missing yet. */
const areOver = (rows: readonly TableRow[]): boolean =>
  rows.length > 0 && rows.every(({ state }) => state !== 'pending' && state !== 'running');

/** Runs that failed have no numbers of their own fault, and what comes with the end of a run is not to be had before one has ended. */
function hasNoNumbers(rows: readonly TableRow[], goal: string): boolean {
  const sound = rows.filter((row) => !hasFailed(row));
  const values = sound.map((row) => cellOf(row, goal));
  const hasAny = values.some((value) => value !== null && value !== undefined);
  if (areOver(rows)) return hasAny && values.every((value) => Number.isNaN(numberOf(value)));
  return !hasAny && sound.some((row) => 'state' in row && areOver([row]));
}

const isGoalColumn = (name: string): boolean => name === 'best' || name === 'front';

function chosen(row: TableRow, columns: readonly Column[]): TableRow {
  return Object.fromEntries(columns.map(({ name }) => [name, cellOf(row, name) ?? null]));
}

async function kindsOf(numbers: Numbers, variables: readonly string[]) {
  const kinds = { text: [] as string[], constant: [] as string[], varying: [] as string[] };
  for (const name of variables) {
    await yieldWhenDue();
    let first = NaN;
    let varies = false;
    for (const number of numbers(name)) {
      if (Number.isNaN(number)) continue;
      if (Number.isNaN(first)) first = number;
      else if (number !== first) varies = true;
    }
    if (Number.isNaN(first)) kinds.text.push(name);
    else if (varies) kinds.varying.push(name);
    else kinds.constant.push(name);
  }
  return kinds;
}
