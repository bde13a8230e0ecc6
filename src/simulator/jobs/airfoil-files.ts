import type { Content } from '../content/contents';
import { fieldFile, pressureGrid } from '../content/field-files';
import { solverFiles, stepsAt, type Computation } from '../logs/computation';
import { forcesTable } from '../logs/foam-log';
import { angleOfAttack, type FoamCase } from '../logs/foam-solver';
import type { FileSource } from '../model/file-source';
import type { RunFacts } from '../model/run-facts';

const WRITE_EVERY = 100;

/** What an OpenFOAM run of the airfoil writes: its logs, its forces, and its fields every so many iterations. */
export function airfoilFiles(foam: FoamCase, computation: Computation, facts: RunFacts): FileSource[] {
  const { log, secondsPerStep } = computation;
  // A little early, because seconds are not whole in binary and the last one is written at the very end.
  const written = (time: number) => (time === 0 ? 0 : time * secondsPerStep - 0.001);
  const field = (name: string, time: number, bytes: number): FileSource => ({
    path: `shared/airFoil2D/${time}/${name}`,
    appearsAt: written(time),
    content: () => fieldFile(name, bytes, `${foam.key}/${time}/${name}`),
  });
  const files: FileSource[] = [
    ...solverFiles(computation, facts),
    {
      path: 'shared/airFoil2D/postProcessing/forceCoeffs1/0/forceCoeffs.dat',
      content: (elapsed) => forcesTable(foam, stepsAt(computation, elapsed)),
    },
    ...['U', 'p', 'nut', 'nuTilda'].map((name) => field(name, 0, 1200 + name.length * 16)),
  ];
  for (let time = WRITE_EVERY; time <= log.steps; time += WRITE_EVERY) {
    files.push(field('U', time, 61_440), field('p', time, 20_480), field('nuTilda', time, 20_480));
    files.push({
      path: `shared/airFoil2D/VTK/airFoil2D_${time}.vtk`,
      appearsAt: written(time),
      content: () => pressureFile(foam, time),
    });
  }
  return files;
}

function pressureFile(foam: FoamCase, time: number): Content {
  const settled = 1 - Math.exp(-time / 60);
  return pressureGrid(Math.hypot(foam.xVelocity, foam.yVelocity) * settled, angleOfAttack(foam));
}
