/** Writes logs the way solvers of structures print them. All of it is our own text with our own numbers. */

const right = (value: number | string, width: number): string => String(value).padStart(width);

/** Fortran's form: `0.1234E-02`. */
function fortran(value: number, digits = 4): string {
  if (value === 0) return `0.${'0'.repeat(digits)}E+00`;
  const exponent = Math.floor(Math.log10(Math.abs(value))) + 1;
  const sign = exponent < 0 ? '-' : '+';
  return `${(value / 10 ** exponent).toFixed(digits)}E${sign}${right(Math.abs(exponent), 2).replace(' ', '0')}`;
}

export interface Attempt {
  step?: number;
  increment: number;
  attempt: number;
  failed?: boolean;
  iterations: number;
  total: number;
  size: number;
}

export function abaqusStatus(
  attempts: readonly Attempt[],
  end = ' THE ANALYSIS HAS COMPLETED SUCCESSFULLY',
): string {
  return [
    ' Abaqus/Standard 2023                  DATE 01-Jan-2026 TIME 10:00:00',
    ' SUMMARY OF JOB INFORMATION:',
    ' STEP  INC ATT SEVERE EQUIL TOTAL  TOTAL      STEP       INC OF       DOF    IF',
    '               DISCON ITERS ITERS  TIME/    TIME/LPF    TIME/LPF    MONITOR RIKS',
    '               ITERS               FREQ',
    ...attempts.map(
      ({ step = 1, increment, attempt, failed = false, iterations, total, size }) =>
        `${right(step, 4)}${right(increment, 6)}${right(attempt, 4)}${failed ? 'U' : ' '}${right(0, 5)}${right(iterations, 6)}${right(iterations, 6)}  ${total.toPrecision(3).padEnd(11)}${total.toPrecision(3).padEnd(11)}${size.toPrecision(4).padEnd(10)}`,
    ),
    '',
    end,
    '',
  ].join('\n');
}

export function abaqusMessage(
  attempts: readonly Attempt[],
  end = '          THE ANALYSIS HAS BEEN COMPLETED',
): string {
  const lines = [
    '1',
    '',
    '   Abaqus 2023                                  Date 01-Jan-2026   Time 10:00:00',
    '',
    ' STEP    1     INCREMENT     1     STEP TIME    0.00    ',
    '',
    '          AND A TOTAL TIME PERIOD OF                            1.00    ',
  ];
  for (const { increment, attempt, failed = false, iterations, total, size } of attempts) {
    lines.push(
      `  INCREMENT ${right(increment, 5)} STARTS. ATTEMPT NUMBER ${right(attempt, 2)}, TIME INCREMENT  ${size.toPrecision(4)}`,
    );
    for (let iteration = 1; iteration <= iterations; iteration++)
      lines.push(
        `               CONVERGENCE CHECKS FOR EQUILIBRIUM ITERATION ${right(iteration, 5)}`,
        ' AVERAGE FORCE                       65.2       TIME AVG. FORCE        65.2    ',
        ` LARGEST RESIDUAL FORCE             ${(-8.77 / iteration).toPrecision(4)}       AT NODE        207   DOF  1`,
      );
    if (!failed)
      lines.push(
        ` TIME INCREMENT COMPLETED  ${size.toPrecision(4)},  FRACTION OF STEP COMPLETED  ${total.toPrecision(3)}`,
        ` STEP TIME COMPLETED       ${total.toPrecision(3)},  TOTAL TIME COMPLETED        ${total.toPrecision(3)}`,
      );
  }
  return [...lines, end, ''].join('\n');
}

