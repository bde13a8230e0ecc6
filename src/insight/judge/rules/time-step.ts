import type { StepRule } from '../reading/reading';
import { medianOf } from '../reading/trail';
import { findingAbout, atStep, shown, valuesOf } from './values';

/** An adjustable step follows the flow over some decades. Six decades below its usual size, the run stands still. */
const COLLAPSE = 1e-6;
/**
 * Below this part of its usual size, a step that no longer moves the printed time is one that collapses, unless it grows
 * again: an adjustable step that had to be cut by some decades recovers by a fifth or so at each step.
 */
const SHRUNK = 1e-4;
/** Equal times in a row. Two may be printed by a restart or a function object. */
const REPEATS = 3;

function hasGrown(recent: readonly number[], value: number): boolean {
  const last = [...recent.slice(-REPEATS), value];
  return last.some((one, at) => at > 0 && one > last[at - 1]!);
}

export const timeStepRules: readonly StepRule[] = [
  {
    name: 'time-step-collapsed',
    verdict: 'diverging',
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'time-step')) {
        if (!(value > 0) || value > SHRUNK * trail.largest || !trail.history) continue;
        const usual = 10 ** medianOf(trail.history.mean);
        if (!(value < COLLAPSE * usual)) continue;
        const sentence = `The time step fell to ${shown(value)}${atStep(reading)}, usually ${shown(usual)} (limit a millionth of that)`;
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // A printed time has six digits, so that late in a long run small healthy steps repeat it: the step must have
    // shrunk as well.
    name: 'time-stands-still',
    verdict: 'diverging',
    find(reading) {
      const { time } = reading.step;
      const same = time !== null && time === reading.lastTime;
      const repeats = reading.streak('time-stands-still', same);
      if (repeats < REPEATS) return null;
      for (const { trail, value } of valuesOf(reading, 'time-step')) {
        if (!(value > 0) || !trail.history || hasGrown(trail.recent, value)) continue;
        const usual = 10 ** medianOf(trail.history.mean);
        if (!(value < SHRUNK * usual)) continue;
        const sentence = `The time stands still at ${shown(time!)}${atStep(reading)}: the time step is ${shown(value)}, usually ${shown(usual)}`;
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
];
