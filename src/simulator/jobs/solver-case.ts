import type { LogKind } from '../catalog/analyses';
import { CONVERGING } from '../logs/convergence';
import type { Computation } from '../logs/computation';
import { foamLog } from '../logs/foam-log';
import { finalForces, type FoamCase } from '../logs/foam-solver';
import type { SolverLog } from '../logs/growing-log';
import { solverLogs } from '../logs/solver-logs';
import type { VariableScript } from '../scripts/job-script';
import type { CommandFacts } from './command';
import { syntheticResult } from './results';

/** What one tile of a job does in one run. */
export interface SolverCase extends Computation {
  exitCode: number;
  /** The value of a result by its name, as the solver would have computed it. */
  result(name: string): VariableScript;
  /** The airfoil that it computes, when it computes one. */
  foam: FoamCase | null;
}

interface SolverCaseOptions {
  seed: number;
  key: string;
  kind: LogKind | null;
  command: string;
  facts: CommandFacts;
  /** Virtual seconds a step. */
  secondsPerStep: number;
  /** Of a solver that is known. */
  steps: number;
  variables: VariableScript[];
}

export function solverCase({
  seed,
  key,
  kind,
  command,
  facts,
  secondsPerStep,
  steps,
  variables,
}: SolverCaseOptions): SolverCase {
  const foam = kind === 'openfoam' ? airfoil(seed, key, steps, variables) : null;
  const { sleeps, exitCode, printed } = facts;
  const log = foam
    ? foamLog(foam)
    : kind && kind !== 'openfoam'
      ? solverLogs[kind]({ key, steps, ...CONVERGING })
      : null;
  const writtenLog = log ?? heartbeatLog(printed, sleeps);
  const computes = log ? log.steps * secondsPerStep : Math.max(sleeps, writtenLog.steps * HEARTBEAT_SECONDS);
  const forces = foam ? finalForces(foam) : null;
  return {
    key,
    command: command.split('\n')[0]!,
    log: writtenLog,
    secondsPerStep: log ? secondsPerStep : HEARTBEAT_SECONDS,
    duration: Math.max(1, computes + (log ? sleeps : 0)),
    exitCode,
    foam,
    result: (name) => ({
      name,
      value:
        forces && (name === 'Cd' || name === 'Cl') ? forces[name] : syntheticResult(seed, name, variables),
    }),
  };
}

/** The free-stream velocity is in the run's variables, under one of the names that tables use for it. */
function airfoil(seed: number, key: string, iterations: number, variables: VariableScript[]): FoamCase {
  const number = (names: RegExp, fallback: number) => {
    const found = variables.find(({ name }) => names.test(name));
    return typeof found?.value === 'number' ? found.value : fallback;
  };
  return {
    key,
    seed,
    xVelocity: number(/^(x.?vel\w*|velocity|u_?x?|speed)$/i, 26),
    yVelocity: number(/^(y.?vel\w*|u_?y|angle\w*)$/i, 3),
    iterations,
    ...CONVERGING,
  };
}

const HEARTBEAT_SECONDS = 60;
const DEFAULT_HEARTBEATS = 5;

/** The log of a program that is not a known solver: a line a minute. */
function heartbeatLog(printed: string[], sleeps: number): SolverLog {
  const steps =
    printed.length > 0 || sleeps > 0 ? Math.floor(sleeps / HEARTBEAT_SECONDS) : DEFAULT_HEARTBEATS;
  return {
    path: 'shared/output.log',
    steps,
    header: printed.map((line) => `${line}\n`).join(''),
    step: (number) => `Time = ${number * HEARTBEAT_SECONDS} s\n`,
    ending: '',
  };
}
