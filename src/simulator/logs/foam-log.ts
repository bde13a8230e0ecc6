import { contentOf, type Content } from '../content/contents';
import {
  continuityAt,
  courantAt,
  foamNumber,
  forcesAt,
  solveAt,
  type Field,
  type FoamCase,
} from './foam-solver';
import type { SolverLog } from './growing-log';

/** What simpleFoam or pimpleFoam writes about a case. */
export function foamLog(foam: FoamCase): SolverLog {
  const solver = foam.transient ? 'pimpleFoam' : 'simpleFoam';
  return {
    path: `shared/log.${solver}`,
    steps: foam.iterations,
    header: logHeader(foam, solver),
    step: (iteration) => iterationBlock(foam, iteration),
    ending: endings[foam.behaviour] ?? 'End\n\nFinalising parallel run\n',
  };
}

/** What a process leaves that a signal ends: a trace of its own, or none, and the launcher's last words. */
const endings: Partial<Record<FoamCase['behaviour'], string>> = {
  diverges:
    '[3] #0  Foam::error::printStack(Foam::Ostream&) at ??:?\n' +
    '[3] #1  Foam::sigFpe::sigHandler(int) at ??:?\n' +
    '[3] #2  ? in /lib/x86_64-linux-gnu/libpthread.so.0\n' +
    '[3] #3  Foam::PCG::scalarSolve(Foam::Field<double>&) const at ??:?\n' +
    launcherMessage(8, 'Floating point exception'),
  crashes: launcherMessage(11, 'Segmentation fault'),
};

function launcherMessage(signal: number, name: string): string {
  return (
    `${'-'.repeat(74)}\nmpirun noticed that process rank 3 with PID 0 on node ip-10-20-0-14 exited on signal ${signal} ` +
    `(${name}).\n${'-'.repeat(74)}\n`
  );
}

function logHeader({ xVelocity, yVelocity, iterations, transient }: FoamCase, solver: string): string {
  const control = transient
    ? 'PIMPLE: Operating solver in PISO mode\n'
    : 'SIMPLE: convergence criteria\n    field U     tolerance 1e-05\n    field p     tolerance 1e-05\n';
  return (
    `Build  : v2012\nExec   : ${solver} -parallel\nnProcs : 16\n` +
    `trapFpe: Floating point exception trapping enabled (FOAM_SIGFPE).\n` +
    `Case   : airFoil2D\n\nCreate time\n\nCreate mesh for time = 0\n\n${control}\n` +
    `Reading field p\nReading field U\nFree stream (${xVelocity} ${yVelocity} 0)\n` +
    `Selecting turbulence model SpalartAllmaras\n\nStarting time loop, ${iterations} iterations\n\n`
  );
}

/** Seconds of the solver's own clock per iteration. */
const ITERATION_TAKES = 0.42;

function iterationBlock(foam: FoamCase, iteration: number): string {
  const { Cd, Cl } = forcesAt(foam, iteration);
  const solved = (solver: string, field: Field) => {
    const { initial, final, sweeps } = solveAt(foam, field, iteration);
    return (
      `${solver}:  Solving for ${field}, Initial residual = ${foamNumber(initial)}, ` +
      `Final residual = ${foamNumber(final)}, No Iterations ${sweeps}\n`
    );
  };
  const local = continuityAt(foam, iteration);
  const seconds = (iteration * ITERATION_TAKES).toFixed(2);
  return (
    timeLines(foam, iteration) +
    solved('smoothSolver', 'Ux') +
    solved('smoothSolver', 'Uy') +
    solved('GAMG', 'p') +
    `time step continuity errors : sum local = ${foamNumber(local)}, ` +
    `global = ${foamNumber(local * 0.055)}, cumulative = ${foamNumber(local * 0.16)}\n` +
    solved('smoothSolver', 'nuTilda') +
    `ExecutionTime = ${seconds} s  ClockTime = ${Math.ceil(iteration * ITERATION_TAKES)} s\n\n` +
    `forceCoeffs forceCoeffs1 write:\n    Cd    = ${foamNumber(Cd)}\n    Cl    = ${foamNumber(Cl)}\n\n`
  );
}

/** By key: the simulated time so far; a step's own depends on all before it. */
const timesByKey = new Map<string, number[]>();

function timeLines(foam: FoamCase, iteration: number): string {
  if (!foam.transient) return `Time = ${iteration}\n\n`;
  const { mean, max, deltaT } = courantAt(foam, iteration);
  return (
    `Courant Number mean: ${foamNumber(mean)} max: ${foamNumber(max)}\ndeltaT = ${foamNumber(deltaT)}\n` +
    `Time = ${foamNumber(timeAt(foam, iteration))}\n\n`
  );
}

/** Once the step has collapsed, the printed time stands still. */
function timeAt(foam: FoamCase, iteration: number): number {
  const known = timesByKey.get(foam.key) ?? [0];
  while (known.length <= iteration) known.push(known.at(-1)! + courantAt(foam, known.length).deltaT);
  timesByKey.delete(foam.key);
  timesByKey.set(foam.key, known);
  if (timesByKey.size > 8) timesByKey.delete(timesByKey.keys().next().value!);
  return known[iteration]!;
}

/** The table of the force coefficients, one row per iteration. */
export function forcesTable(foam: FoamCase, iterations: number): Content {
  const rows = ['# Force coefficients', '# Time\tCd\tCl'];
  for (let iteration = 1; iteration <= iterations; iteration += 1) {
    const { Cd, Cl } = forcesAt(foam, iteration);
    rows.push(`${iteration}\t${foamNumber(Cd)}\t${foamNumber(Cl)}`);
  }
  return contentOf(`${rows.join('\n')}\n`);
}
