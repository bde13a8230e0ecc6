import 'should';
import { addRow, allRows, rowOf, startRows } from '../../../src/insight/monitor/kept-rows';
import { restoreNumbers, storeNumbers } from '../../../src/insight/monitor/stored-rows';
import type { LogStep } from '../../../src/insight/logs/log-step';

const columns = [
  { name: 'Ux', index: 0 },
  { name: 'p', index: 1 },
];
const stepOf = (step: number, values: number[], more: Partial<LogStep> = {}): LogStep => ({
  step,
  time: step / 10,
  wall: null,
  values,
  notNumbers: [],
  solves: null,
  line: step,
  kind: null,
  progress: { progress: null, end: null, stepsLeft: null },
  ...more,
});

describe('rows of a log', () => {
  it('leave out what is missing, and hold null for what is no number', () => {
    const step = stepOf(3, [NaN, NaN], { notNumbers: [1], wall: 1000 });
    rowOf(step, columns).should.eql({ step: 3, time: 0.3, wall: 1000, p: null });
    rowOf(stepOf(4, [0.5]), columns).should.eql({ step: 4, time: 0.4, Ux: 0.5 });
    rowOf(stepOf(5, [0.5, Infinity], { time: null }), columns).should.eql({
      step: 5,
      time: null,
      Ux: 0.5,
      p: null,
    });
  });

  describe('that are kept', () => {
    const keep = 200;
    const steps = 10_000;
    const rows = startRows();
    before(() => {
      for (let step = 1; step <= steps; step += 1) {
        const spike = step === 1234 ? 99 : step === 1235 ? -99 : 0;
        addRow(rows, stepOf(step, [1 / step, Math.sin(step) + spike]), [0, 1], keep);
      }
    });

    it('are so many at most, the last ones whole', () => {
      const all = allRows(rows, columns);
      all.length.should.be.within(keep / 2, keep);
      all
        .slice(-keep / 2)
        .map(({ step }) => step)
        .should.eql(Array.from({ length: keep / 2 }, (_, at) => steps - keep / 2 + 1 + at));
    });

    it('go from the first step to the last, in order', () => {
      const numbers = allRows(rows, columns).map(({ step }) => step!);
      numbers[0]!.should.equal(1);
      numbers.at(-1)!.should.equal(steps);
      numbers.should.eql([...numbers].sort((one, other) => one - other));
    });

    it('still have the lowest and the highest of what was thinned', () => {
      const values = allRows(rows, columns).map(({ p }) => p!);
      Math.max(...values).should.be.above(98);
      Math.min(...values).should.be.below(-98);
    });

    it('still fall where the series fell', () => {
      const values = allRows(rows, columns).map(({ Ux }) => Ux!);
      values.should.eql([...values].sort((one, other) => other - one));
    });

    it('are the same after they were stored as JSON', () => {
      const stored = JSON.parse(JSON.stringify(storeNumbers(rows))) as ReturnType<typeof storeNumbers>;
      allRows(restoreNumbers(stored), columns).should.eql(allRows(rows, columns));
    });
  });

  it('that are kept know a series that comes late, and values that are infinite', () => {
    const rows = startRows();
    addRow(rows, stepOf(1, [0.5]), [0], 100);
    addRow(rows, stepOf(2, [0.4, Infinity]), [0, 1], 100);
    const stored = JSON.parse(JSON.stringify(storeNumbers(rows))) as ReturnType<typeof storeNumbers>;
    allRows(restoreNumbers(stored), columns).should.eql([
      { step: 1, time: 0.1, Ux: 0.5 },
      { step: 2, time: 0.2, Ux: 0.4, p: null },
    ]);
  });
});
