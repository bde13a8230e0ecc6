import { paretoFront } from './pareto-front';
import { nameOf, type Numbers, type Row } from './row';

export interface Goal {
  name: string;
  goal: 'min' | 'max';
}

export interface GoalResult {
  /** By the name of the goal: what the best row is called; null where no row has a number for it. */
  best: Record<string, string | number | null>;
  /** What the rows are called that no other row beats in every goal. */
  front: (string | number)[];
  bestRows: ReadonlySet<number>;
  frontRows: ReadonlySet<number>;
}

/** The best row of each goal and the front of all of them. Failed rows take no part; of equals the first is the best. */
export function judgeGoals(rows: readonly Row[], numbersOf: Numbers, goals: readonly Goal[]): GoalResult {
  const costs = goals.map(({ name, goal }) => {
    const numbers = numbersOf(name);
    return goal === 'max' ? numbers.map((number) => -number) : numbers;
  });
  const best: [string, string | number | null][] = [];
  const bestRows = new Set<number>();
  for (const [index, { name }] of goals.entries()) {
    const row = lowest(costs[index]!);
    if (row >= 0) bestRows.add(row);
    best.push([name, row < 0 ? null : nameOf(rows[row]!, row)]);
  }
  const frontRows = goals.length > 0 ? paretoFront(costs) : [];
  return {
    best: Object.fromEntries(best),
    front: frontRows.map((row) => nameOf(rows[row]!, row)),
    bestRows,
    frontRows: new Set(frontRows),
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
