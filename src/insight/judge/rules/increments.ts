import type { StepRule } from '../reading/reading';
import { largestOf } from '../reading/trail';
import { findingAbout, atStep, shown, valuesOf } from './values';

/** Contact that closes costs an increment one or two failed attempts, a hard one three; Abaqus gives up after five. */
const FAILED_ONCE = 4;
const FAILED_AGAIN = 3;
/** Increments with so many failures that make the second threshold count. */
const TIMES = 2;
const SHRUNK = 1e-3;
/** Solvers cut an increment to a quarter, or to a half; by more at once it is not cut but what is left of a step. */
const LEAST_CUT = 0.2;

/** Structural solvers cut an increment that finds no balance. These rules count increments, not iterations: no warm-up. */
export const incrementRules: readonly StepRule[] = [
  {
    name: 'failed-attempts',
    verdict: 'diverging',
    early: true,
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'attempts')) {
        // The attempt that is told is the next one: three have failed when the fourth comes.
        const failed = value - 1;
        const before = (trail.recent.at(-1) ?? 1) - 1;
        const increments = reading.tally(
          `failed-attempts ${trail.name}`,
          failed >= FAILED_AGAIN && before < FAILED_AGAIN,
        );
        if (failed < FAILED_AGAIN || (failed < FAILED_ONCE && increments < TIMES)) continue;
        const again = failed < FAILED_ONCE ? ', for the second time in this log' : '';
        const sentence = `${failed} attempts at one increment have failed${atStep(reading)}${again}`;
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // Growing from a small first increment is the usual way; a thousandth of the first one is where nobody wants to be.
    // A small increment to which no failed attempt led is meant: another step of the analysis, or what was left of one,
    // which is small at once and has no attempts behind it.
    name: 'increment-collapsed',
    verdict: 'diverging',
    early: true,
    find(reading) {
      const failed = valuesOf(reading, 'attempts').some(
        ({ trail, value }) => value > 1 || largestOf(trail.recent) > 1,
      );
      if (!failed) return null;
      const again = valuesOf(reading, 'attempts').some(({ value }) => value > 1);
      for (const { trail, value } of valuesOf(reading, 'increment')) {
        if (!(value > 0) || trail.count === 0 || value >= SHRUNK * trail.first) continue;
        const before = trail.recent.at(-1)!;
        if (!again && (value >= before || value < LEAST_CUT * before)) continue;
        const sentence = `The increment fell to ${shown(value)}${atStep(reading)}, at first ${shown(trail.first)} (limit a thousandth of that)`;
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
];
