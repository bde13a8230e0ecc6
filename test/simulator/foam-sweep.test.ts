import should from 'should';
import { CONVERGING } from '../../src/simulator/logs/convergence';
import { finalForces } from '../../src/simulator/logs/foam-solver';
import { bench, closeAll, type Bench } from './calls';

interface Row {
  id: string;
  dateStarted: string | null;
  dateCompleted: string | null;
  variables: { name: string; value: number }[];
}

const runsOf = async ({ get }: Bench): Promise<Row[]> =>
  (await get('/api/v2/jobs/foamSweep/runs/?page_size=100')).json.results;

/** The initial residuals of a field in a log, in the order of its iterations. */
const residuals = (log: string, field: string) =>
  [...log.matchAll(new RegExp(`Solving for ${field}, Initial residual = (\\S+),`, 'g'))].map(([, value]) =>
    Number(value),
  );

async function output({ get }: Bench, run: number, name: string): Promise<string> {
  const rows = (await get(`/api/v2/jobs/foamSweep/runs/${run}/files/?page_size=100&search=${name}`)).json
    .results;
  return (await get(`/api/v2/files/${rows[0].id}/contents/`)).text;
}

describe('the OpenFOAM sweep', () => {
  afterEach(closeAll);

  it('starts 24 runs a few at a time and is over after about three minutes at the usual speed', async () => {
    const at = await bench();
    let most = 0;
    let minutes = 0;
    for (; minutes < 300; minutes += 1) {
      const runs = await runsOf(at);
      const running = runs.filter(({ dateStarted, dateCompleted }) => dateStarted && !dateCompleted).length;
      most = Math.max(most, running);
      if (runs.every(({ dateCompleted }) => dateCompleted)) break;
      at.simulator.advance(60);
    }
    most.should.equal(4);
    minutes.should.be.within(150, 195);
    (await runsOf(at)).should.have.length(24);
  });

  it('lets one run diverge, one end with code 1, and the rest give forces', async () => {
    const at = await bench();
    at.simulator.advance(13_000);
    const codes: Record<string, number[]> = {};
    for (const { id, variables } of await runsOf(at)) {
      const log = await output(at, Number(id), 'process_output.log');
      const code = /\]: Exited with code (\d+)\n$/.exec(log)![1]!;
      (codes[code] ??= []).push(Number(id));
      const names = variables.map(({ name }) => name);
      names.should.deepEqual(
        code === '0' ? ['x_velocity', 'y_velocity', 'Cd', 'Cl'] : ['x_velocity', 'y_velocity'],
      );
    }
    codes['1']!.should.have.length(1);
    codes['136']!.should.have.length(1);
    codes['0']!.should.have.length(22);

    const log = await output(at, codes['136']![0]!, 'log.simpleFoam');
    // Normalised residuals stay healthy; what was not normalised shows it.
    for (const value of residuals(log, 'Ux')) value.should.be.within(0, 1);
    const finals = [...log.matchAll(/Final residual = (\S+), No Iterations 1000/g)].map(([, value]) =>
      Number(value),
    );
    finals.at(-1)!.should.be.above(1e3);
    const local = [...log.matchAll(/sum local = (\S+),/g)].map(([, value]) => Number(value));
    local[100]!.should.be.below(0.1);
    local.at(-1)!.should.be.above(1e6);
    (await output(at, codes['136']![0]!, 'log.simpleFoam')).should.containEql('Floating point exception');
    (await output(at, codes['1']![0]!, 'log.simpleFoam')).should.containEql('FOAM FATAL IO ERROR');
  });

  it('gives equal forces for equal inputs, in whichever job and run, and others for another seed', () => {
    const one = { key: 'a/1', seed: 1, xVelocity: 32, yVelocity: 8.5, iterations: 400, ...CONVERGING };
    finalForces({ ...one, key: 'b/3', iterations: 300 }).should.eql(finalForces(one));
    finalForces({ ...one, seed: 2 }).should.not.eql(finalForces(one));
    finalForces({ ...one, xVelocity: 33 }).should.not.eql(finalForces(one));
  });

  it('has residuals that fall, and forces that settle on the variables of the run', async () => {
    const at = await bench();
    at.simulator.advance(13_000);
    const log = await output(at, 3, 'log.simpleFoam');
    log.should.endWith('End\n\nFinalising parallel run\n');
    for (const field of ['Ux', 'Uy', 'p', 'nuTilda']) {
      const values = residuals(log, field);
      values.should.have.length(400);
      values[0]!.should.be.approximately(1, 0.01);
      values.at(-1)!.should.be.below(5e-3);
      for (const value of values) value.should.be.within(0, 1);
    }
    const lift = [...log.matchAll(/Cl {4}= (\S+)/g)].map(([, value]) => Number(value)).at(-1)!;
    const run = (await runsOf(at)).find(({ id }) => id === '3')!;
    lift.should.be.approximately(run.variables.find(({ name }) => name === 'Cl')!.value, 0.01);
  });

  it('only ever adds to its logs while a run computes, and the finished file begins with what was seen', async () => {
    const at = await bench();
    at.simulator.advance(61);
    const seen: Record<string, string> = { 'shared/log.simpleFoam': '', 'process_output.log': '' };
    let reads = 0;
    for (; ; reads += 1) {
      for (const path of Object.keys(seen)) {
        const told = await at.get(`/api/v2/jobs/foamSweep/runs/1/tail/${path}`);
        if (told.status !== 200) break;
        told.text.startsWith(seen[path]!).should.be.true();
        seen[path] = told.text;
      }
      if ((await at.get('/api/v2/jobs/foamSweep/runs/1/')).json.dateCompleted) break;
      at.simulator.advance(77);
    }
    reads.should.be.above(15);
    seen['shared/log.simpleFoam']!.length.should.be.above(200_000);
    at.simulator.advance(60);
    for (const [path, text] of Object.entries(seen)) {
      const final = await output(at, 1, path.replace('shared/', ''));
      final.startsWith(text).should.be.true();
      final.length.should.be.above(text.length);
    }
  });

  it('writes fields and VTK files as it goes, under shared/, and stores them without it', async () => {
    const at = await bench();
    const live = async () =>
      (await at.get('/api/v2/jobs/foamSweep/runs/1/directory-contents/')).json.map(
        ({ path }: { path: string }) => path,
      );
    at.simulator.advance(62);
    const early = await live();
    at.simulator.advance(1000);
    const late = await live();
    early.should.containEql('shared/airFoil2D/0/U').and.not.containEql('shared/airFoil2D/100/U');
    late.should.containEql('shared/airFoil2D/100/U').and.containEql('shared/airFoil2D/VTK/airFoil2D_200.vtk');
    at.simulator.advance(1200);
    const rows = (await at.get('/api/v2/jobs/foamSweep/runs/1/files/?page_size=100')).json;
    const paths = rows.results.map(({ relativePath }: { relativePath: string }) => relativePath);
    paths.should.containEql('airFoil2D/VTK/airFoil2D_400.vtk').and.containEql('log.simpleFoam');
    const vtk = await output(at, 1, 'airFoil2D_400.vtk');
    const [, columns, rowsOfGrid] = /DIMENSIONS (\d+) (\d+) 1/.exec(vtk)!;
    const points = Number(columns) * Number(rowsOfGrid);
    vtk.should.containEql(`POINTS ${points} float`).and.containEql(`POINT_DATA ${points}`);
    vtk
      .trimEnd()
      .split('\n')
      .should.have.length(6 + points + 3 + points);
    const run = (await at.get('/api/v2/jobs/foamSweep/runs/1/')).json;
    run.outputFileCount.should.equal(rows.count);
  });

  it('leaves a stopped run with what it had, and without forces', async () => {
    const at = await bench();
    at.simulator.advance(800);
    await at.post('/api/v2/jobs/foamSweep/runs/2/stop/');
    at.simulator.advance(80);
    const run = (await at.get('/api/v2/jobs/foamSweep/runs/2/')).json;
    should(run.dateCompleted).be.a.String();
    run.variables.should.have.length(2);
    (await output(at, 2, 'process_output.log')).should.endWith('Exited with code 143\n');
    (await output(at, 2, 'log.simpleFoam')).should.not.containEql('End\n');
  });
});
