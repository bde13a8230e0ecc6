import 'should';
import { judgeOf, series } from '../../support/judge/hand-made';

const residual = series('p');
const falling = (step: number) => 10 ** (-step / 100);

describe('what is judged to diverge', () => {
  describe('a residual that OpenFOAM divides by what it is made of', () => {
    const openfoam = { series: [series('e.gas')], facts: { solver: 'openfoam' as const } };

    it('is told when it is far above 1, two steps running', () => {
      judgeOf(openfoam)
        .steps(60, (step) => ({ 'e.gas': step < 40 ? 1e-5 : 10 ** (step - 44) }))
        .told.should.eql(['diverging normalised-residual 49']);
    });

    it('is left alone where it begins above 1, or spikes once', () => {
      judgeOf(openfoam)
        .steps(60, (step) => ({ 'e.gas': step === 30 ? 5e3 : 4 * falling(step) }))
        .told.should.eql([]);
    });
  });

  describe('a value that is no number', () => {
    it('is told in the very first step', () => {
      const log = judgeOf({ series: [residual] });
      log.step({ p: NaN });
      log.told.should.eql(['diverging not-a-number 1']);
      log.verdicts[0]!.evidence.should.eql(['The value of p is not a number at step 1']);
      log.verdicts[0]!.values.should.eql({ p: null });
    });

    it('is told when it is infinite', () => {
      const log = judgeOf({ series: [series('sum', 'continuity')] });
      log.step({ sum: Infinity });
      log.told.should.eql(['diverging not-a-number 1']);
    });

    it('is none where a step has no value at all', () => {
      judgeOf({ series: [residual, series('k')] })
        .steps(50, (step) => ({ p: falling(step) }))
        .told.should.eql([]);
    });

    it('is none where the logarithm of an exact 0 is printed', () => {
      judgeOf({ series: [series('rms[W]', 'residual-log10')], facts: { solver: 'su2' } })
        .steps(50, () => ({ 'rms[W]': -Infinity }))
        .told.should.eql([]);
    });

    it('is none in a column of a table that never held a number', () => {
      judgeOf({ series: [residual, series('dead')], facts: { solver: 'table' } })
        .steps(50, (step) => ({ p: falling(step), dead: NaN }))
        .told.should.eql([]);
    });

    it('is forgiven to a coefficient for two steps, and told in the third', () => {
      const log = judgeOf({ series: [series('Cd', 'monitor')] }).steps(30, () => ({ Cd: 0.3 }));
      log.steps(2, () => ({ Cd: NaN })).steps(5, () => ({ Cd: 0.3 }));
      log.told.should.eql([]);
      log.steps(3, () => ({ Cd: NaN }));
      log.told.should.eql(['diverging not-a-number 40']);
    });
  });

  describe('the continuity error', () => {
    const continuity = [series('continuity_local', 'continuity')];

    it('is told above a million', () => {
      // With a pause at each fourth step, so that it is no climb.
      const log = judgeOf({ series: continuity }).steps(30, (step) => ({
        continuity_local: 10 ** ((step - (step % 4 === 0 ? 2 : 0)) / 4.9),
      }));
      log.told.should.eql(['diverging continuity-limit 30']);
      log.verdicts[0]!.evidence[0]!.should.match(
        /^The continuity error continuity_local reached 1\.3e6 at step 30 \(limit 1e6\)$/,
      );
    });

    it('is told above 1 when it is a thousand times all of the last 20 steps', () => {
      const log = judgeOf({ series: continuity }).steps(40, () => ({ continuity_local: 2e-3 }));
      log.step({ continuity_local: 2.5 });
      log.told.should.eql(['diverging continuity-growth 41']);
    });

    it('is told above ten when it has grown at each of ten steps', () => {
      const log = judgeOf({ series: continuity }).steps(40, () => ({ continuity_local: 2e-3 }));
      log.steps(60, (step) => ({ continuity_local: 2e-3 * 1.3 ** (step - 40) }));
      log.told.should.eql(['diverging continuity-climb 73']);
      log.verdicts[0]!.evidence[0]!.should.match(
        /^The continuity error continuity_local has grown at each of 10 steps, to 11\.\d+ at step 73 from /,
      );
    });

    it('is left alone when it climbs to a tenth of the flow, however long', () => {
      judgeOf({ series: continuity })
        .steps(400, (step) => ({ continuity_local: 0.1 * (1 - Math.exp(-step / 100)) }))
        .told.should.eql([]);
    });

    it('is left alone at the start of a compressible run, which heals', () => {
      judgeOf({ series: continuity })
        .steps(60, (step) => ({ continuity_local: 5 * 0.8 ** step }))
        .told.should.eql([]);
    });

    it('is left alone when it grows a thousandfold and is still small', () => {
      judgeOf({ series: continuity })
        .steps(40, () => ({ continuity_local: 1e-9 }))
        .steps(20, () => ({ continuity_local: 1e-3 }))
        .told.should.eql([]);
    });
  });

  describe('residuals that are not divided', () => {
    const rho = [series('rms[Rho]', 'residual-log10')];
    const su2 = { series: rho, facts: { solver: 'su2' as const } };

    it('are told three decades above their lowest and above their first, rising', () => {
      const log = judgeOf(su2).steps(50, (step) => ({ 'rms[Rho]': -2 - step / 100 }));
      log.steps(100, (step) => ({ 'rms[Rho]': -2.5 + (step - 50) / 20 }));
      log.told.should.eql(['diverging residual-rise 110']);
    });

    it('are left alone when they rise less, or fall again', () => {
      judgeOf(su2)
        .steps(50, () => ({ 'rms[Rho]': -2 }))
        .steps(50, (step) => ({ 'rms[Rho]': -2 + Math.min(2.5, (step - 50) / 10) }))
        .steps(100, (step) => ({ 'rms[Rho]': 0.5 - (step - 100) / 40 }))
        .told.should.eql([]);
    });

    it('are left alone after a restart from a converged state', () => {
      judgeOf(su2)
        .steps(1, () => ({ 'rms[Rho]': -9 }))
        .steps(200, (step) => ({ 'rms[Rho]': -3 - step / 200 }))
        .told.should.eql([]);
    });

    const two = { series: [residual, series('w', 'residual')], facts: { solver: 'cfx' as const } };
    const growing = (most: number) => (step: number) => ({
      p: 1e-3 * 10 ** (-step / 100),
      w: Math.min(most, 1e-12 * 10 ** (step / 4)),
    });

    it('are left alone when an equation that began with nothing comes to where the others are', () => {
      judgeOf(two).steps(200, growing(1e-3)).told.should.eql([]);
    });

    it('are told when it goes beyond them', () => {
      judgeOf(two).steps(200, growing(1e9)).told.should.eql(['diverging residual-rise 40']);
    });

    it('are left alone when other boundaries make them jump and rise for some steps more', () => {
      const fluent = { series: [residual], facts: { solver: 'fluent' as const } };
      judgeOf(fluent)
        .steps(300, (step) => ({ p: 10 ** -Math.min(step / 40, 6) }))
        .steps(300, (step) => ({
          p: 30 * Math.min(1, (step - 300) / 12) * 10 ** (-Math.max(0, step - 312) / 50),
        }))
        .told.should.eql([]);
    });

    it('are told when they jump and go on', () => {
      const fluent = { series: [residual], facts: { solver: 'fluent' as const } };
      const log = judgeOf(fluent).steps(100, (step) => ({ p: 10 ** (-step / 40) }));
      log.steps(30, (step) => ({ p: 0.5 * 10 ** ((step - 101) / 4) }));
      log.told.should.eql(['diverging residual-rise 109']);
    });

    it('are another matter in OpenFOAM, whose residuals are divided', () => {
      judgeOf({ series: [residual] })
        .steps(100, (step) => ({ p: 1e-4 * 10 ** (step / 25) }))
        .told.should.eql([]);
    });
  });

  describe('a coefficient', () => {
    const list = [series('Cl', 'monitor')];

    it('is told when it goes beyond all that was', () => {
      const log = judgeOf({ series: list }).steps(60, (step) => ({ Cl: 0.4 + 0.1 * Math.sin(step) }));
      log.steps(5, (step) => ({ Cl: 0.5 * 100 ** (step - 60) }));
      log.told.should.eql(['diverging monitor-blown-up 63']);
    });

    it('is left alone when it begins to swing out of nothing, as behind a cylinder', () => {
      judgeOf({ series: list, facts: { kind: 'transient' } })
        .steps(3000, (step) => ({ Cl: Math.min(1, 1e-9 * 1.01 ** step) * Math.sin(step / 15) }))
        .told.should.eql([]);
    });

    it('is left alone when a front arrives where nothing but noise was', () => {
      judgeOf({ series: list, facts: { kind: 'transient' } })
        .steps(400, (step) => ({
          Cl: step < 200 ? 1e-11 * Math.cos(step) : 0.3 * Math.sin((step - 199) / 20),
        }))
        .told.should.eql([]);
    });

    it('is left alone while it stays within what another one has been', () => {
      judgeOf({ series: [...list, series('force', 'monitor')] })
        .steps(400, (step) => ({ Cl: step < 200 ? 1e-4 : 3 - step / 1000, force: 40 }))
        .told.should.eql([]);
    });

    it('is left alone when a start throws it about', () => {
      judgeOf({ series: list })
        .steps(200, (step) => ({ Cl: 500 * Math.exp(-step / 5) * Math.cos(step) + 0.3 }))
        .told.should.eql([]);
    });
  });

  describe('increments of a structural analysis', () => {
    const list = [series('attempt', 'attempts'), series('timeIncrement', 'increment')];
    const abaqus = { series: list, facts: { solver: 'abaqus' as const } };

    it('are told when four attempts at one have failed', () => {
      const log = judgeOf(abaqus);
      log.step({ attempt: 1, timeIncrement: 0.1 });
      for (const attempt of [1, 2, 3, 4, 5]) log.step({ attempt, timeIncrement: 0.1 / 4 ** attempt });
      log.told.should.eql(['diverging failed-attempts 6']);
    });

    it('are told when three have failed for the second time', () => {
      const log = judgeOf(abaqus);
      for (const attempt of [1, 2, 3, 4, 1, 1, 2, 3, 4]) log.step({ attempt, timeIncrement: 0.05 });
      log.told.should.eql(['diverging failed-attempts 9']);
      log.verdicts[0]!.evidence[0]!.should.equal(
        '3 attempts at one increment have failed at step 9, for the second time in this log',
      );
    });

    it('are told when cuts have brought them below a thousandth', () => {
      const log = judgeOf(abaqus);
      log.step({ attempt: 1, timeIncrement: 0.2 });
      for (const [attempt, timeIncrement] of [
        [2, 0.05],
        [1, 0.0125],
        [2, 0.003],
        [1, 0.0008],
        [2, 0.00015],
      ] as const) {
        log.step({ attempt, timeIncrement });
      }
      log.told.should.eql(['diverging increment-collapsed 6']);
    });

    it('are left alone when what is left of a step is small, although an attempt has failed before', () => {
      const log = judgeOf(abaqus);
      for (const [attempt, timeIncrement] of [
        [1, 0.1],
        [1, 0.1],
        [2, 0.025],
        [1, 0.025],
        [1, 2e-6],
        [1, 0.1],
      ] as const) {
        log.step({ attempt, timeIncrement });
      }
      log.told.should.eql([]);
    });

    it('are left alone when contact costs three attempts once', () => {
      const log = judgeOf(abaqus);
      for (const attempt of [1, 2, 3, 4, 1, 1, 2, 1, 2, 3, 1, 1]) log.step({ attempt, timeIncrement: 0.05 });
      log.told.should.eql([]);
    });

    it('are left alone when a later step of the analysis is meant to have small ones', () => {
      judgeOf(abaqus)
        .steps(10, () => ({ attempt: 1, timeIncrement: 1 }))
        .steps(40, () => ({ attempt: 1, timeIncrement: 1e-4 }))
        .told.should.eql([]);
    });
  });
});
