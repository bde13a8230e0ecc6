import fc from 'fast-check';
import should from 'should';
import { paretoFront } from '../../../src/insight/table/pareto-front';

/** The definition, row by row. */
function byDefinition(costs: number[][]): number[] {
  const rows = costs[0]!.map((_, row) => costs.map((cost) => cost[row]!));
  const whole = rows.map((row) => row.every((cost) => !Number.isNaN(cost)));
  const beats = (one: number[], other: number[]) =>
    one.every((cost, index) => cost <= other[index]!) && one.some((cost, index) => cost < other[index]!);
  return rows.flatMap((row, index) =>
    whole[index] && !rows.some((other, place) => whole[place] && beats(other, row)) ? [index] : [],
  );
}

const arrays = (costs: number[][]) => costs.map((cost) => Float64Array.from(cost));

describe('the Pareto front', () => {
  it('is what the definition says, for one to five costs with equal and missing numbers', () => {
    const cost = fc.oneof({ weight: 12, arbitrary: fc.integer({ min: -3, max: 3 }) }, fc.constant(NaN));
    const table = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 60 }))
      .chain(([goals, rows]) =>
        fc.array(fc.array(cost, { minLength: rows, maxLength: rows }), {
          minLength: goals,
          maxLength: goals,
        }),
      );
    fc.assert(
      fc.property(table, (costs) => {
        should(paretoFront(arrays(costs))).eql(byDefinition(costs));
      }),
      { numRuns: 400 },
    );
  });

  it('is what the definition says where many rows meet many', () => {
    let state = 7;
    const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
    for (const goals of [2, 3, 4, 5]) {
      const costs = Array.from({ length: goals }, () =>
        Array.from({ length: 700 }, () => Math.floor(random() * 50)),
      );
      should(paretoFront(arrays(costs))).eql(byDefinition(costs));
    }
  });

  it('is empty without rows', () => {
    should(paretoFront([])).eql([]);
    should(paretoFront(arrays([[], []]))).eql([]);
  });
});
