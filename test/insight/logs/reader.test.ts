import fc from 'fast-check';
import should from 'should';
import { createLogReader, isReaderState } from '../../../src/insight/logs/reader/create-log-reader';
import { readNumber } from '../../../src/insight/logs/numbers';
import { cfxLog, fluentLog, starLog, su2Log } from '../../support/logs/flow-logs';
import { foamHeading, foamLog } from '../../support/logs/foam-log';
import { cut, readPieces, readText, readWithRestarts } from '../../support/logs/read-log';
import {
  abaqusExplicitStatus,
  abaqusMessage,
  abaqusStatus,
  ansysMonitor,
  ansysSolve,
  ansysTracking,
  dynaEnergies,
  dynaMessages,
  nastranOutput,
  nastranPerformance,
} from '../../support/logs/structure-logs';

const attempts = [
  { increment: 1, attempt: 1, failed: true, iterations: 2, total: 0, size: 0.2 },
  { increment: 1, attempt: 2, iterations: 3, total: 0.05, size: 0.05 },
];
const table = `${['time;a;b', ...Array.from({ length: 12 }, (_, index) => `${index};${index / 3};-1.5e-5`)].join('\n')}\n`;

/** One log of each kind, with the name that it should be known by. */
const logs: Record<string, [solver: string, text: string]> = {
  'OpenFOAM, steady': ['openfoam', foamLog({ steps: 8 })],
  'OpenFOAM, in time': [
    'openfoam',
    foamLog({ steps: 5, transient: true, application: 'pimpleFoam', solves: { p: 3 } }),
  ],
  'SU2 CSV': ['su2', su2Log('csv', 12)],
  'SU2 Tecplot': ['su2', su2Log('tecplot', 12)],
  'SU2 bars': ['su2', su2Log('bars', 12)],
  'SU2 blanks': ['su2', su2Log('blanks', 12)],
  Fluent: ['fluent', fluentLog({ iterations: 23, reportFrom: 12 })],
  'STAR-CCM+': ['starccm', starLog({ iterations: 13, emptyUntil: { name: 'CD', iteration: 4 } })],
  'CFX, steady': ['cfx', cfxLog(4)],
  'CFX, in time': ['cfx', cfxLog(3, 2)],
  'Abaqus status': ['abaqus', abaqusStatus(attempts)],
  'Abaqus messages': ['abaqus', abaqusMessage(attempts)],
  'Abaqus Explicit': ['abaqus', abaqusExplicitStatus(4)],
  'Ansys solve output': ['ansys', ansysSolve()],
  'Ansys tracking': ['ansys', ansysTracking(5)],
  'Ansys monitor': ['ansys', ansysMonitor(4)],
  'LS-DYNA messages': ['lsdyna', dynaMessages()],
  'LS-DYNA energies': ['lsdyna', dynaEnergies(3)],
  'Nastran output': ['nastran', nastranOutput(4)],
  'Nastran performance': ['nastran', nastranPerformance()],
  table: ['table', table],
};

