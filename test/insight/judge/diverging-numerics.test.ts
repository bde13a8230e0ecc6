import 'should';
import { judgeOf, series } from '../../support/judge/hand-made';

const residual = series('p');

describe('what the numerics of a log say to diverge', () => {
  describe('the Courant number', () => {
    const courant = [series('courant_max', 'courant-max')];

    it('is told above 1,000 before any warm-up', () => {
      const log = judgeOf({ series: courant, facts: { kind: 'transient' } });
      log.step({ courant_max: 4.3e5 });
      log.told.should.eql(['diverging courant-limit 1']);
      log.verdicts[0]!.evidence.should.eql(['The Courant number reached 4.3e5 at step 1 (limit 1000)']);
      log.verdicts[0]!.values.should.eql({ courant_max: 4.3e5 });
    });

    it('is told when it stays above 20 and ten times what it usually is', () => {
      const log = judgeOf({ series: courant }).steps(40, () => ({ courant_max: 0.9 }));
      log.step({ courant_max: 30 });
      log.told.should.eql([]);
      log.step({ courant_max: 25 });
      log.told.should.eql(['diverging courant-growth 42']);
    });

    it('is told at once when it has grown step for step', () => {
      const log = judgeOf({ series: courant }).steps(40, (step) => ({ courant_max: 0.5 + 0.001 * step }));
      for (const courant_max of [1, 1.6, 2.7, 5, 11, 46]) log.step({ courant_max });
      log.told.should.eql(['diverging courant-growth 46']);
    });

    it('is left alone in a spike of one step', () => {
      judgeOf({ series: courant })
        .steps(40, () => ({ courant_max: 0.9 }))
        .steps(1, () => ({ courant_max: 300 }))
        .steps(40, () => ({ courant_max: 0.9 }))
        .told.should.eql([]);
    });

    it('is told above 100 when it has grown at each of ten steps and the time step has not', () => {
      const list = [...courant, series('deltaT', 'time-step')];
      const log = judgeOf({ series: list }).steps(40, () => ({ courant_max: 0.9, deltaT: 1e-4 }));
      log.steps(60, (step) => ({ courant_max: 0.9 * 1.2 ** (step - 40), deltaT: 1e-4 }));
      log.told.should.eql(['diverging courant-climb 66']);
    });

    it('is left alone while it follows a time step that is let grow', () => {
      const list = [...courant, series('deltaT', 'time-step')];
      judgeOf({ series: list })
        .steps(200, (step) => {
          const growth = Math.min(200, 0.02 * 1.2 ** step);
          return { courant_max: growth, deltaT: 1e-6 * growth };
        })
        .told.should.eql([]);
    });

    it('is left alone in a spike that takes some steps to heal', () => {
      judgeOf({ series: courant })
        .steps(40, () => ({ courant_max: 0.9 }))
        .steps(40, (step) => ({ courant_max: 0.9 + 80 * Math.exp(-(step - 41) / 2.5) }))
        .told.should.eql([]);
    });

    it('is left alone where an implicit solver is run at 200', () => {
      judgeOf({ series: courant })
        .steps(100, (step) => ({ courant_max: Math.min(200, 10 * step) }))
        .told.should.eql([]);
    });
  });

  describe('linear solves', () => {
    const list = [residual, series('p_final', 'final-residual', 'p')];

    it('are told when one ends a thousand times worse than it began, at once', () => {
      const log = judgeOf({ series: list });
      log.step({ p: 0.2, p_final: 400 }, { solves: { worstRatio: 2000, worseWithManySweeps: 1 } });
      log.told.should.eql(['diverging solve-worse 1']);
    });

    it('are told when two get worse with all their sweeps in three steps running', () => {
      const log = judgeOf({ series: list });
      log.steps(
        3,
        () => ({ p: 0.2, p_final: 0.4 }),
        () => ({ solves: { worstRatio: 2, worseWithManySweeps: 2 } }),
      );
      log.told.should.eql(['diverging solves-worse-again 3']);
    });

    it('are left alone when rounding makes nothing out of nothing', () => {
      judgeOf({ series: list })
        .steps(
          50,
          () => ({ p: 1e-15, p_final: 2e-12 }),
          () => ({ solves: { worstRatio: 2000, worseWithManySweeps: 0 } }),
        )
        .told.should.eql([]);
    });

    it('are left alone when one that moves the mesh never gets better', () => {
      judgeOf({ series: list })
        .steps(
          50,
          () => ({ p: 0.2, p_final: 0.3 }),
          () => ({ solves: { worstRatio: 1.5, worseWithManySweeps: 1 } }),
        )
        .told.should.eql([]);
    });

    it('are left alone when a slow one uses all its sweeps and improves', () => {
      judgeOf({ series: list })
        .steps(
          50,
          () => ({ p: 0.2, p_final: 0.1 }),
          () => ({ solves: { worstRatio: 0.5, worseWithManySweeps: 0 } }),
        )
        .told.should.eql([]);
    });
  });

  describe('the time step', () => {
    const list = [series('deltaT', 'time-step')];
    const transient = { series: list, facts: { kind: 'transient' as const } };

    it('is told when it falls to a millionth', () => {
      const log = judgeOf(transient).steps(100, () => ({ deltaT: 1e-3 }));
      for (let deltaT = 5e-4; log.verdicts.length === 0 && deltaT > 1e-12; deltaT /= 2) log.step({ deltaT });
      log.told[0]!.should.match(/^diverging time-step-collapsed/);
      log.verdicts[0]!.values['deltaT']!.should.be.within(4e-10, 1e-9);
    });

    it('is told when the printed time stands still with it', () => {
      const log = judgeOf(transient).steps(100, () => ({ deltaT: 1e-3 }));
      log.steps(
        4,
        () => ({ deltaT: 5e-8 }),
        () => ({ time: 0.1 }),
      );
      log.told.should.eql(['diverging time-stands-still 104']);
    });

    it('is left alone where it was cut by four decades and grows again, while the six printed digits do not move', () => {
      judgeOf(transient)
        .steps(100, () => ({ deltaT: 1e-3 }))
        .steps(
          40,
          (step) => ({ deltaT: 5e-8 * 1.2 ** (step - 100) }),
          () => ({ time: 0.1 }),
        )
        .told.should.eql([]);
    });

    it('is left alone where small steps late in a run repeat the six printed digits', () => {
      judgeOf(transient)
        .steps(100, () => ({ deltaT: 1e-5 }))
        .steps(
          100,
          () => ({ deltaT: 1e-5 }),
          () => ({ time: 123.456 }),
        )
        .told.should.eql([]);
    });

    it('is left alone where an adjustable step grows over decades and shrinks over three', () => {
      judgeOf(transient)
        .steps(100, (step) => ({ deltaT: Math.min(1e-3, 1e-9 * 1.5 ** step) }))
        .steps(100, () => ({ deltaT: 1e-6 }))
        .told.should.eql([]);
    });
  });
});
