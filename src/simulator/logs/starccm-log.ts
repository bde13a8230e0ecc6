import type { SolverLog } from './growing-log';
import { residualAt, scientific, type Equation, type ResidualCase } from './residuals';

const equations: Equation[] = [
  { name: 'Continuity', start: 1, decay: 60, floor: 2e-4 },
  { name: 'X-momentum', start: 1, decay: 48, floor: 1e-4 },
  { name: 'Y-momentum', start: 1, decay: 50, floor: 1e-4 },
  { name: 'Z-momentum', start: 1, decay: 50, floor: 1e-4 },
  { name: 'Tke', start: 1, decay: 55, floor: 3e-4 },
  { name: 'Sdr', start: 1, decay: 40, floor: 1e-5 },
];
const monitors = ['Drag Force (N)', 'Lift Force Front Axle (N)'];

/** Values stand right-aligned below their names, which have blanks in them. */
const WIDTH = 16;
const widthOf = (name: string) => Math.max(WIDTH, name.length + 3);
const HEADING_EVERY = 10;

const heading =
  ['Iteration', ...equations.map(({ name }) => name), ...monitors]
    .map((name) => name.padStart(widthOf(name)))
    .join('') + '\n';

/** STAR-CCM+'s style: wide tables, reports beside residuals, a stopping criterion at the end. */
export function starccmLog(run: ResidualCase): SolverLog {
  return {
    path: 'shared/starccm.out',
    steps: run.steps,
    header:
      'Starting parallel server\nLoading simulation file: car.sim\nSimulation database saved by the same version\n\n',
    step: (iteration) => row(run, iteration),
    ending:
      run.behaviour === 'diverges'
        ? 'A floating point exception has occurred: floating point divide by zero\nCommand: Automation.Run\nerror: Server Error\n'
        : run.behaviour === 'crashes'
          ? 'Server process ended unexpectedly (return code 139)\n'
          : 'Stopping criterion Maximum Steps satisfied.\nSaving: car@end.sim\nServer process exited with code 0\n',
  };
}

function row(run: ResidualCase, iteration: number): string {
  const residuals = equations.map((equation) => residualAt(run, equation, iteration));
  const settled = 1 - 0.9 * Math.exp(-iteration / 70);
  const divergence = run.behaviour === 'diverges' ? 1.3 ** Math.max(0, iteration - run.from) : 1;
  const reports = [412.6 * settled * divergence, -88.4 * settled * divergence];
  const cells = [
    String(iteration).padStart(widthOf('Iteration')),
    ...residuals.map((value, place) => scientific(value, 6).padStart(widthOf(equations[place]!.name))),
    ...reports.map((value, place) => scientific(value, 6).padStart(widthOf(monitors[place]!))),
  ];
  return `${iteration % HEADING_EVERY === 1 ? heading : ''}${cells.join('')}\n`;
}
