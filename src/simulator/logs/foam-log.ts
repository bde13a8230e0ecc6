import { contentOf, type Content } from '../content/contents';
import { foamNumber, forcesAt, residualsAt, type FoamCase } from './foam-solver';

/** Logs in the making that are remembered; more than run at the same time. */
const REMEMBERED = 8;

interface Log {
  iterations: number;
  text: Buffer;
}

const remembered = new Map<string, Log>();

/** What simpleFoam has written after so many iterations. */
export function solverLog(foam: FoamCase, iterations: number, ending: string): Content {
  const grown = grownLog(foam, iterations);
  return contentOf(ending ? Buffer.concat([grown, Buffer.from(ending)]) : grown);
}

/** A log only grows, so what was written for the last question is the beginning of this answer. */
function grownLog(foam: FoamCase, iterations: number): Buffer {
  let log = remembered.get(foam.key);
  if (!log || log.iterations > iterations) log = { iterations: 0, text: Buffer.from(banner(foam)) };
  const added: string[] = [];
  for (let iteration = log.iterations + 1; iteration <= iterations; iteration += 1) {
    added.push(iterationBlock(foam, iteration));
  }
  const text = added.length > 0 ? Buffer.concat([log.text, Buffer.from(added.join(''))]) : log.text;
  remembered.delete(foam.key);
  remembered.set(foam.key, { iterations, text });
  if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value!);
  return text;
}

function banner({ xVelocity, yVelocity, iterations }: FoamCase): string {
  return (
    `Build  : v2012\nExec   : simpleFoam -parallel\nnProcs : 16\n` +
    `Case   : airFoil2D\n\nCreate time\n\nCreate mesh for time = 0\n\n` +
    `SIMPLE: convergence criteria\n    field U     tolerance 1e-05\n    field p     tolerance 1e-05\n\n` +
    `Reading field p\nReading field U\nFree stream (${xVelocity} ${yVelocity} 0)\n` +
    `Selecting turbulence model SpalartAllmaras\n\nStarting time loop, ${iterations} iterations\n\n`
  );
}

/** Seconds of the solver's own clock per iteration. */
const ITERATION_TAKES = 0.42;

function iterationBlock(foam: FoamCase, iteration: number): string {
  const { Ux, Uy, p, nuTilda } = residualsAt(foam, iteration);
  const { Cd, Cl } = forcesAt(foam, iteration);
  const solved = (solver: string, field: string, initial: number, sweeps: number) =>
    `${solver}:  Solving for ${field}, Initial residual = ${foamNumber(initial)}, ` +
    `Final residual = ${foamNumber(initial * 0.07)}, No Iterations ${sweeps}\n`;
  const seconds = (iteration * ITERATION_TAKES).toFixed(2);
  return (
    `Time = ${iteration}\n\n` +
    solved('smoothSolver', 'Ux', Ux, 4) +
    solved('smoothSolver', 'Uy', Uy, 4) +
    solved('GAMG', 'p', p, 7) +
    `time step continuity errors : sum local = ${foamNumber(p * 0.031)}, ` +
    `global = ${foamNumber(p * 0.0017)}, cumulative = ${foamNumber(p * 0.0049)}\n` +
    solved('smoothSolver', 'nuTilda', nuTilda, 3) +
    `ExecutionTime = ${seconds} s  ClockTime = ${Math.ceil(iteration * ITERATION_TAKES)} s\n\n` +
    `forceCoeffs forceCoeffs1 write:\n    Cd    = ${foamNumber(Cd)}\n    Cl    = ${foamNumber(Cl)}\n\n`
  );
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
