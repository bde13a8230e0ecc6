import { forEachRow, yieldWhenDue } from '../pauses/pauses';
import { sortInTurns } from '../pauses/sort';

/**
 * The rows that no other row beats: none is at least as good in every cost and better in one. Rows without a number
 * in one of the costs take no part; equal rows are on the front together. Rows come back in their order.
 *
 * Divide and conquer after Kung, Luccio and Preparata (Journal of the ACM 22, 1975), about n log(n)^(costs - 2), because
 * with three and more goals thousands of rows may all lie on the front, where comparing each with each takes seconds.
 *
 * @param costs one array for each goal, all of the same length; less is better
 */
export async function paretoFront(costs: readonly Float64Array[]): Promise<number[]> {
  const whole: number[] = [];
  for (let row = 0; row < (costs[0]?.length ?? 0); row++) {
    if (!costs.some((cost) => Number.isNaN(cost[row]!))) whole.push(row);
  }
  const ranks: Int32Array[] = [];
  for (const cost of costs) ranks.push(await ranksOf(Float64Array.from(whole, (row) => cost[row]!)));
  // Lexicographic order: a row can only be beaten by one before it.
  const places = whole.map((_, place) => place);
  const order = await sortInTurns(places, (one, other) => compare(ranks, one, other));
  // Rows with the same numbers share their fate.
  const firsts: number[] = [];
  const firstOf = new Int32Array(whole.length);
  await forEachRow(order.length, (index) => {
    const place = order[index]!;
    const last = firsts.at(-1);
    if (last === undefined || compare(ranks, last, place) !== 0) firsts.push(place);
    firstOf[place] = firsts.at(-1)!;
  });
  const isUnbeaten = new Uint8Array(whole.length);
  for (const place of await unbeaten(firsts, ranks)) isUnbeaten[place] = 1;
  return whole.filter((_, place) => isUnbeaten[firstOf[place]!] === 1);
}

/** Whole numbers in the same order as the values, equal for equal ones. */
async function ranksOf(values: Float64Array): Promise<Int32Array> {
  await yieldWhenDue();
  const inOrder = values.slice().sort();
  const ranks = new Map<number, number>();
  await forEachRow(inOrder.length, (place) => {
    // A negative zero is a zero, for a map as well.
    if (!ranks.has(inOrder[place]!)) ranks.set(inOrder[place]!, ranks.size);
  });
  const found = new Int32Array(values.length);
  await forEachRow(values.length, (row) => (found[row] = ranks.get(values[row]!)!));
  return found;
}

type Ranks = readonly Int32Array[];

