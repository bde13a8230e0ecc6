import should from 'should';
import {
  cfxLog,
  fluentHeading,
  fluentLog,
  fluentRow,
  starLog,
  su2Log,
  type Su2Form,
} from '../../support/logs/flow-logs';
import { readText } from '../../support/logs/read-log';

const wordsOf = (text: string): string[] => readText(text).remarks.map(({ kind }) => kind);

describe('SU2 logs', () => {
  const forms: [Su2Form, string, string][] = [
    ['csv', 'rms[Rho]', 'CD'],
    ['csv-old', 'Res_Flow[0]', 'CDrag'],
    ['tecplot', 'Res_Flow[0]', 'CDrag'],
    ['bars', 'rms[Rho]', 'CD'],
    ['blanks', 'Res[Rho]', 'CDrag(Total)'],
  ];
  for (const [form, residual, drag] of forms) {
    it(`reads the form ${form}, the iteration as time and residuals as logarithms`, () => {
      const log = readText(su2Log(form, 30));
      should(log.reader.solver).equal('su2');
      should(log.steps).have.length(30);
      should(log.steps[0]?.time).equal(0);
      should(log.steps[29]?.time).equal(29);
      should(log.value(25, residual)).be.approximately(-3, 1e-6);
      should(log.value(25, drag)).be.approximately(0.2 + 1 / 27, 1e-6);
      should(log.reader.series.find(({ name }) => name === residual)?.role).equal('residual-log10');
      should(log.reader.kind).equal('steady');
    });
  }

  it('takes the tables of settings on the screen for no rows', () => {
    const log = readText(su2Log('bars', 3));
    should(log.reader.series.map(({ name }) => name)).eql(['Inner_Iter', 'rms[Rho]', 'rms[RhoU]', 'CD']);
    should(log.remarks.map(({ kind }) => kind)).eql(['converged', 'completed']);
  });

  it('takes the last inner iteration of each time step of a run over time', () => {
    const heading = '"Time_Iter","Outer_Iter","Inner_Iter","rms[Rho]"';
    const rows = ['0,0,4,-3.1', '1,0,0,-2.0', '1,0,4,-3.2', '2,0,4,-3.3'];
    const log = readText(`${[heading, ...rows].join('\n')}\n`);
    should(log.steps.map(({ time }) => time)).eql([0, 1, 2]);
    should([0, 1, 2].map((step) => log.value(step, 'rms[Rho]'))).eql([-3.1, -3.2, -3.3]);
    should(log.reader.kind).equal('transient');
  });

  it('knows a run over time on the screen by its counter of time steps', () => {
    const line = '+------------------------------+';
    const rows = [
      '|  Time_Iter|  Inner_Iter|     rms[Rho]|',
      line,
      '|          0|           0|    -2.5     |',
      '|          0|           9|    -2.6     |',
      '|          1|           0|    -2.1     |',
      '|          1|           9|    -2.7     |',
    ];
    const log = readText(`${line}\n${rows.join('\n')}\n`);
    should(log.steps.map(({ time }) => time)).eql([0, 1]);
    should([0, 1].map((step) => log.value(step, 'rms[Rho]'))).eql([-2.6, -2.7]);
    should(log.remarks).eql([]);
  });

  it('says when a run was started again in the same file', () => {
    const log = readText(su2Log('csv', 5) + su2Log('csv', 5));
    should(log.steps).have.length(10);
    should(log.remarks.map(({ kind }) => kind)).eql([]);
    const appended = readText(su2Log('csv-old', 5) + su2Log('csv-old', 3).split('\n').slice(1).join('\n'));
    should(appended.remarks.map(({ kind }) => kind)).eql(['restarted']);
  });

  it('hears that it diverged, and that it used all its iterations', () => {
    should(
      wordsOf(`${su2Log('bars', 2).split('\n').slice(0, 9).join('\n')}\nSU2 has diverged (NaN detected).\n`),
    ).eql(['diverging']);
    should(
      wordsOf(`${su2Log('csv', 2)}Maximum number of iterations reached (ITER = 100) before convergence.\n`),
    ).eql(['not-converged']);
  });
});

