import type * as statistics from 'simple-statistics' with { 'resolution-mode': 'import' };
import { forEachRow, yieldWhenDue } from '../pauses/pauses';
import type { Numbers } from './row';

/** Its types say it is an ES module, its exports have a CommonJS one for `require`. Loaded on first use. */
const load = () => module.require('simple-statistics') as typeof statistics;

export type CorrelationKind = 'pearson' | 'spearman';

export interface Correlation {
  input: string;
  output: string;
  coefficient: number;
  /** The rows that have both numbers. */
  n: number;
}

/** With fewer rows a coefficient says nothing. */
const LEAST_ROWS = 8;

/**
 * How each input goes with each output, over the rows that have both numbers and have not failed. Pairs with fewer than
 * eight such rows, and those in which one of the two never changes, have no coefficient and are left out.
 */
export async function correlate(
  numbersOf: Numbers,
  inputs: readonly string[],
  outputs: readonly string[],
  kind: CorrelationKind,
): Promise<Correlation[]> {
  const { sampleCorrelation } = load();
  const sampleOf = kind === 'pearson' ? (numbers: number[]) => Promise.resolve(numbers) : midranks;
  const columns = new Map<string, Column>();
  for (const name of outputs.length > 0 ? [...inputs, ...outputs] : []) {
    await yieldWhenDue();
    columns.set(name, await columnOf(numbersOf(name), sampleOf));
  }
  const found: Correlation[] = [];
  for (const output of outputs) {
    for (const input of inputs) {
      await yieldWhenDue();
      const [x, y] = await samplesOf(columns.get(input)!, columns.get(output)!, sampleOf);
      if (x.length < LEAST_ROWS || !varies(x) || !varies(y)) continue;
      const coefficient = sampleCorrelation(x, y);
      // Rounding may lead a hair beyond.
      if (Number.isFinite(coefficient)) {
        found.push({ input, output, coefficient: Math.min(1, Math.max(-1, coefficient)), n: x.length });
      }
    }
  }
  return found;
}

interface Column {
  numbers: Float64Array;
  /** What a coefficient is computed of when no row that this column has is missing in the other one. */
  sample: number[];
}

type SampleOf = (numbers: number[]) => Promise<number[]>;

async function columnOf(numbers: Float64Array, sampleOf: SampleOf): Promise<Column> {
  const there: number[] = [];
  for (const number of numbers) if (!Number.isNaN(number)) there.push(number);
  return { numbers, sample: await sampleOf(there) };
}

async function samplesOf(one: Column, other: Column, sampleOf: SampleOf): Promise<[number[], number[]]> {
  let both = 0;
  for (let row = 0; row < one.numbers.length; row++) {
    if (!Number.isNaN(one.numbers[row]!) && !Number.isNaN(other.numbers[row]!)) both++;
  }
  if (both === one.sample.length && both === other.sample.length) return [one.sample, other.sample];
  const x: number[] = [];
  const y: number[] = [];
  for (let row = 0; row < one.numbers.length; row++) {
    if (Number.isNaN(one.numbers[row]!) || Number.isNaN(other.numbers[row]!)) continue;
    x.push(one.numbers[row]!);
    y.push(other.numbers[row]!);
  }
  return [await sampleOf(x), await sampleOf(y)];
}

/** Ranks from 1, equal numbers sharing the middle of theirs. Ranking a column once for all its pairs is what makes it fast. */
async function midranks(numbers: readonly number[]): Promise<number[]> {
  const sorted = Float64Array.from(numbers).sort();
  const middles = new Float64Array(sorted.length);
  for (let first = 0, next = 0; first < sorted.length; first = next) {
    while (next < sorted.length && sorted[next] === sorted[first]) next++;
    middles.fill((first + 1 + next) / 2, first, next);
  }
  const ranks = new Array<number>(numbers.length);
  await forEachRow(numbers.length, (row) => {
    ranks[row] = middles[firstAtLeast(sorted, numbers[row]!)]!;
  });
  return ranks;
}

/** The first place in sorted numbers that is not below this one. */
function firstAtLeast(sorted: Float64Array, number: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

const varies = (numbers: ArrayLike<number>): boolean => {
  for (let index = 1; index < numbers.length; index++) if (numbers[index] !== numbers[0]) return true;
  return false;
};