export function abaqusExplicitStatus(rows: number): string {
  const lines = [
    ' Abaqus/Explicit 2023                  DATE 01-Jan-2026 TIME 10:00:00',
    '              STEP      TOTAL       CPU      STABLE     CRITICAL     KINETIC      TOTAL',
    ' INCREMENT    TIME       TIME       TIME    INCREMENT    ELEMENT      ENERGY     ENERGY',
  ];
  for (let row = 0; row < rows; row++) {
    const time = (row * 1e-3).toExponential(3).replace(/e-(\d)$/, 'E-0$1');
    lines.push(
      `${right(row * 1000, 10)}  ${time}  ${time}  00:00:${right(row, 2).replace(' ', '0')}  1.018E-07       1234   3.456E+00  1.234E-01`,
    );
    lines.push(
      `ODB Field Frame Number ${right(row, 6)} of ${right(10, 6)} requested intervals at increment ${row}.`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Two sub-steps of the solve output, of which the second one is bisected. */
export function ansysSolve(): string {
  return [
    '          ***** ROUTINE COMPLETED *****  CP =         0.500',
    '',
    '     FORCE CONVERGENCE VALUE  =  0.4053E+05  CRITERION=   201.3    ',
    '     DISP CONVERGENCE VALUE   =  0.1058E-01  CRITERION=  0.5291E-03',
    '     EQUIL ITER   1 COMPLETED.  NEW TRIANG MATRIX.  MAX DOF INC=  0.1058E-01',
    '     FORCE CONVERGENCE VALUE  =   112.0      CRITERION=   205.4     <<< CONVERGED',
    '     EQUIL ITER   2 COMPLETED.  NEW TRIANG MATRIX.  MAX DOF INC=  0.1000E-03',
    '    >>> SOLUTION CONVERGED AFTER EQUILIBRIUM ITERATION   2',
    ' *** LOAD STEP     1   SUBSTEP     1  COMPLETED.    CUM ITER =      2',
    ' *** TIME =  0.500000         TIME INC =  0.500000',
    '     FORCE CONVERGENCE VALUE  =  0.9000E+05  CRITERION=   300.0    ',
    '     EQUIL ITER   1 COMPLETED.  NEW TRIANG MATRIX.  MAX DOF INC=  0.2000E+01',
    ' *** LOAD STEP     1   SUBSTEP     2  NOT COMPLETED.    CUM ITER =      3',
    ' *** BEGIN BISECTION NUMBER   1    NEW TIME INCREMENT=  0.250000',
    '     FORCE CONVERGENCE VALUE  =   90.00      CRITERION=   300.0     <<< CONVERGED',
    '     EQUIL ITER   1 COMPLETED.  NEW TRIANG MATRIX.  MAX DOF INC=  0.1000E-02',
    '',
  ].join('\n');
}

export function ansysTracking(rows: number): string {
  const columns = [
    'Time',
    'Load Step',
    'Sub-step',
    'Cum Iter',
    'Time Incr',
    'Bisection',
    'F   CRIT',
    'F    L2 ',
  ];
  const lines = ['<SOLUTION>'];
  for (let row = 1; row <= rows; row++) {
    if (row % 3 === 1)
      lines.push(
        '<LOADSTEPDATA>',
        '<HEADER>',
        ...columns.map((name, index) => ` <COLUMN ID="${right(index + 1, 5)}">${name}</COLUMN>`),
        '</HEADER>',
        '<COLDATA>',
      );
    lines.push(
      `${right((row / 4).toFixed(6), 12)}${right(1, 20)}${right(1, 16)}${right(row, 16)}     1.000000        ${right(0, 5)}${right((100 + row).toFixed(5), 14)}${right(fortran(5000 / row, 7), 18)}`,
    );
    if (row % 3 === 0) lines.push('</COLDATA>', '</LOADSTEPDATA>');
  }
  return `${lines.join('\r\n')}\r\n`;
}

export function ansysMonitor(rows: number): string {
  const lines = [
    ' SOLUTION HISTORY INFORMATION FOR JOB: file.mntr',
    ' ANSYS RELEASE 2023 R1          BUILD 23.1        10:00:00    01/01/2026',
    '',
    '  LOAD   SUB-  NO.  NO.    TOTL  INCREMENT    TOTAL         VARIAB 1     VARIAB 2     VARIAB 3     VARIAB 4',
    '  STEP   STEP ATTMP ITER   ITER  TIME/LFACT   TIME/LFACT    MONITOR      MONITOR      MONITOR     MONITOR',
    '                                                             Wall         MxDs         MxPl         MxRe',
    '',
  ];
  for (let row = 1; row <= rows; row++)
    lines.push(
      `${right(row, 6)}      1    1     5 ${right(row * 5, 6)}     1.0000  ${right(row.toFixed(4), 10)}    ${right((row * 2.5).toFixed(4), 10)}      0.10083E-02   0.0000       6.2438    `,
    );
  return `${lines.join('\n')}\n`;
}

export function dynaMessages(): string {
  return [
    ' initial kinetic energy = 0.00000000E+00',
    '       1 t 0.0000E+00 dt 1.38E-07 flush i/o buffers            01/01/26 10:00:00',
    '       1 t 0.0000E+00 dt 1.38E-07 write d3plot file            01/01/26 10:00:00',
    '    5000 t 6.9000E-04 dt 1.38E-07 write d3plot file            01/01/26 10:01:00',
    '   10000 t 1.3800E-03 dt 1.21E-07 write d3plot file            01/01/26 10:02:00',
    '',
    ' N o r m a l    t e r m i n a t i o n                          01/01/26 10:02:00',
    '',
  ].join('\n');
}

export function dynaEnergies(blocks: number): string {
  return Array.from({ length: blocks }, (_, index) =>
    [
      ` dt of cycle ${right(1000 * (index + 1), 7)} is controlled by shell       12 of part        1`,
      '',
      ` time...........................   ${((index + 1) / 1000).toExponential(5).toUpperCase()}`,
      ' time step......................   2.70000E-07',
      ' kinetic energy.................   5.45443E-01',
      ' hourglass energy ..............   1.73179E+00',
      ` total energy / initial energy..   ${(1 - index / 1000).toExponential(5).toUpperCase()}`,
      ' added mass.....................   0.38239E-03',
      ' percentage increase............   0.30809E+01',
      '',
    ].join('\n'),
  ).join('\n');
}

/** Design cycles with page headings between them, as the printer wants them. */
export function nastranOutput(cycles: number): string {
  const page = (number: number): string[] => [
    `1    WING                                                                  JANUARY   1, 2026  MSC Nastran  1/ 1/26   PAGE ${right(number, 5)}`,
    '                                                                                                                                    ',
    '0                                                                                                                                   ',
  ];
  const lines = ['1', '', '                * *     MSC Nastran 2023.1    * *', ...page(1)];
  for (let cycle = 1; cycle <= cycles; cycle++)
    lines.push(
      ` ^^^ STATIC ANALYSIS INITIATED.  DESIGN CYCLE NUMBER= ${right(cycle, 12)}`,
      ...page(cycle * 2),
      ` ^^^ STATIC ANALYSIS COMPLETED.  DESIGN CYCLE NUMBER= ${right(cycle, 12)}`,
      ...(cycle === 1
        ? ['                     THIS IS THE FIRST ANALYSIS - NO CONVERGENCE CHECK']
        : [
            '                              CONVERGENCE NOT ACHIEVED YET   (HARD CONVERGENCE DECISION LOGIC)',
            ...page(cycle * 2 + 1),
            `                      RELATIVE CHANGE IN OBJECTIVE           :  ${(10 ** -cycle).toExponential(4).toUpperCase()}  MUST BE LESS THAN   1.0000E-04`,
            '                        MAXIMUM CONSTRAINT VALUE            1.5579E+00.',
          ]),
      '                                                  (SOFT CONVERGENCE DECISION LOGIC)',
      '                      RELATIVE CHANGE IN OBJECTIVE           :  9.9999E+00  MUST BE LESS THAN   1.0000E-04',
    );
  return `${[...lines, '     RUN TERMINATED DUE TO HARD CONVERGENCE TO AN OPTIMUM AT CYCLE NUMBER =        4.', '1                                        * * * END OF JOB * * *', ''].join('\n')}`;
}

export function nastranPerformance(): string {
  return [
    '                * *     MSC Nastran 2023.1    * *',
    ' DAY TIME     ELAPSED  I/O MB   DEL_MB  CPU SEC  DEL_CPU  SUB_DMAP/DMAP_MODULE MESSAGES',
    ' 10:45:26     0:00        2.0      0.2      0.1      0.0   SESTATIC  20   IFPL     BEGN',
    ' 10:45:26     0:00        2.0      0.2      0.2      0.0   IFPL      46   IFP1     BEGN',
    ' 10:46:31     1:05      120.0     12.0     60.5     60.3   SESTATIC 148   SOLVE    BEGN',
    '',
  ].join('\n');
}
