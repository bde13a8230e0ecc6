/** Writes logs the way flow solvers other than OpenFOAM print them. All of it is our own text with our own numbers. */

const exponential = (value: number, digits = 4): string =>
  value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');

/** A residual that falls by a decade in 50 iterations. */
const falling = (iteration: number, column: number): number => 10 ** (-iteration / 50 - column / 10);

interface FluentLogOptions {
  iterations: number;
  columns?: readonly string[];
  /** A report whose column comes with the heading from this iteration on. */
  reportFrom?: number;
  value?: (iteration: number, column: string, index: number) => string;
  left?: number;
}

const right = (text: string, width: number): string => text.padStart(width);

export function fluentHeading(columns: readonly string[]): string {
  return `${right('iter', 6)}${columns.map((name) => right(name, Math.max(12, name.length + 2))).join('')}     time/iter`;
}

export function fluentRow(
  iteration: number,
  cells: readonly string[],
  columns: readonly string[],
  left: number,
): string {
  const values = cells.map((cell, index) => right(cell, Math.max(12, (columns[index] ?? '').length + 2)));
  return `${right(String(iteration), 6)}${values.join('')}  0:01:30 ${right(String(left), 4)}`;
}

export function fluentLog(options: FluentLogOptions): string {
  const base = options.columns ?? ['continuity', 'x-velocity', 'y-velocity', 'energy', 'k', 'epsilon'];
  const value = options.value ?? ((iteration, _name, index) => exponential(falling(iteration, index)));
  const last = options.left ?? options.iterations;
  const lines = ['          Welcome to ANSYS Fluent 2022 R2', '', 'Reading case', 'Done.', ''];
  for (let iteration = 1; iteration <= options.iterations; iteration++) {
    const report = options.reportFrom !== undefined && iteration >= options.reportFrom;
    const columns = report ? [...base, 'report-def-0'] : base;
    if (iteration % 10 === 1 || iteration === options.reportFrom) lines.push(fluentHeading(columns));
    const cells = columns.map((name, index) => value(iteration, name, index));
    lines.push(fluentRow(iteration, cells, columns, last - iteration));
    if (iteration % 7 === 0) lines.push(' Reversed flow on 12 faces (3.1% area) of pressure-outlet 5.', '');
  }
  return `${lines.join('\n')}\n`;
}

interface StarLogOptions {
  iterations: number;
  names?: readonly string[];
  /** A column without a value in the first rows. */
  emptyUntil?: { name: string; iteration: number };
}

export function starLog({ iterations, names, emptyUntil }: StarLogOptions): string {
  const columns = names ?? [
    'Continuity',
    'X-momentum',
    'Y-momentum',
    'Tke',
    'CD',
    'Total Solver CPU Time (s)',
    'Mass Flow (kg/s)',
  ];
  const width = (name: string): number => Math.max(15, name.length + 1);
  const heading = `${right('Iteration', 14)}${columns.map((name) => right(name, width(name))).join('')}`;
  const lines = ['Starting local server: starccm+ -np 8', 'Loading module: SurfaceMesher'];
  for (let iteration = 1; iteration <= iterations; iteration++) {
    if (iteration % 10 === 1) lines.push(heading);
    const cells = columns.map((name, index) => {
      const empty = emptyUntil?.name === name && iteration < emptyUntil.iteration;
      return right(empty ? '' : exponential(falling(iteration, index), 6), width(name));
    });
    lines.push(`${right(String(iteration), 14)}${cells.join('')}                `);
  }
  return `${lines.join('\n')}\n`;
}

export type Su2Form = 'csv' | 'csv-old' | 'tecplot' | 'bars' | 'blanks';