describe('a reader of logs', () => {
  for (const [name, [solver, text]] of Object.entries(logs)) {
    it(`knows who writes (${name}) and reads the same for any cutting, also with restarts`, () => {
      const whole = readText(text);
      should(whole.reader.solver).equal(solver);
      should(whole.steps.length).be.above(1);
      should(readPieces([...text]).items).eql(whole.items);
      should(readPieces(text.split(/(?<=\n)/)).items).eql(whole.items);
      fc.assert(
        fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (places) => {
          should(readWithRestarts(cut(text, places)).items).eql(whole.items);
        }),
        { numRuns: 12 },
      );
    });

    it(`reads the same (${name}) with CRLF, stamps, colours, a rank and zeros between`, () => {
      const plain = readText(text).steps.map(({ time, values }) => [time, values]);
      const variants = {
        crlf: text.replace(/\r?\n/g, '\r\n'),
        cr: text.replace(/\r?\n/g, '\r'),
        stamps: text.replace(/^(?=.)/gm, '[2022-10-27T13:18:37Z]: '),
        colours: text.replace(/^(?=[^\r\n])/gm, '\u001b[1;32m').replace(/(?=\r?\n)/g, '\u001b[0m'),
        ranks: text.replace(/^(?=.)/gm, '[12] '),
        tagged: text.replace(/^(?=.)/gm, '[1,0]<stdout>:'),
        wide: `\ufeff${text.split('').join('\u0000')}`,
      };
      for (const [variant, changed] of Object.entries(variants))
        should(readText(changed).steps.map(({ time, values }) => [time, values])).eql(plain, variant);
    });

    it(`takes a name that is given (${name}) without looking`, () => {
      should(readText(text, { solver: 'nastran' }).reader.solver).equal('nastran');
      should(readText(text, { solver: solver as 'table' }).steps.length).be.above(1);
    });
  }

  it('names nobody where nobody can be known', () => {
    const texts = [
      '',
      '\n\n\n',
      'Starting solver\nDone in 3 s\nFinished.\n',
      '*******************************************\n***COMSOL 6.1.0.357 progress output file***\n*******************************************\nIter      SolEst      ResEst     Damping    Stepsize #Res #Jac #Sol\n   1         0.12        1e+02   0.0100000        0.12    2    1    2\n   2         0.10        1e+01   0.0100000        0.12    2    1    2\n   3         0.08        1e+00   0.0100000        0.12    2    1    2\n',
      'PATH=/opt/starccm+/bin:/opt/ansys/fluent-22/bin:/opt/Abaqus/Commands\nLD_LIBRARY_PATH=/opt/OpenFOAM/lib\n',
      'Traceback (most recent call last):\n  File "run.py", line 3\nValueError: iteration 3 residual\n',
      'Loading OpenFOAM 10 and SU2 and Nastran modules\n',
      '1 2 3\n4 5 6\n7 8 9\n',
      '{"iteration": 1, "residual": 0.5}\n{"iteration": 2, "residual": 0.4}\n',
    ];
    for (const text of texts) should(readText(text).reader.solver).equal(null, text.slice(0, 60));
  });

  it('names nobody in noise', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.array(fc.nat(400), { maxLength: 5 }),
        (text, places) => {
          const whole = readText(text);
          should(whole.reader.solver).equal(null);
          should(readPieces(cut(text, places)).items).eql(whole.items);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('does not stumble over lines of a log that are shuffled, cut and mixed with another solver’s', () => {
    const lines = Object.values(logs).flatMap(([, text]) => text.split('\n'));
    const solvers = [
      'auto',
      'openfoam',
      'su2',
      'fluent',
      'starccm',
      'cfx',
      'abaqus',
      'ansys',
      'lsdyna',
      'nastran',
      'table',
    ] as const;
    const line = fc
      .tuple(fc.nat(lines.length - 1), fc.nat(300))
      .map(([index, length]) => (lines[index] ?? '').slice(0, length));
    fc.assert(
      fc.property(
        fc.constantFrom(...solvers),
        fc.array(line, { maxLength: 60 }),
        fc.array(fc.nat(4000), { maxLength: 6 }),
        (solver, mixed, places) => {
          const text = mixed.join('\n');
          const whole = readText(text, { solver });
          should(readWithRestarts(cut(text, places), { solver }).items).eql(whole.items);
          for (const { values, notNumbers, step } of whole.steps) {
            should(step).be.aboveOrEqual(0);
            should(values.length).be.belowOrEqual(whole.reader.series.length);
            should(notNumbers.every((index) => Number.isNaN(values[index]))).equal(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('numbers steps from 1 without a gap', () => {
    for (const [, text] of Object.values(logs)) {
      const { steps } = readText(text);
      should(steps.map(({ step }) => step)).eql(steps.map((_, index) => index + 1));
    }
  });

  it('keeps a state of plain JSON that is small, however long the log', () => {
    const reader = createLogReader();
    reader.read(foamLog({ steps: 2000, fields: ['Ux', 'Uy', 'Uz', 'p', 'k', 'omega', 'T', 'rho'] }));
    const state = reader.state();
    should(JSON.parse(JSON.stringify(state))).eql(state);
    should(JSON.stringify(state).length).be.below(10_000);
    should(isReaderState(state)).equal(true);
    should(isReaderState({ version: 0 })).equal(false);
    should(isReaderState(null)).equal(false);
  });

  it('keeps no more than some hundred lines while it does not know who writes', () => {
    const reader = createLogReader();
    for (let line = 0; line < 5000; line++)
      reader.read(`Reading part ${line} of the mesh ${'.'.repeat(200)}\n`);
    should(JSON.stringify(reader.state()).length).be.below(500_000);
    const late = reader.read(foamLog({ steps: 3 }));
    should(reader.solver).equal('openfoam');
    should(late.filter((item) => 'step' in item)).have.length(2);
  });

  it('reads on after a line of a megabyte, and keeps its beginning only', () => {
    const log = readText(`${'x'.repeat(1_000_000)}\n${foamLog({ steps: 3 })}${'y'.repeat(1_000_000)}`);
    should(log.steps).have.length(3);
    const pieces = readPieces([...`${'x'.repeat(70_000)}\nTime = 1\nTime = 2\n`], { solver: 'openfoam' });
    should(pieces.steps).have.length(2);
  });

  it('hears signals, the queue and licences in any log, once a step', () => {
    const heard = (words: string): string[] =>
      readText(`${foamHeading('simpleFoam')}\n${words}\n${words}\n`).remarks.map(({ kind }) => kind);
    should(heard('Segmentation fault (core dumped)')).eql(['crashed']);
    should(heard('/bin/bash: line 1: 4711 Killed                  simpleFoam')).eql(['killed']);
    should(heard('srun: error: n1: task 3: Killed')).eql(['killed']);
    should(heard('TERM_RUNLIMIT: job killed after reaching LSF run time limit.')).eql(['killed']);
    should(heard('MPI Application rank 4 killed before MPI_Finalize() with signal 9')).eql(['killed']);
    should(heard('srun: error: n1: tasks 0-7: Exited with exit code 1')).eql(['crashed']);
    should(heard('Exited with exit code 140.')).eql(['crashed']);
    should(heard('write failed: Disk quota exceeded')).eql(['crashed']);
    should(
      heard('slurmstepd: error: *** JOB 77 ON node1 CANCELLED AT 2026-01-01T10:00:00 DUE TO TIME LIMIT ***'),
    ).eql(['killed', 'killed']);
    should(
      heard(
        'mpirun noticed that process rank 3 with PID 0 on node n1 exited on signal 8 (Floating point exception).',
      ),
    ).eql(['crashed']);
    should(
      heard('mpirun noticed that process rank 3 with PID 0 on node n1 exited on signal 9 (Killed).'),
    ).eql(['killed']);
    should(heard('The solver process 5 was killed by signal 9.')).eql(['killed']);
    should(heard('Fatal error in PMPI_Recv: Other MPI error, error stack:')).eql(['crashed']);
    should(heard('forrtl: error (65): floating invalid')).eql(['crashed']);
    should(heard('forrtl: warning (402): fort: (1): in call to a routine')).eql([]);
    should(heard('FlexNet Licensing error:-4,132')).eql(['licence']);
    should(heard('Failed to check out license feature cfd_base')).eql(['licence']);
    should(heard('Cannot allocate memory')).eql(['crashed']);
    should(heard('run.sh: line 3: 812 Bus error (core dumped) ./solver')).eql(['crashed']);
    should(heard('Caught signal 11 SEGV: Segmentation Violation, probably memory access out of range')).eql([
      'crashed',
    ]);
    should(heard('Floating point exception (core dumped)')).eql(['crashed']);
    should(heard('Exited with code 136')).eql(['crashed']);
    should(heard('Exited with code 137')).eql(['killed']);
    should(heard('Exited with code 143')).eql(['killed']);
    should(heard('Exited with code 0')).eql(['completed']);
  });

  it('hears none of them in healthy words', () => {
    const healthy = [
      'trapFpe: Floating point exception trapping enabled (FOAM_SIGFPE).',
      'sigFpe : Enabling floating point exception trapping (FOAM_SIGFPE).',
      'License build date: 21 January 2021',
      'This version of the code requires license version 2021.02 or greater.',
      'Killed 3 cells of zone 5',
      'Terminated parcels = 12',
      'Memory required to complete solution   :     953K',
      ' *** Warning: 12 negative areas were repaired',
      'the exit code would be 1 otherwise',
      'MAXIMUM ATTEMPTS ALLOWED IN AN INCREMENT                                  5',
      'Warning: not enough memory for an in-core solution, the out-of-core mode is used',
      'Insufficient memory for in-core factorisation',
      'Could not obtain license feature cfd_base, will retry in 60 seconds',
      'License request failed, waiting in the queue',
      'Enabling segmentation fault handler',
      'Checking: bus error rate 0',
    ];
    should(readText(`${foamHeading('simpleFoam')}\n${healthy.join('\n')}\n`).remarks).eql([]);
  });
});

describe('numbers of logs', () => {
  it('are read as each solver’s language prints them', () => {
    const numbers: [string, number | undefined][] = [
      ['7.3e-005', 7.3e-5],
      ['1.0D-5', 1e-5],
      ['1.2-105', 1.2e-105],
      ['-1.2+105', -1.2e105],
      ['.5', 0.5],
      ['5.', 5],
      ['+3', 3],
      ['nan', NaN],
      ['-nan', NaN],
      ['NaN', NaN],
      ['-nan(ind)', NaN],
      ['1.#IND', NaN],
      ['-1.#QNAN0e+00', NaN],
      ['inf', Infinity],
      ['-Infinity', -Infinity],
      ['1.#INF', Infinity],
      ['1e999', Infinity],
      ['', undefined],
      ['abc', undefined],
      ['0x10', undefined],
      ['12abc', undefined],
      ['--', undefined],
      ['1,5', undefined],
      ['********', undefined],
      ['Infinitely', undefined],
    ];
    for (const [text, number] of numbers) should(readNumber(text)).eql(number, text);
  });
});
