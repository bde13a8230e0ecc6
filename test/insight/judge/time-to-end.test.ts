import 'should';
import should from 'should';
import type { LogProgress } from '../../../src/insight/logs/log-step';
import { judgeOf, NOW, series, type HandMade } from '../../support/judge/hand-made';
import { seededRandom } from '../../support/seeded-random';

const list = [series('p'), series('executionTime', 'other'), series('clockTime', 'other')];
const until = (end: number): LogProgress => ({ progress: null, end, stepsLeft: null });

describe('the time to the end', () => {
  const eta = (log: ReturnType<typeof judgeOf>) => log.judge.timeToEnd(log.facts);
  const stamped = (seconds: number) => (step: number) => ({ wall: NOW + step * seconds * 1000 });

  it('is what is left at the pace of the stamps, as a range around it', () => {
    const log = judgeOf({ series: [series('p')], facts: { progress: until(1000) } });
    log.steps(500, () => ({ p: 0.1 }), stamped(2));
    const { low, likely, high } = eta(log)!;
    likely.should.be.approximately(NOW + 1000 * 2000, 1000);
    low.should.be.within(NOW + 500 * 2000, likely);
    high.should.be.within(likely, NOW + 1100 * 2000);
  });

  it('counts the steps that the log says are left', () => {
    const log = judgeOf({
      series: [series('p')],
      facts: { progress: { progress: null, end: null, stepsLeft: 100 } },
    });
    log.steps(100, () => ({ p: 0.1 }), stamped(3));
    eta(log)!.likely.should.be.approximately(NOW + 200 * 3000, 1000);
  });

  it('takes the solver’s own clock where there are no stamps, so that a backlog read at once tells the pace', () => {
    const log = judgeOf({ series: list, facts: { progress: until(1000) } });
    log.steps(500, (step) => ({ p: 0.1, executionTime: step * 1.5, clockTime: Math.floor(step * 3) }));
    eta(log)!.likely.should.be.approximately(NOW + 500 * 3000, 20_000);
  });

  it('follows a run that has become slower', () => {
    const log = judgeOf({ series: [series('p')], facts: { progress: until(1000) } });
    log.steps(
      800,
      () => ({ p: 0.1 }),
      (step) => ({ wall: NOW + 1000 * (step < 400 ? step : 400 + (step - 400) * 2) }),
    );
    eta(log)!.likely.should.be.approximately(NOW + 1000 * (400 + 600 * 2), 5000);
  });

  for (const [what, made] of Object.entries<HandMade>({
    'no end is known': { series: [series('p')] },
    'there is no clock but the pieces’ arrival': { series: [series('p')], facts: { progress: until(1000) } },
  })) {
    it(`is nothing when ${what}`, () => {
      should(eta(judgeOf(made).steps(500, () => ({ p: 0.1 })))).be.null();
    });
  }

  it('is nothing before there are steps enough, and while the pace jumps about', () => {
    const few = judgeOf({ series: [series('p')], facts: { progress: until(1000) } });
    should(eta(few.steps(3, () => ({ p: 0.1 }), stamped(2)))).be.null();
    const jumping = judgeOf({ series: [series('p')], facts: { progress: until(1000) } });
    jumping.steps(
      100,
      () => ({ p: 0.1 }),
      (step) => ({ wall: NOW + (step < 92 ? step * 100 : 9200 + (step - 92) * 60_000) }),
    );
    should(eta(jumping)).be.null();
  });

  it('is when a straight fall meets the tolerance, the band around the truth', () => {
    const random = seededRandom(5);
    const log = judgeOf({ series: [series('p'), series('Ux')], options: { tolerance: 1e-6 } });
    const noisy = (step: number, decade: number) => 10 ** (-step / decade + 0.1 * (random() - 0.5));
    log.steps(450, (step) => ({ p: noisy(step, 100), Ux: noisy(step, 60) }), stamped(1));
    const { low, likely, high } = eta(log)!;
    likely.should.be.approximately(NOW + 600_000, 20_000);
    low.should.be.belowOrEqual(NOW + 600_000);
    high.should.be.aboveOrEqual(NOW + 600_000);
  });

  it('is nothing while the residuals do not fall along a line, or so far away that nobody can know', () => {
    const flat = judgeOf({ series: [series('p')], options: { tolerance: 1e-6 } });
    should(eta(flat.steps(150, (step) => ({ p: 0.1 + 0.01 * Math.sin(step) }), stamped(1)))).be.null();
    const far = judgeOf({ series: [series('p')], options: { tolerance: 1e-6 } });
    should(eta(far.steps(100, (step) => ({ p: 10 ** (-step / 100) }), stamped(1)))).be.null();
  });
});
