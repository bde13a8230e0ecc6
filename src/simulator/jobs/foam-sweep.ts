import { fraction } from '../content/random';
import { HEALTHY } from '../logs/behaviour';
import { foamLog } from '../logs/foam-log';
import { finalForces, type FoamCase } from '../logs/foam-solver';
import type { JobPlan } from '../model/job';
import type { RunPlan } from '../model/run';
import type { FileStore } from '../model/stored-files';
import { SWEEP } from '../scripts/job-action';
import { airfoilFiles } from './airfoil-files';
import { sweepDefinition } from './sweep-definition';

const SPEEDS = [20, 26, 32, 38];
const RISES = [0, 1.5, 3, 4.5, 6, 8.5];
const ITERATIONS = 400;
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
export function foamSweep(seed: number, store: FileStore, now: number): JobPlan {
  const rows = Array.from({ length: SPEEDS.length * RISES.length }, (_, position) => {
    const { xVelocity, yVelocity } = caseOf(seed, position + 1);
    return { x: xVelocity, y: yVelocity };
  });
  const definition = sweepDefinition(store, SWEEP, rows, AT_A_TIME, now);
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
  return { id: SWEEP, name: SWEEP, olderBy: OLDER_BY, restartsAfter: RESTARTS_AFTER, definition, runs };
}

function caseOf(seed: number, number: number): FoamCase {
  return {
    key: `${SWEEP}/${seed}/${number}`,
    seed,
    xVelocity: SPEEDS[Math.floor((number - 1) / RISES.length)]!,
    yVelocity: RISES[(number - 1) % RISES.length]!,
    iterations: ITERATIONS,
    ...(number === DIVERGING.number ? { behaviour: 'diverges', from: DIVERGING.from } : HEALTHY),
  };
}

function planOf(seed: number, number: number, foam: FoamCase): RunPlan {
  const whole = 1600 + Math.floor(fraction(seed, 'duration', number) * 400);
  const variables = [
    { name: 'x_velocity', value: foam.xVelocity },
    { name: 'y_velocity', value: foam.yVelocity },
  ];
  const shared = { outputsAfter: OUTPUTS_AFTER, contentsAfter: CONTENTS_AFTER, variables };
  const secondsPerStep = whole / ITERATIONS;
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
  return plan(whole, {
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
