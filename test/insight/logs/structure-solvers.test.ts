import should from 'should';
import { readText, readWithRestarts } from '../../support/logs/read-log';
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
  type Attempt,
} from '../../support/logs/structure-logs';

const attempts: Attempt[] = [
  { increment: 1, attempt: 1, failed: true, iterations: 5, total: 0, size: 0.2 },
  { increment: 1, attempt: 2, iterations: 3, total: 0.05, size: 0.05 },
  { increment: 2, attempt: 1, iterations: 2, total: 0.1, size: 0.05 },
];

describe('Abaqus files', () => {
  it('reads attempts from the status file, failed ones too', () => {
    const log = readText(abaqusStatus(attempts));
    should(log.reader.solver).equal('abaqus');
    should([0, 1, 2].map((index) => log.value(index, 'failed'))).eql([1, 0, 0]);
    should([0, 1, 2].map((index) => log.value(index, 'attempt'))).eql([1, 2, 1]);
    should(log.value(1, 'iterations')).equal(3);
    should(log.value(2, 'totalTime')).equal(0.1);
    should(log.value(0, 'timeIncrement')).equal(0.2);
    should(log.remarks.map(({ kind }) => kind)).eql(['completed']);
  });

  it('reads the same attempts from the message file, and the largest residual', () => {
    const log = readText(abaqusMessage(attempts));
    should(log.steps).have.length(3);
    should([0, 1, 2].map((index) => log.value(index, 'failed'))).eql([1, 0, 0]);
    should(log.value(1, 'residualForce')).equal(2.923);
    should(log.value(1, 'iterations')).equal(3);
    should(log.reader.progress.end).equal(1);
  });

  it('tells what ended an analysis', () => {
    const kinds = (text: string): string[] => readText(text).remarks.map(({ kind }) => kind);
    should(kinds(abaqusStatus(attempts, ' THE ANALYSIS HAS NOT BEEN COMPLETED'))).eql(['crashed']);
    should(kinds(abaqusMessage(attempts, ' ***ERROR: TOO MANY ATTEMPTS MADE FOR THIS INCREMENT'))).eql([
      'crashed',
    ]);
    should(kinds('Run standard.exe\nAbaqus JOB beam COMPLETED\n')).eql(['completed']);
  });

  it('reads the status file of Explicit', () => {
    const log = readText(abaqusExplicitStatus(5));
    should(log.steps.map(({ time }) => time)).eql([0, 0.001, 0.002, 0.003, 0.004]);
    should(log.value(1, 'timeIncrement')).equal(1.018e-7);
    should(log.value(1, 'totalEnergy')).equal(0.1234);
    should(log.reader.progress.progress).equal(0.4);
  });

  it('takes another program with the same first line for none of its own', () => {
    const text =
      ' SUMMARY OF JOB INFORMATION\n  STEP      INC     ATT  ITRS     TOT TIME     STEP TIME      INC TIME\n     1        1     1     2  0.100000E+00  0.100000E+00  0.100000E+00\n';
    should(readText(text).reader.solver).equal(null);
  });
});

