import { fraction } from '../content/random';
import { CONVERGING } from '../logs/convergence';
import { foamLog } from '../logs/foam-log';
import { finalForces, type FoamCase } from '../logs/foam-solver';
import type { JobPlan } from '../model/job';
import type { RunPlan } from '../model/run';
import type { FileStore } from '../model/stored-files';
import { SWEEP } from '../scripts/job-action';
import { airfoilFiles } from './airfoil-files';
import { sweepDefinition } from './sweep-definition';

const X_VELOCITIES = [20, 26, 32, 38];
const Y_VELOCITIES = [0, 1.5, 3, 4.5, 6, 8.5];
const ITERATIONS = 400;
/** Nodes of the cluster. */
const CONCURRENT_RUNS = 4;
/** Virtual seconds from submission to the first run, and from a run's end to its outputs. */
const FIRST_START = 60;
const OUTPUTS_AFTER = 45;
/** Virtual seconds for which a listed file can't be read yet. */
const CONTENTS_AFTER = 4;
/** The job is older than the simulator, so that the first request already finds runs in progress. */
const SWEEP_AGE = 300;
/** Ten minutes at the usual speed: long enough to read and fetch what it gave, and no demo goes dead. */
const RESTARTS_AFTER = 36_000;

/** The steepest of the first row blows up; SIGFPE leaves 136. */
const DIVERGING = { number: 6, from: 170, exitCode: 136 };
/** One run ends soon after its start, because a file of its case is missing. */
const BROKEN = { number: 15, exitCode: 1, duration: 240 };

/**
 * An OpenFOAM sweep of 24 airfoils, four at a time, about 175 virtual minutes in all. One run diverges, one ends
 * with exit code 1, the rest give lift and drag.
 */
export function foamSweep(seed: number, store: FileStore, now: number): JobPlan {
  const rows = Array.from({ length: X_VELOCITIES.length * Y_VELOCITIES.length }, (_, position) => {
    const { xVelocity, yVelocity } = caseOf(seed, position + 1);
    return { x: xVelocity, y: yVelocity };
  });
  const definition = sweepDefinition(store, SWEEP, rows, CONCURRENT_RUNS, now);
  const nodesFreeAt = new Array<number>(CONCURRENT_RUNS).fill(FIRST_START);
  const runs: RunPlan[] = [];
  for (let number = 1; number <= X_VELOCITIES.length * Y_VELOCITIES.length; number += 1) {
    const foam = caseOf(seed, number);
    const plan = planOf(seed, number, foam);
    const node = nodesFreeAt.indexOf(Math.min(...nodesFreeAt));
    plan.startsAt = nodesFreeAt[node]!;
    nodesFreeAt[node]! += plan.duration! + 5;
    runs.push(plan);
  }
  return { id: SWEEP, name: SWEEP, olderBy: SWEEP_AGE, restartsAfter: RESTARTS_AFTER, definition, runs };
}

function caseOf(seed: number, number: number): FoamCase {
  return {
    key: `${SWEEP}/${seed}/${number}`,
    seed,
    xVelocity: X_VELOCITIES[Math.floor((number - 1) / Y_VELOCITIES.length)]!,
    yVelocity: Y_VELOCITIES[(number - 1) % Y_VELOCITIES.length]!,
    iterations: ITERATIONS,
    ...(number === DIVERGING.number ? { behaviour: 'diverges', from: DIVERGING.from } : CONVERGING),
  };
}

function planOf(seed: number, number: number, foam: FoamCase): RunPlan {
  const fullDuration = 1600 + Math.floor(fraction(seed, 'duration', number) * 400);
  const variables = [
    { name: 'x_velocity', value: foam.xVelocity },
    { name: 'y_velocity', value: foam.yVelocity },
  ];
  const shared = { outputsAfter: OUTPUTS_AFTER, contentsAfter: CONTENTS_AFTER, variables };
  const secondsPerStep = fullDuration / ITERATIONS;
  const plan = (duration: number, more: Partial<RunPlan>, log = foamLog(foam)): RunPlan => {
    const computation = { key: foam.key, command: COMMAND, log, secondsPerStep, duration };
    return { ...shared, ...more, duration, sources: (facts) => airfoilFiles(foam, computation, facts) };
  };
  if (number === BROKEN.number) {
    return plan(
      BROKEN.duration,
      { exitCode: BROKEN.exitCode },
      { ...foamLog(foam), steps: 0, ending: MISSING_FILE },
    );
  }
  if (number === DIVERGING.number) {
    return plan(Math.floor((DIVERGING.from + 70) * secondsPerStep), { exitCode: DIVERGING.exitCode });
  }
  const { Cd, Cl } = finalForces(foam);
  return plan(fullDuration, {
    results: [
      { name: 'Cd', value: Cd },
      { name: 'Cl', value: Cl },
    ],
  });
}

const COMMAND = 'mpirun -np 16 simpleFoam -parallel -case airFoil2D | tee log.simpleFoam';
const MISSING_FILE =
  '[0] --> FOAM FATAL IO ERROR: (openfoam-2012)\n' +
  '[0] cannot find file "constant/turbulenceProperties"\n[0] \nFOAM parallel run exiting\n';
