import { fraction } from '../content/random';
import type { SolverLog } from './growing-log';
import type { ResidualCase } from './residuals';

/** One row: an attempt at an increment. */
interface Attempt {
  increment: number;
  attempt: number;
  failed: boolean;
  iterations: number;
  allIterations: number;
  time: number;
  size: number;
}

const FIRST_SIZE = 0.02;
const LARGEST_SIZE = 0.05;

/** The style of Abaqus' status file: a row an attempt, failed ones with `U`, halved and tried again. */
export function abaqusLog(run: ResidualCase): SolverLog {
  const attempts = attemptsOf(run);
  const over = attempts.at(-1)!.time >= 1;
  return {
    path: 'shared/beam.sta',
    steps: attempts.length,
    header:
      ' Abaqus/Standard 2023                  DATE 01-Mar-2026 TIME 08:00:00\n SUMMARY OF JOB INFORMATION:\n' +
      ' STEP  INC ATT SEVERE EQUIL TOTAL  TOTAL      STEP       INC OF       DOF    IF\n' +
      '               DISCON ITERS ITERS  TIME/    TIME/LPF    TIME/LPF    MONITOR RIKS\n' +
      '               ITERS               FREQ\n',
    step: (number) => row(attempts[number - 1]!),
    ending: over
      ? '\n THE ANALYSIS HAS COMPLETED SUCCESSFULLY\n'
      : '\n THE ANALYSIS HAS NOT BEEN COMPLETED\n',
  };
}

/** The increments until the step is over, or until the increment gets too small. */
function attemptsOf({ key, behaviour, from }: ResidualCase): Attempt[] {
  const attempts: Attempt[] = [];
  let [time, size, increment, allIterations] = [0, FIRST_SIZE, 1, 0];
  for (let attempt = 1; time < 1 - 1e-9 && size > 1e-7;) {
    const number = attempts.length + 1;
    const diverging = behaviour === 'diverges' && increment >= from;
    const failed = diverging || (attempt === 1 && fraction(key, 'fails', number) < 0.08);
    const iterations = failed ? 16 : 2 + Math.floor(4 * fraction(key, 'iterations', number));
    const stepSize = Math.min(size, 1 - time);
    allIterations += iterations;
    if (!failed) time = Math.min(1, time + stepSize);
    attempts.push({ increment, attempt, failed, iterations, allIterations, time, size: stepSize });
    size = failed ? size / 4 : Math.min(LARGEST_SIZE, iterations <= 3 ? size * 1.5 : size);
    attempt = failed ? attempt + 1 : 1;
    if (!failed) increment += 1;
    if (attempt > 5) break;
  }
  return attempts;
}

function row({ increment, attempt, failed, iterations, allIterations, time, size }: Attempt): string {
  const columns = [
    '   1',
    String(increment).padStart(5),
    `${attempt}${failed ? 'U' : ' '}`.padStart(5),
    '0'.padStart(5),
    String(iterations).padStart(6),
    String(allIterations).padStart(6),
    `  ${time.toPrecision(3)}`.padEnd(12),
    time.toPrecision(3).padEnd(11),
    size.toPrecision(4),
  ];
  return `${columns.join('')}\n`;
}
