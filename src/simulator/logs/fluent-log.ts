import { fraction } from '../content/random';
import type { SolverLog } from './growing-log';
import { residualAt, scientific, type Equation, type ResidualCase } from './residuals';

const equations: Equation[] = [
  { name: 'continuity', start: 1, decay: 52, floor: 4e-4 },
  { name: 'x-velocity', start: 4e-3, decay: 44, floor: 3e-4 },
  { name: 'y-velocity', start: 3e-3, decay: 46, floor: 3e-4 },
  { name: 'z-velocity', start: 3e-3, decay: 46, floor: 3e-4 },
  { name: 'k', start: 3e-2, decay: 40, floor: 2e-3 },
  { name: 'omega', start: 2e-1, decay: 38, floor: 2e-4 },
];

/** Rows between two headings. */
const HEADING_EVERY = 10;
const SECONDS_A_STEP = 3;

const WRITTEN = 'Writing "duct.dat.h5"...\nDone.\n';

const heading = `  iter${equations.map(({ name }) => name.padStart(12)).join('')}     time/iter\n`;

/** Fluent's style: a heading repeated every ten rows, remarks between the rows, the time left at their ends. */
export function fluentLog(run: ResidualCase): SolverLog {
  return {
    path: 'shared/fluent.out',
    steps: run.steps,
    header:
      'Starting the solver on 16 processes\nReading "duct.cas.h5"...\n    812340 hexahedral cells, zone 3\nDone.\n' +
      `> /solve/iterate ${run.planned ?? run.steps}\n\n`,
    step: (iteration) => row(run, iteration),
    ending:
      run.behaviour === 'diverges'
        ? 'Divergence detected in AMG solver: pressure correction\nError at host: floating point exception\n'
        : run.behaviour === 'crashes'
          ? 'MPI Application rank 5 killed before MPI_Finalize() with signal 9\n'
          : run.behaviour === 'converges'
            ? `!  ${run.steps} solution is converged\n\n${WRITTEN}`
            : WRITTEN,
  };
}

function row(run: ResidualCase, iteration: number): string {
  const values = equations.map((equation) =>
    scientific(residualAt(run, equation, iteration), 4).padStart(12),
  );
  const left = (run.planned ?? run.steps) - iteration;
  const seconds = left * SECONDS_A_STEP;
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, '0')))
    .join(':');
  const remark =
    fraction(run.key, 'reversed', iteration) < 0.06
      ? `\n Reversed flow on ${3 + Math.floor(40 * fraction(run.key, 'faces', iteration))} faces of pressure-outlet 7.\n\n`
      : '';
  return (
    (iteration % HEADING_EVERY === 1 ? heading : '') +
    `${String(iteration).padStart(6)}${values.join('')}  ${clock} ${String(left).padStart(4)}\n${remark}`
  );
}