describe('Fluent transcripts', () => {
  it('reads rows below a repeated heading, other text between them, and the iterations left', () => {
    const log = readText(fluentLog({ iterations: 25, left: 100 }));
    should(log.reader.solver).equal('fluent');
    should(log.steps.map(({ time }) => time)).eql(Array.from({ length: 25 }, (_, index) => index + 1));
    should(log.value(24, 'continuity')).be.approximately(10 ** -0.5, 1e-4);
    should(log.reader.progress).eql({ progress: 0.25, end: 100, stepsLeft: 75 });
    should(log.reader.series.every(({ role }) => role === 'residual')).equal(true);
  });

  it('reads two-dimensional runs, which have no z-velocity', () => {
    const log = readText(fluentLog({ iterations: 3, columns: ['continuity', 'x-velocity', 'y-velocity'] }));
    should(log.reader.series.map(({ name }) => name)).eql(['continuity', 'x-velocity', 'y-velocity']);
  });

  it('takes a column that comes later for a report of its own', () => {
    const log = readText(fluentLog({ iterations: 25, reportFrom: 15 }));
    should(log.value(13, 'report-def-0')).equal(undefined);
    should(log.value(14, 'report-def-0')).be.a.Number();
    should(log.reader.series.find(({ name }) => name === 'report-def-0')?.role).equal('monitor');
  });

  it('finds by their place the values of a row in which one is missing', () => {
    const columns = ['continuity', 'cd', 'k'];
    const row = fluentRow(1, ['1.0000e+00', '', '3.0000e-01'], columns, 9);
    const log = readText(`${fluentHeading(columns)}\n${row}\n`);
    should(log.value(0, 'continuity')).equal(1);
    should(log.value(0, 'cd')).equal(undefined);
    should(log.value(0, 'k')).equal(0.3);
  });

  it('takes a row that is printed once more for the same step', () => {
    const text = fluentLog({ iterations: 12 });
    const rows = text.split('\n').filter((line) => /^\s+12 /.test(line));
    const log = readText(`${text}!  12 solution is converged\n${rows[0]}\n`);
    should(log.steps).have.length(12);
    should(log.remarks.map(({ kind }) => kind)).eql(['converged']);
  });

  it('takes "solution is converged" of a time step for no end of the run', () => {
    const step = `${fluentLog({ iterations: 4 })}!   4 solution is converged\n`;
    const log = readText(
      `Updating solution at time level N... done.\n${step}Flow time = 0.01s, time step = 1\n9 more time steps\n`,
    );
    should(log.remarks).eql([]);
    should(log.reader.kind).equal('transient');
  });

  it('hears divergence, also where it shares a line with other words, and the exception after it', () => {
    const heading = fluentHeading(['continuity', 'x-velocity']);
    const log = readText(
      `${heading}\nDivergence detected in AMG solver: k        Stabilizing omega to enhance linear solver robustness.\nError at host: floating point exception\n`,
    );
    should(log.remarks.map(({ kind }) => kind)).containDeep(['diverging', 'crashed']);
  });

  it('hears no divergence where the linear solver is given more sweeps to heal', () => {
    const log = readText(
      `${fluentLog({ iterations: 4 })}# Divergence detected in AMG solver: energy -> Increasing relaxation sweeps!\n`,
    );
    should(log.remarks).eql([]);
  });

  it('joins late: without a heading it is known by its rows, and the values have names from the next heading on', () => {
    const lines = fluentLog({ iterations: 25 }).split('\n');
    const late = lines.slice(lines.findIndex((line) => /^\s+5 /.test(line))).join('\n');
    const log = readText(late);
    should(log.reader.solver).equal('fluent');
    should(log.steps[0]?.time).equal(11);
    should(log.value(0, 'continuity')).be.approximately(10 ** (-11 / 50), 1e-4);
  });

  it('marks values that are not numbers', () => {
    const log = readText(
      fluentLog({ iterations: 2, value: (_, name) => (name === 'k' ? '-nan(ind)' : '1.0000e+00') }),
    );
    should(log.steps[0]?.notNumbers).have.length(1);
  });
});

