/** Writes logs the way OpenFOAM's solvers print them. All of it is our own text with our own numbers. */

interface FoamLogOptions {
  steps: number;
  fields?: readonly string[];
  /** Residual of a field at a step (from 1) and solve (from 0). */
  residual?: (field: string, step: number, solve: number) => number | string;
  solves?: Readonly<Record<string, number>>;
  application?: string;
  heading?: boolean;
  /** Time of step `n`. */
  time?: (step: number) => string;
  /** Prints a Courant number and deltaT before each Time line. */
  transient?: boolean;
  courantInside?: boolean;
  end?: string;
}

export function foamHeading(application: string): string {
  return [
    '/*---------------------------------------------------------------------------*\\',
    '  =========                 |',
    '  \\\\      /  F ield         | OpenFOAM: The Open Source CFD Toolbox',
    '\\*---------------------------------------------------------------------------*/',
    'Build  : test-build',
    `Exec   : ${application}`,
    'Date   : Jan 01 2026',
    'Time   : 10:00:00',
    'Case   : /data/case',
    'nProcs : 1',
    'trapFpe: Floating point exception trapping enabled (FOAM_SIGFPE).',
    'Create time',
    '',
  ].join('\n');
}

export function foamSolve(
  field: string,
  initial: number | string,
  final: number | string = typeof initial === 'number' ? initial / 10 : initial,
  sweeps = 3,
): string {
  return `smoothSolver:  Solving for ${field}, Initial residual = ${initial}, Final residual = ${final}, No Iterations ${sweeps}`;
}

export function foamLog(options: FoamLogOptions): string {
  const { steps, application = 'simpleFoam', transient = false, solves = {} } = options;
  const fields = options.fields ?? ['Ux', 'Uy', 'p'];
  const residual = options.residual ?? ((_field, step, solve) => 10 ** (-step / 20) / (1 + 3 * solve));
  const time = options.time ?? String;
  const lines = options.heading === false ? [] : [foamHeading(application), 'Starting time loop', ''];
  for (let step = 1; step <= steps; step++) {
    const courant = `Courant Number mean: ${0.1 + step / 1000} max: ${0.5 + step / 1000}`;
    if (transient) lines.push(courant, 'deltaT = 0.001');
    lines.push(`Time = ${time(step)}`, '');
    if (options.courantInside) lines.push(courant);
    for (const field of fields)
      for (let solve = 0; solve < (solves[field] ?? 1); solve++)
        lines.push(foamSolve(field, residual(field, step, solve)));
    lines.push(
      `time step continuity errors : sum local = ${1e-5 / step}, global = ${1e-7}, cumulative = ${1e-6}`,
      `ExecutionTime = ${step * 0.5} s  ClockTime = ${step} s`,
      '',
    );
  }
  return `${lines.join('\n')}\n${options.end ?? 'End\n\n'}`;
}