describe('Ansys Mechanical files', () => {
  it('reads equilibrium iterations of the solve output', () => {
    const log = readText(ansysSolve());
    should(log.reader.solver).equal('ansys');
    should(log.steps).have.length(4);
    should([0, 1, 2, 3].map((index) => log.value(index, 'cumIter'))).eql([1, 2, 3, 4]);
    should([0, 1, 2, 3].map((index) => log.value(index, 'forceL2'))).eql([40530, 112, 90000, 90]);
    should(log.value(0, 'forceCriterion')).equal(201.3);
    should(log.value(0, 'displacementL2')).equal(0.01058);
    should([0, 1, 2, 3].map((index) => log.value(index, 'subStep'))).eql([1, 1, 2, 2]);
    should([0, 3].map((index) => log.value(index, 'bisection'))).eql([0, 1]);
    should(log.steps[2]?.time).equal(0.5);
  });

  it('takes a sub-step of a linear analysis, which iterates nothing, for a step', () => {
    const log = readText(
      ' *** LOAD STEP     1   SUBSTEP     1  COMPLETED.    CUM ITER =      1\n *** TIME =  1.00000         TIME INC =  1.00000      NEW TRIANG MATRIX\n',
    );
    should(log.steps.map(({ time }) => time)).eql([1]);
    should(log.value(0, 'cumIter')).equal(1);
  });

  it('reads the names of the tracking file’s columns from its headings, which come again', () => {
    const log = readText(ansysTracking(8));
    should(log.steps).have.length(8);
    should(log.steps[7]?.time).equal(2);
    should(log.value(4, 'cumIter')).equal(5);
    should(log.value(4, 'forceL2')).equal(1000);
    should(log.value(4, 'forceCriterion')).equal(105);
  });

  it('joins a tracking file in the middle of its heading, also across a restart', () => {
    const late = ansysTracking(2).slice(ansysTracking(2).indexOf(' <COLUMN ID="    4">'));
    const log = readWithRestarts(late.match(/[^]{1,50}/g) ?? [], { solver: 'ansys' });
    should(log.items).eql(readText(late, { solver: 'ansys' }).items);
    should([0, 1].map((index) => log.value(index, 'cumIter'))).eql([1, 2]);
  });

  it('reads the monitor file with the names of its variables', () => {
    const log = readText(ansysMonitor(3));
    should(log.steps.map(({ time }) => time)).eql([1, 2, 3]);
    should(log.value(2, 'cumIter')).equal(15);
    should(log.value(2, 'Wall')).equal(7.5);
    should(log.value(2, 'MxRe')).equal(6.2438);
  });

  it('tells a solution that found no balance', () => {
    const log = readText(
      `${ansysSolve()} *** ERROR ***     CP =  1.5   TIME= 10:00:01\n Solution not converged at time 0.5 (load step 1 substep 2).\n Run terminated.\n`,
    );
    should(log.remarks.map(({ kind }) => kind)).eql(['crashed', 'crashed']);
  });

  it('hears no error in the words of a warning, and each after it', () => {
    const warning = ' *** WARNING ***   CP =  1.5   TIME= 10:00:01\n Solution not converged at time 0.5.\n';
    const noted = ' *** NOTE ***   CP =  1.6   TIME= 10:00:01\n Elements have become highly distorted.\n';
    const kinds = (words: string) => readText(`${ansysSolve()}${words}`).remarks.map(({ kind }) => kind);
    should(kinds(`${warning}\n${noted}\n`)).eql([]);
    should(kinds(`${warning} *** ERROR ***   CP =  1.7   TIME= 10:00:01\n Run terminated.\n`)).eql([
      'crashed',
    ]);
    should(kinds(`${warning}\n Run terminated.\n`)).eql(['crashed']);
    should(kinds(`${warning}Segmentation fault (core dumped)\n`)).eql(['crashed']);
  });

  it('tells a part that moves beyond bounds', () => {
    const error =
      ' *** ERROR ***   CP =  1.5   TIME= 10:00:01\n The value of UY at node 12 is 1.2E+09.  It is greater than the current limit of 1000000.\n';
    should(readText(`${ansysSolve()}${error}`).remarks.map(({ kind }) => kind)).eql(['diverging']);
  });
});

describe('LS-DYNA files', () => {
  it('takes the lines of one cycle for one step', () => {
    const log = readText(dynaMessages());
    should(log.reader.solver).equal('lsdyna');
    should(log.steps.map(({ time }) => time)).eql([0, 6.9e-4, 1.38e-3]);
    should([0, 1, 2].map((index) => log.value(index, 'cycle'))).eql([1, 5000, 10000]);
    should(log.value(2, 'dt')).equal(1.21e-7);
    should(log.remarks.map(({ kind }) => kind)).eql(['completed']);
  });

  it('reads the blocks of energies', () => {
    const log = readText(dynaEnergies(3));
    should(log.steps).have.length(3);
    should(log.value(2, 'energyRatio')).equal(0.998);
    should(log.value(2, 'addedMassPercent')).equal(3.0809);
    should(log.value(2, 'hourglassEnergy')).equal(1.73179);
  });

  it('hears an error termination in spaced letters', () => {
    const log = readText(
      `${dynaMessages().split('\n').slice(0, 4).join('\n')}\n *** Error 40509 (SOL+509)\n     negative volume in brick element #  12\n\n E r r o r   t e r m i n a t i o n      01/01/26 10:00:00\n`,
    );
    should(log.remarks.map(({ kind }) => kind)).eql(['crashed', 'diverging', 'crashed']);
  });
});

describe('Nastran files', () => {
  it('reads design cycles between page headings, and not the changes of the approximate model', () => {
    const log = readText(nastranOutput(4));
    should(log.reader.solver).equal('nastran');
    should(log.steps.map(({ time }) => time)).eql([1, 2, 3, 4]);
    should(log.value(0, 'relativeChange')).equal(undefined);
    should(log.value(3, 'relativeChange')).equal(1e-4);
    should(log.value(3, 'maxConstraint')).equal(1.5579);
    should(log.remarks.map(({ kind }) => kind)).eql(['converged', 'completed']);
  });

  it('reads the performance file', () => {
    const log = readText(nastranPerformance());
    should(log.steps.map(({ time }) => time)).eql([0, 65]);
    should([0, 1].map((index) => log.value(index, 'cpuSeconds'))).eql([0.2, 60.5]);
  });

  it('hears a fatal message, and not the words about flags that could be fatal', () => {
    const fatal = '0*** USER FATAL MESSAGE 2012 (IFP)\n';
    should(readText(nastranOutput(1) + fatal).remarks.map(({ kind }) => kind)).containEql('crashed');
    const flags =
      '        IF THE FLAG IS FATAL, THEN THE DIFFERENCES ARE GREATER THAN  1.0E+35 AND THE RUN WILL BE TERMINATED.\n';
    should(readText(nastranOutput(1) + flags).remarks.map(({ kind }) => kind)).not.containEql('crashed');
  });
});
