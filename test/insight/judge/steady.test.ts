import 'should';
import type { JudgeOptions } from '../../../src/insight/judge/reading/options';
import { nameTest } from '../../../src/insight/names/name-test';
import { judgeOf, series, type Values } from '../../support/judge/hand-made';
import { seededRandom } from '../../support/seeded-random';

const fields = [series('Ux'), series('Uy'), series('p'), series('k')];

/** The same course for all fields, each with noise of its own in decades. */
function all(noise: number, course: (step: number) => number): (step: number) => Values {
  const random = seededRandom(7);
  return (step) =>
    Object.fromEntries(fields.map(({ name }) => [name, 10 ** (course(step) + noise * (random() - 0.5))]));
}

const stalling = (step: number) => Math.max(-3, -step / 40);

describe('what is judged to make no progress', () => {
  it('is stalled when all residuals stay where they are', () => {
    const log = judgeOf({ series: fields }).steps(600, all(0.1, stalling));
    log.told.length.should.equal(1);
    log.told[0]!.should.match(/^stalled residuals-flat \d+$/);
    // Flat from step 120 on; told within 200 steps of when a person would say so.
    log.verdicts[0]!.step.should.be.within(240, 420);
    log.verdicts[0]!.evidence[0]!.should.match(
      /^The residuals have not fallen for \d+ steps, up to step \d+: Ux near 1e-3, Uy near/,
    );
  });

  it('is oscillating when they swing about one level', () => {
    const swing = (step: number) => stalling(step) + 0.4 * Math.sin(step / 8);
    const log = judgeOf({ series: fields }).steps(600, all(0.05, swing));
    log.told.map((told) => told.split(' ')[0]).should.eql(['oscillating']);
    log.verdicts[0]!.step.should.be.below(420);
  });

  for (const [amplitude, period] of [
    [1, 25],
    [2, 45],
    [0.6, 120],
    [2, 160],
  ] as const) {
    it(`is oscillating when they swing by ${2 * amplitude} decades every ${period} steps`, () => {
      const swing = (step: number) =>
        step < 150 ? -step / 70 : -2.1 - amplitude * (1 - Math.cos(((step - 150) / period) * 2 * Math.PI));
      const log = judgeOf({ series: fields }).steps(1500, all(0.05, swing));
      log.told.map((told) => told.split(' ')[0]).should.eql(['oscillating']);
      // Three swings are what a person wants to see; and no more than 200 steps after that.
      log.verdicts[0]!.step.should.be.below(150 + Math.max(150, 3 * period) + 200);
    });
  }

  it('is oscillating when they alternate or jump about by more than any new start would', () => {
    const random = seededRandom(5);
    for (const course of [
      (step: number) => stalling(step) + (step % 2 === 0 ? 0.9 : -0.9),
      (step: number) => stalling(step) + 3 * (random() - 0.5),
    ]) {
      const log = judgeOf({ series: fields }).steps(700, all(0, course));
      log.told.map((told) => told.split(' ')[0]).should.eql(['oscillating']);
    }
  });

  it('is stalled when they jump between two values from step to step', () => {
    const jump = (step: number) => stalling(step) + (step % 2 === 0 ? 0.1 : -0.1);
    judgeOf({ series: fields })
      .steps(600, all(0, jump))
      .told.map((told) => told.split(' ')[0])
      .should.eql(['stalled']);
  });

  it('is nothing while a jump of all fields, to a new start, lies in what is looked back at', () => {
    const again = (step: number) =>
      step <= 440 ? Math.max(-5, -step / 60) : Math.max(-5, 1 - (step - 440) / 60);
    judgeOf({ series: fields, facts: { solver: 'fluent' } })
      .steps(700, all(0.1, again))
      .told.should.eql([]);
  });

  it('is nothing when most has fallen as deep as anybody asks for, and the rest hangs higher by its scaling', () => {
    const deep = all(0.1, (step) => Math.max(-6, -step / 60));
    judgeOf({ series: fields })
      .steps(1200, (step) => ({ ...deep(step), p: 10 ** Math.max(-3, -step / 60) }))
      .told.should.eql([]);
  });

  it('is stalled for logarithms that have fallen by two decades, wherever those are, and not for five', () => {
    const list = [series('rms[Rho]', 'residual-log10'), series('rms[RhoE]', 'residual-log10')];
    const su2 = { series: list, facts: { solver: 'su2' as const } };
    const by = (decades: number) => (step: number) => {
      const fallen = Math.max(-decades, -step / 60) + 0.02 * Math.sin(step * 7);
      return { 'rms[Rho]': -6 + fallen, 'rms[RhoE]': 3 + fallen };
    };
    judgeOf(su2)
      .steps(700, by(2))
      .told.map((told) => told.split(' ')[0])
      .should.eql(['stalled']);
    judgeOf(su2).steps(1200, by(5.1)).told.should.eql([]);
  });

  it('is nothing when all has fallen so deep that only rounding is left', () => {
    judgeOf({ series: fields })
      .steps(
        1500,
        all(0.2, (step) => Math.max(-10.5, -step / 60)),
      )
      .told.should.eql([]);
  });

  it('is stalled with one field of four that jumps about wildly', () => {
    const calm = all(0.1, stalling);
    const random = seededRandom(3);
    const log = judgeOf({ series: fields }).steps(600, (step) => ({
      ...calm(step),
      k: 10 ** (-5 + 3 * random()),
    }));
    log.told.map((told) => told.split(' ')[0]).should.eql(['stalled']);
  });

  it('is stalled when the turbulence is frozen and the flow hangs', () => {
    const list = [...fields, series('k_sweeps', 'sweeps', 'k')];
    const hanging = all(0.1, () => -0.3);
    const log = judgeOf({ series: list }).steps(400, (step) => ({
      ...hanging(step),
      k: 10 ** -(6 + step / 100),
      k_sweeps: 0,
    }));
    log.told.map((told) => told.split(' ')[0]).should.eql(['stalled']);
  });

  it('is told after the verdict held for the steps that confirm it', () => {
    const early = judgeOf({ series: fields, options: { confirm: 1 } }).steps(600, all(0.1, stalling));
    const late = judgeOf({ series: fields, options: { confirm: 30 } }).steps(600, all(0.1, stalling));
    late.verdicts[0]!.step.should.be.aboveOrEqual(early.verdicts[0]!.step + 29);
  });

  const healthy: Record<string, [number, (step: number) => number, number]> = {
    'a steady fall': [0.1, (step) => -step / 100, 1500],
    'a slow fall that gets there in the end': [0.1, (step) => -4 * (1 - Math.exp(-step / 1500)), 3000],
    'a noisy fall': [0.8, (step) => -step / 250, 1500],
    'a plateau of a hundred steps on the way down': [
      0.1,
      (step) => (step < 200 ? -step / 100 : step < 300 ? -2 : -2 - (step - 300) / 100),
      1200,
    ],
    'a fall in slow wide swings': [0.05, (step) => -0.7 - step / 330 + 0.7 * Math.sin(step / 38), 1500],
    'a switch to a finer scheme on the way down': [
      0.1,
      (step) => (step < 500 ? Math.max(-3.8, -step / 130) : -2.6 - (step - 500) / 200),
      1400,
    ],
    'a source that is switched on': [
      0.1,
      (step) => (step < 300 ? -step / 150 : step < 340 ? -2 + (step - 300) / 30 : -0.7 - (step - 340) / 210),
      1400,
    ],
    'a fall to where the tightest criteria are, and a plateau there': [
      0.2,
      (step) => Math.max(-5, -step / 70),
      1500,
    ],
    'swings where the tightest criteria are': [
      0.1,
      (step) => (step < 350 ? -step / 65 : -5.2 + 0.35 * Math.sin(step / 9)),
      1500,
    ],
    'a rise before the fall': [0.1, (step) => (step < 40 ? step / 40 - 1 : -(step - 40) / 60), 800],
  };
  for (const [what, [noise, course, steps]] of Object.entries(healthy)) {
    it(`is not ${what}`, () => {
      judgeOf({ series: fields }).steps(steps, all(noise, course)).told.should.eql([]);
    });
  }

  it('is not a run of which one field still falls', () => {
    const hanging = all(0.1, stalling);
    judgeOf({ series: fields })
      .steps(800, (step) => ({ ...hanging(step), p: 10 ** (-step / 200) }))
      .told.should.eql([]);
  });

  it('is not a transient run, whose residuals begin anew at each time step', () => {
    judgeOf({ series: fields, facts: { kind: 'transient' } })
      .steps(
        800,
        all(0.1, () => -3),
      )
      .told.should.eql([]);
    const unknown = judgeOf({ series: fields, facts: { kind: null } });
    unknown
      .steps(
        800,
        all(0.1, () => -3),
        (step) => ({ time: step * 0.001 }),
      )
      .told.should.eql([]);
  });

  it('is a transient run when the user says that it is a steady one', () => {
    const steady: Partial<JudgeOptions> = { kind: 'steady' };
    judgeOf({ series: fields, facts: { kind: 'transient' }, options: steady })
      .steps(
        800,
        all(0.1, () => -3),
      )
      .told.map((told) => told.split(' ')[0])
      .should.eql(['stalled']);
  });

  it('is not one in which no field is alive', () => {
    judgeOf({ series: fields })
      .steps(800, () => ({ Ux: 0, Uy: 0, p: 1e-3, k: 1e-3 }))
      .told.should.eql([]);
  });

  it('is judged anew after a restart', () => {
    const log = judgeOf({ series: fields }).steps(400, all(0.1, stalling));
    log.remark('restarted');
    log.steps(
      400,
      all(0.1, () => -1),
    );
    log.told.map((told) => told.split(' ')[0]).should.eql(['stalled', 'stalled']);
  });
});