export function su2Log(form: Su2Form, iterations: number, first = 0): string {
  const rows = Array.from({ length: iterations }, (_, index) => first + index);
  const residual = (iteration: number, column: number): string =>
    (-2 - iteration / 25 - column / 10).toFixed(9);
  const values = (iteration: number): string[] => [
    residual(iteration, 0),
    residual(iteration, 1),
    (0.2 + 1 / (iteration + 2)).toFixed(10),
  ];
  if (form === 'csv') {
    const heading =
      '"Time_Iter","Outer_Iter","Inner_Iter",    "rms[Rho]"    ,    "rms[RhoU]"   ,       "CD"       ';
    return `${[
      heading,
      ...rows.map(
        (row) =>
          `          0,           0, ${right(String(row), 11)}, ${values(row)
            .map((value) => right(value, 18))
            .join(',')}`,
      ),
    ].join('\n')}\n`;
  }
  if (form === 'csv-old')
    return `${['"Iteration","Res_Flow[0]","Res_Flow[1]","CDrag"', ...rows.map((row) => `${right(String(row), 12)}, ${values(row).join(', ')}`)].join('\n')}\n`;
  if (form === 'tecplot')
    return `${['TITLE = "SU2 Simulation"', 'VARIABLES = "Iteration","Res_Flow[0]","Res_Flow[1]","CDrag"', 'ZONE T= "Convergence history"', ...rows.map((row) => `${right(String(row), 12)}, ${values(row).join(', ')}`)].join('\n')}\n`;
  if (form === 'bars') {
    const line = '+----------------------------------------------------------------+';
    const cells = (texts: readonly string[]): string => `|${texts.map((text) => right(text, 14)).join('|')}|`;
    return `${['|    SU2 v7.5.1 "Blackbird", The Open-Source CFD Code            |', line, cells(['Soln. Zone', 'Markers', 'Kind', 'Value']), cells(['0', '3', 'Euler', '1']), line, cells(['Inner_Iter', 'rms[Rho]', 'rms[RhoU]', 'CD']), line, ...rows.map((row) => cells([String(row), ...values(row).map((value) => Number(value).toFixed(6))])), '', '----------------------------- Solver Exit -------------------------------', 'All convergence criteria satisfied.', '------------------------- Exit Success (SU2_CFD) ------------------------'].join('\n')}\n`;
  }
  return `${[
    '                      Release 6.2.0  "Falcon"',
    '',
    ' Iter    Time(s)     Res[Rho]     Res[RhoU]   CDrag(Total)',
    ...rows.map(
      (row) =>
        `${right(String(row), 5)}   0.150000 ${values(row)
          .map((value) => right(Number(value).toFixed(6), 13))
          .join('')}`,
    ),
    '------------------------- Exit Success (SU2_CFD) ------------------------',
  ].join('\n')}\n`;
}

/** `coefficients` > 0: a run over time with so many coefficient loops a step. */
export function cfxLog(loops: number, coefficients = 0): string {
  const block = (loop: number): string[] => [
    ' ----------------------------------------------------------------------',
    ' |       Equation       | Rate | RMS Res | Max Res |  Linear Solution |',
    ' +----------------------+------+---------+---------+------------------+',
    ...['U-Mom', 'V-Mom', 'P-Mass'].map(
      (name, index) =>
        ` | ${name.padEnd(20)} | 0.95 | ${falling(loop, index).toExponential(1).toUpperCase()} | ${falling(
          loop - 40,
          index,
        )
          .toExponential(1)
          .toUpperCase()} |       1.5E-02  OK|`,
    ),
    ' +----------------------+------+---------+---------+------------------+',
  ];
  const lines = [' This run of the CFX 21.1 Solver started at 10:00:00 on 01 Jan 2026', ''];
  for (let loop = 1; loop <= loops; loop++) {
    if (coefficients === 0) {
      lines.push(
        ` OUTER LOOP ITERATION = ${right(String(loop), 4)}                    CPU SECONDS = ${(loop * 2).toExponential(3)}`,
        ...block(loop),
      );
      continue;
    }
    lines.push(
      ` TIME STEP = ${right(String(loop), 4)} SIMULATION TIME = ${(loop / 100).toExponential(4)} CPU SECONDS = ${(loop * 2).toExponential(3)}`,
    );
    for (let coefficient = 1; coefficient <= coefficients; coefficient++)
      lines.push(
        ` COEFFICIENT LOOP ITERATION = ${right(String(coefficient), 3)}`,
        ...block(loop + coefficient),
      );
  }
  return `${lines.join('\n')}\n`;
}
