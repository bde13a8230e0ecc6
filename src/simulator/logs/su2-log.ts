import type { SolverLog } from './growing-log';
import { residualAt, type Equation, type ResidualCase } from './residuals';

const equations: Equation[] = [
  { name: 'rms[Rho]', start: 4e-3, decay: 55, floor: 1e-7 },
  { name: 'rms[RhoU]', start: 6e-3, decay: 55, floor: 1e-7 },
  { name: 'rms[RhoV]', start: 5e-3, decay: 57, floor: 1e-7 },
  { name: 'rms[RhoE]', start: 2e3, decay: 55, floor: 1e-7 },
];

const WIDTH = 12;
const names = ['Inner_Iter', 'Time(sec)', ...equations.map(({ name }) => name), 'CL', 'CD'];
const separator = `+${'-'.repeat(names.length * (WIDTH + 1) - 1)}+\n`;
const rowOf = (cells: string[]) => `|${cells.map((cell) => cell.padStart(WIDTH)).join('|')}|\n`;

const MET = 'All convergence criteria satisfied.';
const NOT_MET = 'Maximum number of iterations reached before convergence.';

/** SU2's style: a table with bars, residuals as their logarithms, counted from 0. */
export function su2Log(run: ResidualCase): SolverLog {
  return {
    path: 'shared/log_su2.txt',
    steps: run.steps,
    header:
      `${'-'.repeat(80)}\n|  SU2 v7.5.1, The Open-Source CFD Code${' '.repeat(40)}|\n${'-'.repeat(80)}\n\n` +
      `Reading the mesh and the configuration\n\n${'-'.repeat(29)} Begin Solver ${'-'.repeat(29)}\n\n` +
      `${separator}${rowOf(names)}${separator}`,
    step: (number) => row(run, number),
    ending:
      run.behaviour === 'diverges'
        ? '\nError in "void CSolver::SetResidual_RMS(const CGeometry*, const CConfig*)":\nSU2 has diverged. (NaN detected)\n\n'
        : run.behaviour === 'crashes'
          ? 'Segmentation fault (core dumped)\n'
          : `${separator}\n${run.behaviour === 'converges' ? MET : NOT_MET}\n\n${'-'.repeat(25)} Exit Success (SU2_CFD) ${'-'.repeat(25)}\n`,
  };
}

function row(run: ResidualCase, number: number): string {
  const residuals = equations.map((equation) => Math.log10(residualAt(run, equation, number)).toFixed(6));
  const settled = 1 - Math.exp(-number / 60);
  const divergence = run.behaviour === 'diverges' ? 1.25 ** Math.max(0, number - run.from) : 1;
  const coefficients = [0.3269 * settled * divergence, 0.02134 + 0.09 * (1 - settled) * divergence];
  return rowOf([
    String(number - 1),
    (0.2312).toExponential(4).replace('e-1', 'e-01'),
    ...residuals,
    ...coefficients.map((value) => value.toFixed(6)),
  ]);
}
