import { yieldWhenDue } from '../pauses/pauses';
import { paretoFront } from './pareto-front';
import { hasFailed, nameOf, type Numbers, type TableRow } from './row';

export interface Goal {
  name: string;
  goal: 'min' | 'max';
}

export interface GoalResult {
  /** By the name of the goal: what the best row is called; null where no row has a number for it. */
  best: Record<string, string | number | null>;
  /** What the rows are called that no other row beats in every goal. */
  front: (string | number)[];
  /** Null where a number is missing without which nobody can tell; a failed row is known to be neither. */
  isBest(row: number): boolean | null;
  isOnFront(row: number): boolean | null;
  /** How many rows have not failed and lack a number of a goal. */
  unranked: number;
}

/** The best row of each goal and the front of all of them. Failed rows take no part; of equals the first is the best. */
export async function judgeGoals(
  rows: readonly TableRow[],
  numbersOf: Numbers,
  goals: readonly Goal[],
): Promise<GoalResult> {
  const costs: Float64Array[] = [];
  for (const { name, goal } of goals) {
    await yieldWhenDue();
    const numbers = numbersOf(name);
    costs.push(goal === 'max' ? numbers.map((number) => -number) : numbers);
  }
  const best: [string, string | number | null][] = [];
  const bestRows = new Set<number>();
  for (const [index, { name }] of goals.entries()) {
    const row = lowest(costs[index]!);
    if (row >= 0) bestRows.add(row);
    best.push([name, row < 0 ? null : nameOf(rows[row]!, row)]);
  }
  const front = goals.length > 0 ? await paretoFront(costs) : [];
  const frontRows = new Set(front);
  const isKnown = (row: number) => hasFailed(rows[row]!) || costs.every((cost) => !Number.isNaN(cost[row]!));
  let unranked = 0;
  for (let row = 0; row < rows.length; row++) if (!isKnown(row)) unranked++;
  return {
    best: Object.fromEntries(best),
    front: front.map((row) => nameOf(rows[row]!, row)),
    isBest: (row) => bestRows.has(row) || (isKnown(row) ? false : null),
    isOnFront: (row) => frontRows.has(row) || (isKnown(row) ? false : null),
    unranked,
  };
}

function lowest(costs: Float64Array): number {
  let found = -1;
  for (let row = 0; row < costs.length; row++) {
    const cost = costs[row]!;
    if (!Number.isNaN(cost) && (found < 0 || cost < costs[found]!)) found = row;
  }
  return found;
}
