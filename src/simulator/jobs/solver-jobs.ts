import * as v from 'valibot';
import type { LogKind } from '../catalog/analyses';
import { jobDefinition, type JobDefinition } from '../definition/job-definition';
import { CONVERGING, type Convergence } from '../logs/convergence';
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

/** One run for each verdict that monitor-run has to tell apart. */
const foamCases: (Convergence & Partial<Ending> & { transient?: boolean; silentFrom?: number })[] = [
  CONVERGING,
  { behaviour: 'diverges', from: 160, transient: true, exitCode: 136, after: 260 },
  { behaviour: 'stalls', from: 150 },
  { behaviour: 'oscillates', from: 150 },
  { behaviour: 'crashes', from: 300, exitCode: 139, after: 300 },
  { ...CONVERGING, silentFrom: 200 },
];

const ITERATIONS = 900;
const SECONDS_PER_STEP = 2;
/** A silent run goes on without output for three days. */
const SILENT_DURATION = 3 * 86_400;

/** `foamTroubles`: six OpenFOAM runs; one converges, then diverging, stalled, oscillating, crashed, silent. */
export function foamTroubles(seed: number): JobPlan {
  const runs = foamCases.map((convergence, position): RunPlan => {
    const { behaviour, from, transient, exitCode = 0, after = ITERATIONS, silentFrom } = convergence;
    const key = `foamTroubles/${seed}/${position + 1}`;
    const iterations = Math.min(ITERATIONS, after);
    const foam: FoamCase = { key, seed, behaviour, from, iterations, transient, xVelocity: 26, yVelocity: 3 };
    const duration = silentFrom === undefined ? iterations * SECONDS_PER_STEP : SILENT_DURATION;
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

const solverCases: {
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
  return solverCases.map(({ id, kind, code, version, command, steps, secondsPerStep }) => {
    const runs = [CONVERGING, { behaviour: 'diverges', from: kind === 'abaqus' ? 8 : 150 } as const].map(
      (convergence, position): RunPlan => {
        const key = `${id}/${seed}/${position + 1}`;
        const converges = convergence === CONVERGING;
        const log = solverLogs[kind]({
          key,
          steps: converges ? steps : Math.min(steps, DIVERGED_AFTER),
          planned: steps,
          ...convergence,
        });
        const duration = Math.max(1, log.steps) * secondsPerStep;
        const computation: Computation = { key, command, log, secondsPerStep, duration };
        return {
          startsAt: FIRST_START,
          duration,
          exitCode: converges ? 0 : 1,
          outputsAfter: OUTPUTS_AFTER,
          sources: (facts) => solverFiles(computation, facts),
        };
      },
    );
    return { id, definition: definitionOf(id, code, version, command), runs, restartsAfter: RESTARTS_AFTER };
  });
}

/** Steps until the run that diverges ends. */
const DIVERGED_AFTER = 240;

function definitionOf(name: string, code: string, version: string, command: string): JobDefinition {
  return v.parse(jobDefinition, {
    name,
    jobanalyses: [
      { analysis: { code, version }, command, hardware: { coreType: 'marble', coresPerSlot: 16, slots: 6 } },
    ],
  });
}
