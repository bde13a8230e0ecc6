import fc from 'fast-check';
import should from 'should';
import { foamHeading, foamLog, foamSolve } from '../../support/logs/foam-log';
import { cut, readPieces, readText, readWithRestarts } from '../../support/logs/read-log';

describe('OpenFOAM logs', () => {
  it('gives the first initial residual of each field in a step, and the last, final and sweeps beside it', () => {
    const log = readText(
      foamLog({ steps: 2, solves: { p: 3 }, residual: (_, step, solve) => (step * 10 + solve) / 1000 }),
    );
    should(log.reader.solver).equal('openfoam');
    should(log.steps.map(({ step, time }) => [step, time])).eql([
      [1, 1],
      [2, 2],
    ]);
    should(log.value(0, 'p')).equal(0.01);
    should(log.value(0, 'p_last')).equal(0.012);
    should(log.value(0, 'p_final')).be.approximately(0.0012, 1e-12);
    should(log.value(0, 'p_sweeps')).equal(9);
    should(log.value(1, 'Ux')).equal(0.02);
    should(log.value(1, 'continuity_local')).equal(5e-6);
    should(log.value(1, 'executionTime')).equal(1);
    should(log.value(1, 'clockTime')).equal(2);
    should(log.reader.series.filter(({ usual }) => usual).map(({ name }) => name)).eql(['Ux', 'Uy', 'p']);
  });

  it('gives the Courant number and deltaT that stand before a Time line to the step that follows', () => {
    const log = readText(foamLog({ steps: 3, application: 'pimpleFoam', transient: true }));
    should([0, 1, 2].map((index) => log.value(index, 'courant_max'))).eql([0.501, 0.502, 0.503]);
    should(log.value(0, 'deltaT')).equal(0.001);
    should(log.reader.kind).equal('transient');
  });

  it('gives the Courant number printed after a Time line to that step', () => {
    const log = readText(foamLog({ steps: 3, application: 'icoFoam', courantInside: true }));
    should([0, 1, 2].map((index) => log.value(index, 'courant_max'))).eql([0.501, 0.502, 0.503]);
  });

  it('does not take the mesh motion’s Courant number for the flow’s', () => {
    const log = readText(
      `Courant Number mean: 0.1 max: 0.7\nTime = 1\n\nMesh Courant Number mean: 3 max: 9\n${foamSolve('p', 0.1)}\n`,
    );
    should(log.value(0, 'courant_max')).equal(0.7);
  });

  it('hears no crash in the heading that says that floating point exceptions are trapped', () => {
    const log = readText(foamLog({ steps: 30 }));
    should(log.remarks.map(({ kind }) => kind)).eql(['completed']);
    should(log.reader.kind).equal('steady');
  });

  it('tells a fatal error with the sentence in the next line', () => {
    const log = readText(
      `${foamHeading('interFoam')}\n--> FOAM FATAL ERROR: (openfoam-2312)\nKeyword div undefined\n\nFOAM exiting\n`,
    );
    should(log.remarks.map(({ kind, step }) => [kind, step])).eql([
      ['crashed', 0],
      ['crashed', 0],
    ]);
    should(log.remarks[0]?.text).match(/Keyword div undefined/);
  });

  it('shows what was solved in a text without a Time line as step 0', () => {
    const log = readText(`${foamSolve('Ux', 0.9, 789, 1000)}\n${foamSolve('Uy', 0.7, 2151, 1000)}\n`);
    should(log.steps).have.length(1);
    should(log.steps[0]?.step).equal(0);
    should(log.steps[0]?.time).equal(null);
    should(log.steps[0]?.solves?.worseWithManySweeps).equal(2);
    should(log.steps[0]?.solves?.worstRatio).be.approximately(2151 / 0.7, 1e-6);
  });

  it('takes what is solved before the first step of a run that it saw begin for no step', () => {
    const log = readText(foamLog({ steps: 2 }).replace('Starting time loop', foamSolve('pcorr', 1)));
    should(log.steps.map(({ step }) => step)).eql([1, 2]);
    const late = readText(`${foamSolve('p', 0.5)}\n${foamLog({ steps: 2, heading: false })}`);
    should(late.steps.map(({ step }) => step)).eql([0, 1, 2]);
  });

  it('hears the last word of a text without an end of line', () => {
    should(readText(foamLog({ steps: 2, end: 'End' })).remarks.map(({ kind }) => kind)).eql(['completed']);
  });

  it('marks what is not a number, and keeps what is infinite', () => {
    const log = readText(`Time = 1\n${foamSolve('p', 'nan')}\n${foamSolve('k', 'inf', 'inf')}\n`);
    const p = log.reader.series.findIndex(({ name }) => name === 'p');
    should(log.steps[0]?.notNumbers).containEql(p);
    should(log.value(0, 'k')).equal(Infinity);
  });

  it('takes no half number at the end of a text', () => {
    const log = readText(
      `Time = 1\n${foamSolve('Ux', 0.5)}\nsmoothSolver:  Solving for Uy, Initial residual = 0.02`,
    );
    should(log.value(0, 'Ux')).equal(0.5);
    should(log.value(0, 'Uy')).equal(undefined);
    const later = readText(`Time = 1\n${foamSolve('Ux', 0.5)}\nTime = 12`);
    should(later.steps).have.length(1);
  });

  it('names the series of a second region after it', () => {
    const region = (name: string, field: string, value: number): string =>
      `Solving for fluid region ${name}\n${foamSolve(field, value)}`;
    const log = readText(
      `Time = 1\n\n${region('air', 'h', 0.1)}\n${region('wall', 'h', 0.2)}\nTime = 2\n${region('air', 'h', 0.3)}\n`,
    );
    should(log.value(0, 'h')).equal(0.1);
    should(log.value(0, 'wall_h')).equal(0.2);
    should(log.value(1, 'h')).equal(0.3);
  });

  it('reads the region in front of the line', () => {
    const log = readText(`Time = 1s\nfluid  ${foamSolve('e', 0.1)}\nsolid  ${foamSolve('e', 0.2)}\n`);
    should(log.value(0, 'e')).equal(0.1);
    should(log.value(0, 'solid_e')).equal(0.2);
  });

  it('says when the time goes back, and reads on', () => {
    const log = readText(foamLog({ steps: 3 }) + foamLog({ steps: 2, heading: false }));
    should(log.steps.map(({ time }) => time)).eql([1, 2, 3, 1, 2]);
    should(log.remarks.filter(({ kind }) => kind === 'restarted')).have.length(1);
  });

  it('reads the same with CRLF, stamps, colours and ranks, and gives the stamps as wall clock', () => {
    const text = foamLog({ steps: 4, transient: true });
    const plain = readText(text);
    const values = (log: typeof plain): unknown => log.steps.map(({ values: of, time }) => [time, of]);
    should(values(readText(text.replaceAll('\n', '\r\n')))).eql(values(plain));
    should(values(readText(text.replace(/^(?=smooth)/gm, '\u001b[0;32m[3] ')))).eql(values(plain));
    const stamped = readText(text.replace(/^/gm, '[2022-10-27T13:18:37Z]: '));
    should(values(stamped)).eql(values(plain));
    should(stamped.steps[0]?.wall).equal(Date.UTC(2022, 9, 27, 13, 18, 37));
    should(plain.steps[0]?.wall).equal(null);
  });

  it('reads the tables of function objects, words among the numbers', () => {
    const log = readText(
      '# Solver information\n# Time        \tU_solver      \tUx_initial    \tUx_final      \tUx_iters      \tU_converged\n' +
        '0.5\tPBiCG\t1.0e+00\t1.5e-02\t1\tfalse\n1\tPBiCG\t5.0e-01\t1.5e-02\t2\tfalse\n',
    );
    should(log.reader.solver).equal('openfoam');
    should(log.value(1, 'Ux_initial')).equal(0.5);
    should(log.value(1, 'Ux_iters')).equal(2);
    should(log.value(1, 'U_solver')).equal(undefined);
  });

  it('reads coefficients of each way to print them, those of a second object by its name', () => {
    const log = readText(
      [
        'Time = 1',
        foamSolve('p', 0.1),
        'ExecutionTime = 1 s  ClockTime = 1 s',
        'forceCoeffs car write:',
        '    Coefficient\tTotal\tPressure\tViscous\tInternal',
        '    Cd:\t0.5\t0.4\t0.1\t0',
        '    Cl(f):\t-0.01\t0\t0\t0',
        '',
        'forceCoeffs wing execute:',
        '    Coefficients',
        '        Cd       : 0.7   (pressure: 0.1 viscous: 0.2)',
        'forceCoeffs car write:',
        '    Cm    = 0.25',
        'Time = 2',
        '',
      ].join('\n'),
    );
    should(['Cd', 'Cl(f)', 'wing_Cd', 'Cm'].map((name) => log.value(0, name))).eql([0.5, -0.01, 0.7, 0.25]);
  });

  it('reads solves that couple the components of a field', () => {
    const log = readText(
      'Time = 1\nsmoothSolver:  Solving for U, Initial residual = (1 0.5 0.25), Final residual = (0.1 0.05 0.025), No Iterations (2 3 4)\n' +
        'BiCGStab:  Solving for Up, Initial residual = (0.1 0.2 0.3 0.4), Final residual = (0.01 0.02 0.03 0.04), No Iterations 5\n',
    );
    should(['Ux', 'Uy', 'Uz', 'Up[0]', 'Up[3]'].map((name) => log.value(0, name))).eql([
      1, 0.5, 0.25, 0.1, 0.4,
    ]);
  });

  it('takes the solve of the rank that came last where two write into one line', () => {
    const log = readText(
      `Time = 1\n[0] smoothSolver:  Solving for Ux, Initial resi[1] ${foamSolve('Uy', 0.5)}\n[2] [3] ${foamSolve('p', 0.1)}\n`,
    );
    should(log.value(0, 'Ux')).equal(undefined);
    should(log.value(0, 'Uy')).equal(0.5);
    should(log.value(0, 'p')).equal(0.1);
  });

  it('takes the worst Courant number of several regions, each time anew', () => {
    const courant = (one: number, other: number): string =>
      `Region: air Courant Number mean: 0.1 max: ${one}\nRegion: water Courant Number mean: 0.2 max: ${other}\ndeltaT = 0.1\n`;
    const log = readText(
      `${courant(9, 9)}${courant(0.5, 0.7)}Time = 0.1\n${foamSolve('p', 0.1)}\n${courant(0.4, 0.3)}Time = 0.2\n`,
    );
    should([0, 1].map((index) => log.value(index, 'courant_max'))).eql([0.7, 0.4]);
  });

  it('ends a step at the heading of another program, whose solves before its first step count nowhere', () => {
    const log = readText(
      `${foamLog({ steps: 2 })}${foamHeading('simpleFoam')}\n${foamSolve('p', 0.9)}\n${foamLog({ steps: 1, heading: false })}`,
    );
    should(log.steps.map(({ time }) => time)).eql([1, 2, 1]);
    should(log.value(1, 'p_sweeps')).equal(3);
    should(log.remarks.map(({ kind }) => kind)).eql(['completed', 'restarted', 'completed']);
  });

  it('reads probes by their numbers', () => {
    const log = readText(
      '# Probe 0 (0 0 0)\n# Probe 1 (1 0 0)\n#       Probe             0             1\n#        Time\n            0.1             5.5            6.5\n',
    );
    should(log.reader.solver).equal('openfoam');
    should(log.value(0, 'probe1')).equal(6.5);
  });

  it('reads the same for any cutting, with and without a restart at each cut', () => {
    const text = foamLog({ steps: 6, transient: true, solves: { p: 2 }, end: 'End' }).replace(
      /\n(?=Time)/g,
      '\r\n',
    );
    const whole = readText(text).items;
    should(readPieces([...text]).items).eql(whole);
    should(readWithRestarts(text.split(/(?<=\n)/)).items).eql(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (places) => {
        const pieces = cut(text, places);
        should(readPieces(pieces).items).eql(whole);
        should(readWithRestarts(pieces).items).eql(whole);
      }),
      { numRuns: 40 },
    );
  });
});