describe('STAR-CCM+ logs', () => {
  it('cuts right-aligned columns whose names contain blanks', () => {
    const log = readText(starLog({ iterations: 12 }));
    should(log.reader.solver).equal('starccm');
    should(log.reader.series.map(({ name }) => name)).eql([
      'Continuity',
      'X-momentum',
      'Y-momentum',
      'Tke',
      'CD',
      'Total Solver CPU Time (s)',
      'Mass Flow (kg/s)',
    ]);
    should(log.steps).have.length(12);
    should(log.value(11, 'CD')).be.approximately(10 ** (-12 / 50 - 0.4), 1e-6);
  });

  it('keeps the columns apart when one has no value in the first rows', () => {
    for (const name of ['CD', 'Mass Flow (kg/s)']) {
      const log = readText(starLog({ iterations: 12, emptyUntil: { name, iteration: 4 } }));
      should(log.steps).have.length(12);
      should(log.value(2, name)).equal(undefined);
      should(log.value(4, name)).be.a.Number();
      should(log.value(2, 'Total Solver CPU Time (s)')).be.approximately(10 ** (-3 / 50 - 0.5), 1e-6);
    }
  });

  it('tells a criterion that is met from steps that are used up', () => {
    should(wordsOf(`${starLog({ iterations: 2 })}Stopping criterion Maximum Steps satisfied.\n`)).eql([
      'completed',
    ]);
    should(wordsOf(`${starLog({ iterations: 2 })}Stopping criterion Cd Asymptotic satisfied.\n`)).eql([
      'converged',
    ]);
  });
});

describe('CFX logs', () => {
  it('reads a block for each outer loop', () => {
    const log = readText(cfxLog(3));
    should(log.reader.solver).equal('cfx');
    should(log.steps.map(({ time }) => time)).eql([1, 2, 3]);
    should(log.reader.series.filter(({ usual }) => usual).map(({ name }) => name)).eql([
      'U-Mom',
      'V-Mom',
      'P-Mass',
    ]);
    should(log.value(0, 'U-Mom')).equal(0.95);
    should(log.value(0, 'cpuSeconds')).equal(2);
    should(log.reader.kind).equal('steady');
  });

  it('takes the last coefficient loop of a time step', () => {
    const log = readText(cfxLog(2, 3));
    should(log.steps.map(({ time }) => time)).eql([0.01, 0.02]);
    should(log.value(0, 'U-Mom')).equal(Number((10 ** (-4 / 50)).toExponential(1)));
    should(log.reader.kind).equal('transient');
  });

  it('knows a signal from a monitor that is called like one', () => {
    const kinds = (words: string) => readText(`${cfxLog(2)}${words}\n`).remarks.map(({ kind }) => kind);
    should(kinds('   MONITOR POINT: signal 9\n     Option = Expression')).eql([]);
    should(kinds(' Solver process 3 terminated with signal 9.')).containEql('killed');
  });

  it('reads monitor tables whose quoted names contain commas', () => {
    const log = readText(
      '"ACCUMULATED TIMESTEP","USER POINT,DragCoeff","RMS,U-Mom"\n1,1.02e+00,-5.4e-02\n2,1.36e+00,8.8e-01',
    );
    should(log.reader.solver).equal('cfx');
    should(log.value(0, 'USER POINT,DragCoeff')).equal(1.02);
    // No end of line, but in the same form as in the line before: the number is whole.
    should(log.value(1, 'RMS,U-Mom')).equal(0.88);
  });
});
