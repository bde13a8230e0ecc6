import 'should';
import { createLogMonitor } from '../../../src/insight/monitor/log-monitor';
import type { Behaviour } from '../../../src/simulator/logs/convergence';
import { foamLog } from '../../../src/simulator/logs/foam-log';
import type { SolverLog } from '../../../src/simulator/logs/growing-log';
import { solverLogs } from '../../../src/simulator/logs/solver-logs';
import { usualOptions } from '../../support/judge/usual-options';

const STEPS = 600;
/** Steps after which a course shows, and steps that are written of one that ends early. */
const FROM = 150;
const WRITTEN: Partial<Record<Behaviour, number>> = { diverges: 240, crashes: 300 };

/** What is to be told of a course, and the last word on the log. */
const COURSES: Record<Behaviour, { told: string | null; last: string }> = {
  converges: { told: null, last: 'converged' },
  diverges: { told: 'diverging', last: 'crashed' },
  stalls: { told: 'stalled', last: 'stalled' },
  oscillates: { told: 'oscillating', last: 'oscillating' },
  crashes: { told: 'crashed', last: 'crashed' },
};

function judged(log: SolverLog) {
  const steps = Array.from({ length: log.steps }, (_, at) => log.step(at + 1));
  const text = [log.header, ...steps, log.ending].join('');
  const monitor = createLogMonitor({ reader: {}, judge: usualOptions, series: null, keep: 0 });
  const { verdicts } = monitor.read(text, 0);
  const end = monitor.end(0);
  const all = [...verdicts, ...end.verdicts];
  return {
    solver: monitor.standing.solver,
    last: end.finalVerdict,
    all,
    bad: all.filter(({ verdict }) => verdict !== 'converged'),
  };
}

describe('logs of the simulator', () => {
  for (const solver of ['fluent', 'starccm', 'su2'] as const) {
    for (const [course, { told, last }] of Object.entries(COURSES)) {
      it(`of ${solver} whose run ${course} are told as that`, () => {
        const behaviour = course as Behaviour;
        const from = behaviour === 'converges' ? Infinity : FROM;
        const steps = WRITTEN[behaviour] ?? STEPS;
        const key = `judged/${solver}/${course}`;
        const log = judged(solverLogs[solver]({ key, steps, planned: STEPS, behaviour, from }));
        (log.solver ?? 'unknown').should.equal(solver);
        (log.bad[0]?.verdict ?? 'none').should.equal(told ?? 'none');
        if (told === 'diverging') log.bad[0]!.step.should.be.within(FROM + 1, steps);
        if (told === 'stalled' || told === 'oscillating') log.bad[0]!.step.should.be.below(FROM + 150 + 200);
        // STAR-CCM+ only says that it made its steps; what the residuals did is told nobody by its last line.
        log.last.should.equal(solver === 'starccm' && course === 'converges' ? 'completed' : last);
      });
    }
  }

  it('of Abaqus are told as completed, and as diverging once its increments fail again and again', () => {
    const healthy = judged(solverLogs.abaqus({ key: 'a', steps: 0, behaviour: 'converges', from: Infinity }));
    healthy.should.have.properties({ solver: 'abaqus', last: 'completed', all: [] });
    const failing = judged(solverLogs.abaqus({ key: 'b', steps: 0, behaviour: 'diverges', from: 8 }));
    failing.should.have.properties({ solver: 'abaqus', last: 'crashed' });
    failing.all.map(({ verdict }) => verdict).should.eql(['diverging', 'crashed']);
  });

  for (const [course, { told, last }] of Object.entries(COURSES)) {
    it(`of OpenFOAM whose run ${course} are told as that`, () => {
      const behaviour = course as Behaviour;
      const iterations = WRITTEN[behaviour] ?? 900;
      const transient = behaviour === 'diverges';
      const place = { seed: 1, xVelocity: 26, yVelocity: 3, key: `judged/openfoam/${course}` };
      const from = behaviour === 'converges' ? Infinity : FROM;
      const log = judged(foamLog({ ...place, behaviour, from, iterations, transient }));
      (log.solver ?? 'unknown').should.equal('openfoam');
      (log.bad[0]?.verdict ?? 'none').should.equal(told ?? 'none');
      log.last.should.equal(course === 'converges' ? 'completed' : last);
    });
  }
});
