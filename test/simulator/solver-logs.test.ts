import 'should';
import { usualOptions } from '../support/judge/usual-options';
import { createLogMonitor } from '../../src/insight/monitor/log-monitor';
import { bench, closeAll, type Bench } from './calls';

const STAMP = /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\]: /;

async function log(at: Bench, job: string, run: number, name: string): Promise<string> {
  const [row] = (await at.get(`/api/v2/jobs/${job}/runs/${run}/files/?search=${name}`)).json.results;
  return (await at.get(`/api/v2/files/${row.id}/contents/`)).text;
}

function verdictsOn(text: string) {
  const monitor = createLogMonitor({ reader: {}, judge: usualOptions, series: null, keep: 0 });
  const { verdicts } = monitor.read(text, 0);
  const { finalVerdict } = monitor.end(0);
  return { told: verdicts.map(({ verdict }) => verdict), verdicts, finalVerdict, standing: monitor.standing };
}

describe('logs of the simulator', () => {
  afterEach(closeAll);

  it('stamp each line of process_output.log and none of the solver’s own, which has the same text', async () => {
    const at = await bench();
    at.simulator.advance(6000);
    for (const [job, name] of [
      ['foamSweep', 'log.simpleFoam'],
      ['fluentDuct', 'fluent.out'],
      ['su2Nozzle', 'log_su2.txt'],
    ] as const) {
      const own = await log(at, job, 1, name);
      const process = await log(at, job, 1, 'process_output.log');
      const lines = process.trimEnd().split('\n');
      lines.every((line) => STAMP.test(line)).should.be.true();
      own
        .split('\n')
        .some((line) => STAMP.test(line))
        .should.be.false();
      lines
        .map((line) => line.replace(STAMP, ''))
        .join('\n')
        .should.containEql(own.trimEnd());
      const stamps = lines.map((line) => STAMP.exec(line)![0]);
      stamps.should.deepEqual([...stamps].sort());
    }
  });

  it('go as OpenFOAM’s do: well, astray with healthy residuals, flat, to and fro, down with a signal', async () => {
    const at = await bench();
    at.simulator.advance(3000);
    const judged = async (run: number, name = 'log.simpleFoam') =>
      verdictsOn(await log(at, 'foamTroubles', run, name));
    const healthy = await judged(1);
    healthy.told.should.be.empty();
    healthy.finalVerdict.should.equal('completed');
    const lost = await judged(2, 'log.pimpleFoam');
    lost.told[0]!.should.equal('diverging');
    lost.verdicts[0]!.step.should.be.within(160, 200);
    (await judged(3)).told.should.deepEqual(['stalled']);
    (await judged(4)).told.should.deepEqual(['oscillating']);
    const crashed = await judged(5);
    crashed.told.should.deepEqual(['crashed']);
    (await log(at, 'foamTroubles', 5, 'process_output.log')).should.endWith('Exited with code 139\n');
  });

  it('lose a run the way real ones are lost: final above initial, continuity, Courant number, time step', async () => {
    const at = await bench();
    at.simulator.advance(3000);
    const text = await log(at, 'foamTroubles', 2, 'log.pimpleFoam');
    const numbers = (expression: RegExp) => [...text.matchAll(expression)].map(([, value]) => Number(value));
    for (const value of numbers(/Initial residual = (\S+),/g)) value.should.be.within(0, 1);
    const [courant, step, local] = [
      numbers(/Number mean: \S+ max: (\S+)/g),
      numbers(/deltaT = (\S+)/g),
      numbers(/sum local = (\S+),/g),
    ];
    for (const values of [courant, local]) {
      Math.max(...values.slice(0, 160)).should.be.below(1.1);
      values.at(-1)!.should.be.above(1e6);
    }
    step.at(-1)!.should.be.below(step[0]! * 1e-6);
    text.should.match(
      /Initial residual = 0\.\d+, Final residual = \d+(\.\d+)?(e\+\d+)?, No Iterations 1000\n/,
    );
    const times = [...text.matchAll(/^Time = (\S+)$/gm)].map(([, time]) => time);
    times.at(-1)!.should.equal(times.at(-20)!);
    text.should.containEql('sigFpe::sigHandler').and.containEql('exited on signal 8');
  });

  it('fall silent while the run goes on', async () => {
    const at = await bench();
    const live = async () =>
      (await at.get('/api/v2/jobs/foamTroubles/runs/6/tail/shared/log.simpleFoam')).text;
    at.simulator.advance(300);
    const early = await live();
    at.simulator.advance(300);
    const last = await live();
    last.length.should.be.above(early.length);
    at.simulator.advance(7200);
    (await live()).should.equal(last);
    ((await at.get('/api/v2/jobs/foamTroubles/runs/6/')).json.dateCompleted === null).should.be.true();
  });

  it('look like those of other solvers, good runs and bad ones', async () => {
    const at = await bench();
    at.simulator.advance(9000);
    const fluent = await log(at, 'fluentDuct', 1, 'fluent.out');
    fluent.match(/^ {2}iter {2}continuity {2}x-velocity.*time\/iter$/gm)!.should.have.length(42);
    fluent.match(/^ +\d+( +\d\.\d{4}e[+-]\d\d){6} {2}\d:\d\d:\d\d +\d+$/gm)!.should.have.length(420);
    fluent.should
      .containEql('! 420 solution is converged'.replace('! ', '!  '))
      .and.containEql('Reversed flow on');
    (await log(at, 'fluentDuct', 2, 'fluent.out')).should.containEql('Divergence detected in AMG solver');

    const star = await log(at, 'starCar', 1, 'starccm.out');
    const table = star.split('\n').filter((line) => /^ +(Iteration|\d+) /.test(line));
    new Set(table.map((line) => line.length)).size.should.equal(1);
    star.should.containEql('Stopping criterion Maximum Steps satisfied.');
    (await log(at, 'starCar', 2, 'starccm.out')).should.containEql('floating point exception');

    const su2 = await log(at, 'su2Nozzle', 1, 'log_su2.txt');
    const density = [...su2.matchAll(/^\| +\d+\| +\S+\| +(-?\d+\.\d+)\|/gm)].map(([, value]) =>
      Number(value),
    );
    density.should.have.length(600);
    density.at(-1)!.should.be.below(density[0]! - 4);
    su2.should.containEql('Exit Success (SU2_CFD)');

    const abaqus = await log(at, 'abaqusBeam', 1, 'beam.sta');
    abaqus.should.match(/^ {3}1 +\d+ +1U +0 +16 /m).and.endWith('THE ANALYSIS HAS COMPLETED SUCCESSFULLY\n');
    (await log(at, 'abaqusBeam', 2, 'beam.sta')).should.endWith('THE ANALYSIS HAS NOT BEEN COMPLETED\n');
    for (const [job, exitCode] of [
      ['fluentDuct', 1],
      ['abaqusBeam', 1],
    ] as const)
      (await log(at, job, 2, 'process_output.log')).should.endWith(`Exited with code ${exitCode}\n`);
  });

  it('are written by submitted jobs after their analysis code', async () => {
    const at = await bench();
    for (const [code, version, command, name] of [
      ['ansys_fluent', '2023r1', 'fluent 3ddp', 'fluent.out'],
      ['abaqus', '2023', 'abaqus job=beam interactive', 'beam.sta'],
    ] as const) {
      const told = await at.post('/api/v2/jobs/', {
        name: code,
        jobanalyses: [
          { analysis: { code, version }, command, hardware: { coreType: 'marble', coresPerSlot: 16 } },
        ],
      });
      await at.post(`/api/v2/jobs/${told.json.id}/submit/`);
      at.simulator.advance(6000);
      (await log(at, told.json.id, 1, name)).length.should.be.above(500);
    }
  });
});
