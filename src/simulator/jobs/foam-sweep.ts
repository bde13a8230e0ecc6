import { contentOf, type Content } from '../content/contents';
import { fieldFile, pressureGrid } from '../content/field-files';
import { fraction } from '../content/random';
import { forcesTable, solverLog } from '../logs/foam-log';
import {
  angleOfAttack,
  finalForces,
  foamNumber,
  forcesAt,
  residualsAt,
  type FoamCase,
} from '../logs/foam-solver';
import { PROCESS_LOG, type FileSource } from '../model/file-source';
import type { JobPlan } from '../model/job';
import { openingLines, processLine } from '../model/process-log';
import type { RunPlan } from '../model/run';
import type { RunFacts } from '../model/run-facts';
import { SWEEP } from '../scripts/job-action';

const SPEEDS = [20, 26, 32, 38];
const RISES = [0, 1.5, 3, 4.5, 6, 8.5];
const ITERATIONS = 400;
const WRITE_EVERY = 100;
/** Nodes of the cluster: so many runs compute at the same time. */
const AT_A_TIME = 4;
/** Virtual seconds from submission to the first run, and from a run's end to its outputs. */
const FIRST_START = 60;
const OUTPUTS_AFTER = 45;
/** Virtual seconds for which a listed file can't be read yet. */
const CONTENTS_AFTER = 4;
/** So that the first question already finds runs that compute. */
const OLDER_BY = 300;
/** Ten minutes at the usual speed: long enough to read and fetch what it gave, and no demo goes dead. */
const RESTARTS_AFTER = 36_000;

/** The steepest of the first row blows up; SIGFPE leaves 136. */
const DIVERGING = { number: 6, from: 170, exitCode: 136 };
/** One finds a file of its case missing, soon after its start. */
const BROKEN = { number: 15, exitCode: 1, duration: 240 };

/**
 * An OpenFOAM sweep of 24 airfoils, four at a time, about 175 virtual minutes in all. One run diverges, one ends
 * with exit code 1, the rest give lift and drag.
 */
export function foamSweep(seed: number): JobPlan {
  const nodesFreeAt = new Array<number>(AT_A_TIME).fill(FIRST_START);
  const runs: RunPlan[] = [];
  for (let number = 1; number <= SPEEDS.length * RISES.length; number += 1) {
    const foam = caseOf(seed, number);
    const plan = planOf(seed, number, foam);
    const node = nodesFreeAt.indexOf(Math.min(...nodesFreeAt));
    plan.startsAt = nodesFreeAt[node]!;
    nodesFreeAt[node]! += plan.duration! + 5;
    runs.push(plan);
  }
  return { id: SWEEP, name: SWEEP, olderBy: OLDER_BY, restartsAfter: RESTARTS_AFTER, runs };
}

function caseOf(seed: number, number: number): FoamCase {
  return {
    key: `foamSweep/${seed}/${number}`,
    xVelocity: SPEEDS[Math.floor((number - 1) / RISES.length)]!,
    yVelocity: RISES[(number - 1) % RISES.length]!,
    iterations: ITERATIONS,
    divergesFrom: number === DIVERGING.number ? DIVERGING.from : Infinity,
  };
}

function planOf(seed: number, number: number, foam: FoamCase): RunPlan {
  const whole = 1600 + Math.floor(fraction(seed, 'duration', number) * 400);
  const variables = [
    { name: 'x_velocity', value: foam.xVelocity },
    { name: 'y_velocity', value: foam.yVelocity },
  ];
  const shared = { outputsAfter: OUTPUTS_AFTER, contentsAfter: CONTENTS_AFTER, variables };
  if (number === BROKEN.number) {
    const { exitCode, duration } = BROKEN;
    return { ...shared, exitCode, duration, sources: (facts) => caseFiles(foam, facts, Infinity, duration) };
  }
  const pace = whole / ITERATIONS;
  const sources = (facts: RunFacts) => caseFiles(foam, facts, pace, duration);
  const duration = number === DIVERGING.number ? Math.floor((DIVERGING.from + 70) * pace) : whole;
  if (number === DIVERGING.number) return { ...shared, exitCode: DIVERGING.exitCode, duration, sources };
  const { Cd, Cl } = finalForces(foam);
  const results = [
    { name: 'Cd', value: Cd },
    { name: 'Cl', value: Cl },
  ];
  return { ...shared, duration, results, sources };
}

