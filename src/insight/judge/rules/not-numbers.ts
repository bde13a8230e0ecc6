import type { SeriesRole } from '../../logs/log-step';
import type { Finding, Reading, StepRule } from '../reading/reading';
import { findingAbout, atStep } from './values';

/** What the solver computes with: one value that is not a number spreads to all others within a step or two. */
const SOLVED: readonly SeriesRole[] = [
  'residual',
  'residual-log10',
  'final-residual',
  'continuity',
  'courant-max',
  'time-step',
];
/** What is computed from it: a coefficient can be 0 by 0 for reasons of its own, above all before it was ever a number. */
const DERIVED: readonly SeriesRole[] = ['monitor', 'force'];

/** Derived values that are no number so many steps running are of a run that is none any more. */
const DERIVED_STEPS = 3;

export const notNumberRules: readonly StepRule[] = [
  {
    name: 'not-a-number',
    verdict: 'diverging',
    early: true,
    find(reading) {
      for (const role of SOLVED) {
        for (const index of reading.places.get(role) ?? []) {
          const what = badness(reading, index);
          // A column that never held a number is of an equation that this case does not have; OpenFOAM prints only
          // what it solves.
          const solved = reading.trails[index]!.count > 0 || reading.solver === 'openfoam';
          if (what !== null && solved) return finding(reading, index, what);
        }
      }
      for (const role of DERIVED) {
        for (const index of reading.places.get(role) ?? []) {
          const { name, count } = reading.trails[index]!;
          const what = badness(reading, index);
          const steps = reading.streak('not-a-number', what !== null && count > 0, name);
          if (what !== null && steps >= DERIVED_STEPS) return finding(reading, index, what);
        }
      }
      return null;
    },
  },
];

function badness({ step, trails }: Reading, index: number): string | null {
  const value = step.values[index] ?? NaN;
  if (Number.isFinite(value)) return null;
  // The logarithm of an exact 0 is printed as minus infinite: the equation is solved, or not there at all.
  if (value === -Infinity && trails[index]!.role === 'residual-log10') return null;
  if (!Number.isNaN(value)) return 'infinite';
  return step.notNumbers.includes(index) ? 'not a number' : null;
}

function finding(reading: Reading, index: number, what: string): Finding {
  const { name } = reading.trails[index]!;
  return findingAbout(name, NaN, `The value of ${name} is ${what}${atStep(reading)}`);
}
