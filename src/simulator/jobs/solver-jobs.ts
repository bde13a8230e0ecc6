import * as v from 'valibot';
import type { LogKind } from '../catalog/analyses';
import { jobDefinition, type JobDefinition } from '../definition/job-definition';
import { HEALTHY, type Course } from '../logs/behaviour';
import { solverFiles, type Computation } from '../logs/computation';
import { foamLog } from '../logs/foam-log';
import type { FoamCase } from '../logs/foam-solver';
import { solverLogs } from '../logs/solver-logs';
import type { JobPlan } from '../model/job';
import type { RunPlan } from '../model/run';
import { airfoilFiles } from './airfoil-files';

/** Virtual seconds from the submission to the first run. */
const FIRST_START = 30;
const OUTPUTS_AFTER = 30;

interface Ending {
  exitCode: number;
  /** Steps that are written before it. */
  after: number;
}

/** The ways a run goes, one run each: what a guard has to tell apart. */
const courses: (Course & Partial<Ending> & { transient?: boolean; silentFrom?: number })[] = [
  HEALTHY,
  { behaviour: 'diverges', from: 160, transient: true, exitCode: 136, after: 260 },
  { behaviour: 'stalls', from: 150 },
  { behaviour: 'oscillates', from: 150 },
  { behaviour: 'crashes', from: 300, exitCode: 139, after: 300 },
  { ...HEALTHY, silentFrom: 200 },
];

const ITERATIONS = 900;
const SECONDS_PER_STEP = 2;
/** A run that has fallen silent hangs for this long: three days. */
const HANGS = 3 * 86_400;

/** `foamTroubles`: six OpenFOAM runs; one converges, then diverging, stalled, oscillating, crashed, silent. */
export function foamTroubles(seed: number): JobPlan {
  const runs = courses.map((course, position): RunPlan => {
    const { behaviour, from, transient, exitCode = 0, after = ITERATIONS, silentFrom } = course;
    const key = `foamTroubles/${seed}/${position + 1}`;
    const iterations = Math.min(ITERATIONS, after);
    const foam: FoamCase = { key, seed, behaviour, from, iterations, transient, xVelocity: 26, yVelocity: 3 };
    const duration = silentFrom === undefined ? iterations * SECONDS_PER_STEP : HANGS;
    const solver = transient ? 'pimpleFoam' : 'simpleFoam';
    const computation: Computation = {
      key,
      command: `mpirun -np 16 ${solver} -parallel | tee log.${solver}`,
      log: foamLog(foam),
      secondsPerStep: SECONDS_PER_STEP,
      duration,
      silentFrom,
    };
    return {
      startsAt: FIRST_START,
      duration,
      exitCode,
      outputsAfter: OUTPUTS_AFTER,
      sources: (facts) => airfoilFiles(foam, computation, facts),
    };
  });
  return {
    id: 'foamTroubles',
    definition: definitionOf(
      'foamTroubles',
      'openfoam_plus',
      'v2012+-intelmpi',
      'simpleFoam -parallel | tee log.simpleFoam',
    ),
    runs,
    restartsAfter: RESTARTS_AFTER,
  };
}

const RESTARTS_AFTER = 36_000;

const others: {
  id: string;
  kind: Exclude<LogKind, 'openfoam'>;
  code: string;
  version: string;
  command: string;
  steps: number;
  secondsPerStep: number;
}[] = [
  {
    id: 'fluentDuct',
    kind: 'fluent',
    code: 'ansys_fluent',
    version: '2023r1',
    command: 'fluent 3ddp -g -i duct.jou',
    steps: 420,
    secondsPerStep: 3,
  },
  {
    id: 'starCar',
    kind: 'starccm',
    code: 'star_ccm',
    version: '17.06.007',
    command: 'starccm+ -batch run car.sim',
    steps: 500,
    secondsPerStep: 4,
  },
  {
    id: 'su2Nozzle',
    kind: 'su2',
    code: 'su2',
    version: '7.5.1',
    command: 'SU2_CFD nozzle.cfg',
    steps: 600,
    secondsPerStep: 2,
  },
  {
    id: 'abaqusBeam',
    kind: 'abaqus',
    code: 'abaqus',
    version: '2023',
    command: 'abaqus job=beam interactive',
    steps: 0,
    secondsPerStep: 30,
  },
];

/** A job for each other solver: one run that goes well, and one that does not. */
export function solverJobs(seed: number): JobPlan[] {
  return others.map(({ id, kind, code, version, command, steps, secondsPerStep }) => {
    const runs = [HEALTHY, { behaviour: 'diverges', from: kind === 'abaqus' ? 8 : 150 } as const].map(
      (course, position): RunPlan => {
        const key = `${id}/${seed}/${position + 1}`;
        const healthy = course === HEALTHY;
        const log = solverLogs[kind]({
          key,
          steps: healthy ? steps : Math.min(steps, LOST_AFTER),
          planned: steps,
          ...course,
        });
        const duration = Math.max(1, log.steps) * secondsPerStep;
        const computation: Computation = { key, command, log, secondsPerStep, duration };
        return {
          startsAt: FIRST_START,
          duration,
          exitCode: healthy ? 0 : 1,
          outputsAfter: OUTPUTS_AFTER,
          sources: (facts) => solverFiles(computation, facts),
        };
      },
    );
    return { id, definition: definitionOf(id, code, version, command), runs, restartsAfter: RESTARTS_AFTER };
  });
}

/** Steps until the run that diverges ends. */
const LOST_AFTER = 240;

function definitionOf(name: string, code: string, version: string, command: string): JobDefinition {
  return v.parse(jobDefinition, {
    name,
    jobanalyses: [
      { analysis: { code, version }, command, hardware: { coreType: 'marble', coresPerSlot: 16, slots: 6 } },
    ],
  });
}