function compare(ranks: Ranks, one: number, other: number): number {
  for (const rank of ranks) {
    const difference = rank[one]! - rank[other]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** With more rows than this others have their turn in between. */
const MANY = 4096;

/** Of rows in lexicographic order, all different. */
async function unbeaten(rows: readonly number[], ranks: Ranks): Promise<number[]> {
  if (rows.length <= MANY) return unbeatenOfFew(rows, ranks);
  const half = rows.length >> 1;
  const first = await unbeaten(rows.slice(0, half), ranks);
  const second = await unbeaten(rows.slice(half), ranks);
  return [...first, ...(await notBeatenByMany(first, second, ranks, ranks.length - 1))];
}

function unbeatenOfFew(rows: readonly number[], ranks: Ranks): number[] {
  if (rows.length <= 1) return [...rows];
  const half = rows.length >> 1;
  const first = unbeatenOfFew(rows.slice(0, half), ranks);
  const second = unbeatenOfFew(rows.slice(half), ranks);
  return [...first, ...notBeatenBy(first, second, ranks, ranks.length - 1)];
}

/** Below so many comparisons, comparing each with each is the fastest. */
const FEW = 256;

/**
 * Those of `rows` that none of `better` equals or beats in all costs from the second to the `last`; in those before and
 * after it each of `better` is known to be at least as good as each of `rows`. Keeps the order of `rows`.
 */
function notBeatenBy(better: number[], rows: number[], ranks: Ranks, last: number): number[] {
  if (better.length === 0 || rows.length === 0) return rows;
  if (last < 1) return [];
  if (last === 1) {
    const rank = ranks[1]!;
    let least = Infinity;
    for (const row of better) least = Math.min(least, rank[row]!);
    return rows.filter((row) => rank[row]! < least);
  }
  if (better.length * rows.length <= FEW) {
    return rows.filter((row) => !better.some((other) => isAtLeastAsGood(other, row, ranks, last)));
  }
  if (last === 2) return notBeatenInTwo(better, rows, ranks[1]!, ranks[2]!);

  const parts = partsOf(better, rows, ranks[last]!);
  const lowKept = parts.isSplit
    ? notBeatenBy(parts.low, parts.lowRows, ranks, last)
    : [...parts.below, ...notBeatenBy(parts.low, parts.atMiddle, ranks, last - 1)];
  const highKept = notBeatenBy(
    parts.high,
    notBeatenBy(parts.low, parts.highRows, ranks, last - 1),
    ranks,
    last,
  );
  return inOrderOf(rows, lowKept, highKept);
}

/** The same with pauses, for many rows. */
async function notBeatenByMany(
  better: number[],
  rows: number[],
  ranks: Ranks,
  last: number,
): Promise<number[]> {
  await yieldWhenDue();
  if (last < 2 || better.length + rows.length <= MANY) return notBeatenBy(better, rows, ranks, last);
  if (last === 2) {
    const along = (one: number, other: number) => ranks[1]![one]! - ranks[1]![other]!;
    return sweptInTwo(
      await sortInTurns(better, along),
      await sortInTurns(rows, along),
      rows,
      ranks[1]!,
      ranks[2]!,
    );
  }
  const parts = partsOf(better, rows, ranks[last]!);
  const lowKept = parts.isSplit
    ? await notBeatenByMany(parts.low, parts.lowRows, ranks, last)
    : [...parts.below, ...(await notBeatenByMany(parts.low, parts.atMiddle, ranks, last - 1))];
  const undecided = await notBeatenByMany(parts.low, parts.highRows, ranks, last - 1);
  return inOrderOf(rows, lowKept, await notBeatenByMany(parts.high, undecided, ranks, last));
}

interface Parts {
  low: number[];
  high: number[];
  lowRows: number[];
  highRows: number[];
  /** False where all of `better` stand at the middle: they are as good in this cost as every row at it. */
  isSplit: boolean;
  /** Of `lowRows`, those below the middle and those at it. */
  below: number[];
  atMiddle: number[];
}

/** Both lists cut at a middle of one cost. */
function partsOf(better: readonly number[], rows: readonly number[], rank: Int32Array): Parts {
  const middle = middleOf(better, rank);
  const lowRows = rows.filter((row) => rank[row]! <= middle);
  const high = better.filter((row) => rank[row]! > middle);
  return {
    low: better.filter((row) => rank[row]! <= middle),
    high,
    lowRows,
    highRows: rows.filter((row) => rank[row]! > middle),
    isSplit: high.length > 0,
    below: high.length > 0 ? [] : lowRows.filter((row) => rank[row]! < middle),
    atMiddle: high.length > 0 ? [] : lowRows.filter((row) => rank[row] === middle),
  };
}

function inOrderOf(rows: readonly number[], one: readonly number[], other: readonly number[]): number[] {
  const kept = new Set([...one, ...other]);
  return rows.filter((row) => kept.has(row));
}

/** A rank at or below which lies at least one of the rows and, unless all have the same, not all of them. */
function middleOf(rows: readonly number[], rank: Int32Array): number {
  const sorted = Int32Array.from(rows, (row) => rank[row]!).sort();
  const median = sorted[(sorted.length - 1) >> 1]!;
  if (median < sorted[sorted.length - 1]! || sorted[0] === median) return median;
  return sorted[sorted.findIndex((one) => one === median) - 1]!;
}

function isAtLeastAsGood(one: number, other: number, ranks: Ranks, last: number): boolean {
  for (let cost = 1; cost <= last; cost++) {
    if (ranks[cost]![one]! > ranks[cost]![other]!) return false;
  }
  return true;
}

/** A sweep along one cost that remembers the least of the other. */
function notBeatenInTwo(better: number[], rows: number[], along: Int32Array, other: Int32Array): number[] {
  const inOrder = (list: readonly number[]) => [...list].sort((one, two) => along[one]! - along[two]!);
  return sweptInTwo(inOrder(better), inOrder(rows), rows, along, other);
}

function sweptInTwo(
  better: readonly number[],
  sweep: readonly number[],
  rows: readonly number[],
  along: Int32Array,
  other: Int32Array,
): number[] {
  const kept = new Set<number>();
  let next = 0;
  let least = Infinity;
  for (const row of sweep) {
    for (; next < better.length && along[better[next]!]! <= along[row]!; next++) {
      least = Math.min(least, other[better[next]!]!);
    }
    if (other[row]! < least) kept.add(row);
  }
  return rows.filter((row) => kept.has(row));
}
