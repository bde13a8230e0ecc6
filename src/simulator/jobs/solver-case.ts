import type { LogKind } from '../catalog/analyses';
import { HEALTHY } from '../logs/behaviour';
import type { Computation } from '../logs/computation';
import { foamLog } from '../logs/foam-log';
import { finalForces, type FoamCase } from '../logs/foam-solver';
import type { SolverLog } from '../logs/growing-log';
import { solverLogs } from '../logs/solver-logs';
import type { VariableScript } from '../scripts/job-script';
import type { CommandFacts } from './command';
import { response } from './results';

/** What one tile of a job does in one run. */
export interface SolverCase extends Computation {
  exitCode: number;
  /** The value of a result by its name, as the solver would have computed it. */
  result(name: string): VariableScript;
  /** The airfoil that it computes, when it computes one. */
  foam: FoamCase | null;
}

interface Asked {
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
}: Asked): SolverCase {
  const foam = kind === 'openfoam' ? airfoil(seed, key, steps, variables) : null;
  const { sleeps, exitCode, printed } = facts;
  const log = foam
    ? foamLog(foam)
    : kind && kind !== 'openfoam'
      ? solverLogs[kind]({ key, steps, ...HEALTHY })
      : null;
  const own = log ?? plainLog(printed, sleeps);
  const whole = log ? log.steps * secondsPerStep : Math.max(sleeps, own.steps * PLAIN_SECONDS);
  const forces = foam ? finalForces(foam) : null;
  return {
    key,
    command: command.split('\n')[0]!,
    log: own,
    secondsPerStep: log ? secondsPerStep : PLAIN_SECONDS,
    duration: Math.max(1, whole + (log ? sleeps : 0)),
    exitCode,
    foam,
    result: (name) => ({
      name,
      value: forces && (name === 'Cd' || name === 'Cl') ? forces[name] : response(seed, name, variables),
    }),
  };
}

/** The wind of an airfoil is in its variables, by whatever names tables have for it. */
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
    ...HEALTHY,
  };
}

const PLAIN_SECONDS = 60;
const PLAIN_STEPS = 5;

/** A program that nothing is known of gives a sign of life each minute. */
function plainLog(printed: string[], sleeps: number): SolverLog {
  const steps = printed.length > 0 || sleeps > 0 ? Math.floor(sleeps / PLAIN_SECONDS) : PLAIN_STEPS;
  return {
    path: 'shared/output.log',
    steps,
    head: printed.map((line) => `${line}\n`).join(''),
    step: (number) => `Time = ${number * PLAIN_SECONDS} s\n`,
    ending: '',
  };
}
