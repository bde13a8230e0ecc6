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
  it('is what the definition says, for one to five costs with equal and missing numbers', async () => {
    const cost = fc.oneof({ weight: 12, arbitrary: fc.integer({ min: -3, max: 3 }) }, fc.constant(NaN));
    const table = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 60 }))
      .chain(([goals, rows]) =>
        fc.array(fc.array(cost, { minLength: rows, maxLength: rows }), {
          minLength: goals,
          maxLength: goals,
        }),
      );
    await fc.assert(
      fc.asyncProperty(table, async (costs) => {
        should(await paretoFront(arrays(costs))).eql(byDefinition(costs));
      }),
      { numRuns: 400 },
    );
  });

  it('is what the definition says where many rows meet many', async () => {
    let state = 7;
    const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
    for (const goals of [2, 3, 4, 5]) {
      const costs = Array.from({ length: goals }, () =>
        Array.from({ length: 700 }, () => Math.floor(random() * 50)),
      );
      should(await paretoFront(arrays(costs))).eql(byDefinition(costs));
    }
  });

  it('is what the definition says of so many rows that others have their turn in between', async () => {
    const size = 9000;
    let state = 3;
    const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
    // All beaten by the first three hundred.
    const costs = Array.from({ length: 4 }, () =>
      Array.from({ length: size }, (_, row) => Math.floor(random() * 40) + (row < 300 ? 0 : 40)),
    );
    const few = costs.map((cost) => cost.slice(0, 300));
    should(await paretoFront(arrays(costs))).eql(byDefinition(few));
  });

  it('is empty without rows', async () => {
    should(await paretoFront([])).eql([]);
    should(await paretoFront(arrays([[], []]))).eql([]);
  });
});