describe('what is judged to have converged', () => {
  it('is at or below the tolerance with all residuals for ten steps', () => {
    const log = judgeOf({ series: fields, options: { tolerance: 1e-3 } }).steps(
      200,
      all(0, (step) => -step / 20),
    );
    log.told.should.eql(['converged tolerance 69']);
    log.verdicts[0]!.evidence[0]!.should.match(
      /^All 4 residuals have been at or below 0\.001 for 10 steps, up to step 69: Ux /,
    );
    log.finalVerdict.should.equal('converged');
  });

  it('looks only at the fields that the user names', () => {
    const log = judgeOf({ series: fields, options: { tolerance: 1e-3, fields: nameTest('U*')! } });
    log.steps(200, (step) => ({
      Ux: 10 ** (-step / 20),
      Uy: 10 ** (-step / 20),
      p: 1,
      k: 0.5 + 0.001 * step,
    }));
    log.told.should.eql(['converged tolerance 69']);
  });

  it('compares logarithms with a tolerance as a number or as a logarithm', () => {
    for (const tolerance of [1e-8, -8]) {
      judgeOf({
        series: [series('rms[Rho]', 'residual-log10')],
        facts: { solver: 'su2' },
        options: { tolerance },
      })
        .steps(100, (step) => ({ 'rms[Rho]': -step / 10 }))
        .told.should.eql(['converged tolerance 89']);
    }
  });

  for (const [what, values] of Object.entries<(step: number) => Values>({
    'exactly 0': () => ({ Ux: 0, Uy: 0, p: 0, k: 0 }),
    constant: () => ({ Ux: 1e-9, Uy: 1e-9, p: 1e-9, k: 1e-9 }),
  })) {
    it(`is unknown when all residuals are ${what}`, () => {
      const log = judgeOf({ series: fields, options: { tolerance: 1e-3, warmUp: 30 } }).steps(200, values);
      log.told.should.eql([]);
      log.finalVerdict.should.equal('unfinished');
    });
  }

  it('is not a run that touches the tolerance and leaves it', () => {
    judgeOf({ series: fields, options: { tolerance: 1e-3 } })
      .steps(
        200,
        all(0, (step) => (step % 9 === 0 ? -1 : -4 - step / 100)),
      )
      .told.should.eql([]);
  });

  it('is nothing without a tolerance, whatever the residuals', () => {
    judgeOf({ series: fields })
      .steps(
        300,
        all(0, (step) => -step / 10),
      )
      .told.should.eql([]);
  });

  it('is a coefficient that has settled, within so much of its mean', () => {
    const options = { monitor: nameTest('Cd'), monitorTolerance: 0.02, window: 100 };
    const log = judgeOf({ series: [series('Cd', 'monitor'), series('Cl', 'monitor')], options });
    log.steps(800, (step) => ({ Cd: 0.3 + Math.exp(-step / 60) + 0.001 * Math.sin(step / 7), Cl: step }));
    log.told[0]!.should.match(/^converged settled \d+$/);
    log.verdicts[0]!.step.should.be.within(380, 480);
    log.verdicts[0]!.evidence[0]!.should.match(
      /^Over the last 100 steps, up to step \d+, Cd stays within 1\.9\d* % of 0\.30\d* \(limit 2 %\)$/,
    );
  });

  it('is no coefficient that never changed, swings, or has a mean of 0', () => {
    const options = { monitor: nameTest('Cd'), monitorTolerance: 0.02, window: 100 };
    for (const Cd of [
      () => 0.3,
      (step: number) => 0.3 + 0.01 * Math.sin(step),
      (step: number) => 1e-9 * Math.sin(step),
    ]) {
      judgeOf({ series: [series('Cd', 'monitor')], options })
        .steps(800, (step) => ({ Cd: Cd(step) }))
        .told.should.eql([]);
    }
  });
});