/** @param pace seconds per iteration; Infinity: it never gets there @param duration seconds, when nobody stops it */
function caseFiles(foam: FoamCase, facts: RunFacts, pace: number, duration: number): FileSource[] {
  const iterationsAt = (elapsed: number) => Math.min(ITERATIONS, Math.floor(elapsed / pace + 1e-9));
  const endingAt = (elapsed: number) => (elapsed >= duration ? ending(foam, pace) : '');
  // A little early, because seconds are not whole in binary and the last one is written at the very end.
  const written = (time: number) => (time === 0 ? 0 : time * pace - 0.001);
  const field = (name: string, time: number, bytes: number): FileSource => ({
    path: `shared/airFoil2D/${time}/${name}`,
    appears: written(time),
    content: () => fieldFile(name, bytes, `${foam.key}/${time}/${name}`),
  });
  const files: FileSource[] = [
    { path: PROCESS_LOG, content: (elapsed) => contentOf(processLog(foam, facts, pace, elapsed, duration)) },
    {
      path: 'shared/log.simpleFoam',
      checksum: 'both',
      content: (elapsed) => solverLog(foam, iterationsAt(elapsed), endingAt(elapsed)),
    },
    {
      path: 'shared/airFoil2D/postProcessing/forceCoeffs1/0/forceCoeffs.dat',
      content: (elapsed) => forcesTable(foam, iterationsAt(elapsed)),
    },
    ...['U', 'p', 'nut', 'nuTilda'].map((name) => field(name, 0, 1200 + name.length * 16)),
  ];
  if (pace === Infinity) return files;
  for (let time = WRITE_EVERY; time <= ITERATIONS; time += WRITE_EVERY) {
    files.push(field('U', time, 61_440), field('p', time, 20_480), field('nuTilda', time, 20_480));
    files.push({
      path: `shared/airFoil2D/VTK/airFoil2D_${time}.vtk`,
      appears: written(time),
      content: () => grid(foam, time),
    });
  }
  return files;
}

function grid(foam: FoamCase, time: number): Content {
  const settled = 1 - Math.exp(-time / 60);
  return pressureGrid(Math.hypot(foam.xVelocity, foam.yVelocity) * settled, angleOfAttack(foam));
}

/** What the solver says last. */
function ending(foam: FoamCase, pace: number): string {
  if (pace === Infinity) {
    return (
      '[0] --> FOAM FATAL IO ERROR: (openfoam-2012)\n' +
      '[0] cannot find file "constant/turbulenceProperties"\n[0] \nFOAM parallel run exiting\n'
    );
  }
  if (foam.divergesFrom !== Infinity) {
    return '[3] #0  Foam::sigFpe::sigHandler(int)\n[3] Floating point exception\n';
  }
  return 'End\n\nFinalising parallel run\n';
}

/** Iterations between two lines of the run's own log. */
const REPORT_EVERY = 5;

function processLog(
  foam: FoamCase,
  { jobId, times, dateOf }: RunFacts,
  pace: number,
  elapsed: number,
  duration: number,
): string {
  const start = times.start ?? 0;
  let text = openingLines(dateOf(start), jobId, 'mpirun -np 16 simpleFoam -parallel -case airFoil2D');
  for (let iteration = REPORT_EVERY; iteration * pace <= elapsed; iteration += REPORT_EVERY) {
    if (iteration > ITERATIONS) break;
    const { Ux, Uy, p } = residualsAt(foam, iteration);
    const { Cd, Cl } = forcesAt(foam, iteration);
    const values = Object.entries({ Ux, Uy, p, Cd, Cl }).map(
      ([name, value]) => `${name} ${foamNumber(value)}`,
    );
    text += processLine(
      dateOf(start + Math.round(iteration * pace * 1000)),
      `Time = ${iteration}  ${values.join('  ')}`,
    );
  }
  if (elapsed < duration) return text;
  const end = dateOf(start + duration * 1000);
  return ending(foam, pace)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .reduce((whole, line) => whole + processLine(end, line), text);
}
