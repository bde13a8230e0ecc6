import type { StepRule } from '../reading/reading';
import { isResidual, type Trail } from '../reading/trail';
import { isAlive } from './flat';
import { shown } from './values';

/** The user's own criteria. The solver's own word is a remark, not a step. */
export const convergedRules: readonly StepRule[] = [
  {
    // Fields that are constant, 0 or not solved at all stay low for ever without anything having converged: they are
    // left out, and when none is left nothing is known.
    name: 'tolerance',
    verdict: 'converged',
    find(reading) {
      const { step, trails, options } = reading;
      const { tolerance, fields, hold } = options;
      if (tolerance === null) return null;
      const chosen = trails
        .map((trail, index) => ({ trail, value: step.values[index] ?? NaN }))
        .filter(({ trail }) => (fields ? fields(trail.name) : isResidual(trail)))
        .filter(({ trail, value }) => Number.isFinite(value) && isAlive(trail, trails));
      const within =
        chosen.length > 0 && chosen.every(({ trail, value }) => isWithin(trail, value, tolerance));
      if (reading.streak('tolerance', within) < hold) return null;
      const shownValues = chosen.slice(0, 6).map(({ trail, value }) => `${trail.name} ${shown(value)}`);
      const what = chosen.length === 1 ? 'The residual has' : `All ${chosen.length} residuals have`;
      return {
        evidence: [
          `${what} been at or below ${shown(tolerance)} for ${hold} steps, up to step ${step.step}: ${shownValues.join(', ')}`,
        ],
        values: Object.fromEntries(chosen.map(({ trail, value }) => [trail.name, value])),
      };
    },
  },
  {
    // The result itself no longer changes: what an engineer looks at when residuals hang. A mean of 0 has no part of
    // it to compare with, and a value that never changed was not computed.
    name: 'settled',
    verdict: 'converged',
    find(reading) {
      const { step, settling, options } = reading;
      const { monitorTolerance, window } = options;
      // A long window is looked at a hundred times while it passes, which is as good and costs no more than a short one.
      if (settling.length === 0 || reading.judged % Math.ceil(window / 100) !== 0) return null;
      const reached = settling.map(({ name, values }) => ({
        name,
        full: values.length >= window,
        ...rangeOf(values),
      }));
      const settled = reached.every(
        ({ full, range, mean }) => full && range > 0 && range <= monitorTolerance * Math.abs(mean),
      );
      if (!settled) return null;
      const shownValues = reached.map(
        ({ name, range, mean }) =>
          `${name} stays within ${shown((100 * range) / Math.abs(mean))} % of ${shown(mean)}`,
      );
      return {
        evidence: [
          `Over the last ${window} steps, up to step ${step.step}, ${shownValues.join(', ')} (limit ${shown(100 * monitorTolerance)} %)`,
        ],
        values: Object.fromEntries(reached.map(({ name, mean }) => [name, mean])),
      };
    },
  },
];

/** Logarithms are compared as what they are of, unless the tolerance is one itself. */
function isWithin({ role }: Trail, value: number, tolerance: number): boolean {
  if (role === 'residual-log10') return tolerance <= 0 ? value <= tolerance : value <= Math.log10(tolerance);
  return value <= tolerance;
}

function rangeOf(values: readonly number[]): { range: number; mean: number } {
  let least = Infinity;
  let most = -Infinity;
  let sum = 0;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
  }
  return { range: most - least, mean: sum / values.length };
}
