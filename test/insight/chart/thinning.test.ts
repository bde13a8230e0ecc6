import fc from 'fast-check';
import should from 'should';
import { thinned, thinnedPlane } from '../../../src/insight/chart/model/thinning';

const numbers = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -99, max: 99 }) }, fc.constant(NaN)),
  {
    minLength: 1,
    maxLength: 400,
  },
);

describe('thinning a line', () => {
  it('keeps the lowest and the highest number of every span, in their order', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 20 }), (values, bins) => {
        const y = Float64Array.from(values);
        const x = y.map((_, row) => row);
        const points = thinned(x, y, bins);
        should(points.length).be.belowOrEqual(
          Math.max(2 * bins, values.length <= 2 * bins ? values.length : 0),
        );
        should(points.map(([place]) => place)).eql(points.map(([place]) => place).sort((a, b) => a - b));
        for (const [place, value] of points) if (value !== null) should(y[place]).equal(value);
        const finite = values.filter((value) => !Number.isNaN(value));
        const kept = points.flatMap(([, value]) => value ?? []);
        if (finite.length === 0) should(kept).be.empty();
        else {
          should(Math.min(...kept)).equal(Math.min(...finite));
          should(Math.max(...kept)).equal(Math.max(...finite));
        }
      }),
    );
  });

  it('keeps a spike of one row among a hundred thousand, and the gap of a whole span', () => {
    const y = new Float64Array(100_000);
    y[54_321] = 5;
    y.fill(NaN, 20_000, 30_000);
    const points = thinned(
      y.map((_, row) => row),
      y,
      800,
    );
    should(points.some(([place, value]) => place === 54_321 && value === 5)).be.true();
    should(points.some(([place, value]) => place > 20_000 && place < 30_000 && value === null)).be.true();
    should(points.length).be.belowOrEqual(1600);
  });

  it('goes along the rows where x runs back', () => {
    const x = Float64Array.from({ length: 1000 }, (_, row) => row % 500);
    const points = thinned(x, x, 10);
    should(points).have.length(20);
    should(points[10]![0]).be.below(points[9]![0]);
  });
});

describe('thinning points of a plane', () => {
  it('keeps what stands alone', () => {
    const x = Float64Array.from({ length: 20_000 }, (_, row) => (row === 777 ? 90 : row % 10));
    const y = Float64Array.from({ length: 20_000 }, (_, row) => (row === 777 ? -90 : row % 7));
    const rows = [...x.keys()];
    const kept = thinnedPlane(x, y, rows, { width: 800, height: 400 }, 500);
    should(kept).containEql(777);
    should(kept.length).be.belowOrEqual(500);
  });
});
