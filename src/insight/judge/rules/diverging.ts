import type { StepRule } from '../reading/reading';
import { inDecades, largestOf, medianOf, RECENT } from '../reading/trail';
import { about, atStep, shown, valuesOf } from './values';

const CONTINUITY_LIMIT = 1e6;
const CONTINUITY_GROWTH = 1000;
const COURANT_LIMIT = 1000;
const COURANT_NOTABLE = 20;
const COURANT_GROWTH = 10;
const SOLVE_RATIO = 1000;
const SOLVE_FINAL = 1e-2;
const WORSE_SOLVES = 2;
const RISE = 3;
const MONITOR_FACTOR = 100;
const MONITOR_OVER_LARGEST = 10;

/** Steps running that lead up to a value. By chance a quantity that jumps about rises so often once in 720 times. */
const LEADING_STEPS = 5;

function hasGrownTo(value: number, recent: readonly number[]): boolean {
  const leading = [...recent.slice(-LEADING_STEPS), value];
  return leading.length > LEADING_STEPS && leading.every((each, at) => at === 0 || each > leading[at - 1]!);
}

/** What has no bounds in a run that diverges. Each rule stands for itself; one that holds is enough. */
export const divergingRules: readonly StepRule[] = [
  {
    // A mass imbalance of a million times the flow is reached by no start-up; most runs that reach 1e6 go to 1e30.
    name: 'continuity-limit',
    verdict: 'diverging',
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'continuity')) {
        if (Math.abs(value) <= CONTINUITY_LIMIT) continue;
        const sentence = `The continuity error ${trail.name} reached ${shown(value)}${atStep(reading)} (limit ${shown(CONTINUITY_LIMIT)})`;
        return about(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // Compressible cases start with errors of 0.1 to 5 and heal, so that neither a bound of 1 nor growth is enough
    // alone. A thousandfold in 20 steps is ten times the worst seen when an inflow or a source is switched on.
    name: 'continuity-growth',
    verdict: 'diverging',
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'continuity')) {
        if (Math.abs(value) <= 1 || trail.recent.length === 0) continue;
        const before = largestOf(trail.recent.map(Math.abs));
        if (Math.abs(value) <= CONTINUITY_GROWTH * before) continue;
        const sentence = `The continuity error ${trail.name} reached ${shown(value)}${atStep(reading)}, at most ${shown(before)} in the 20 steps before (limits 1 and ${CONTINUITY_GROWTH} times that)`;
        return about(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // Implicit solvers are run at Courant numbers of some tens, seldom a few hundred; above 1,000 the flow crosses a
    // thousand cells in one step and nothing that is computed is meant.
    name: 'courant-limit',
    verdict: 'diverging',
    early: true,
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'courant-max')) {
        if (value <= COURANT_LIMIT) continue;
        const sentence = `The Courant number reached ${shown(value)}${atStep(reading)} (limit ${COURANT_LIMIT})`;
        return about(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // Below 20 an implicit solver recovers. A spike that comes out of nothing heals by itself, so it has to last for two
    // steps; one to which each of the steps before it has led does not.
    name: 'courant-growth',
    verdict: 'diverging',
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'courant-max')) {
        const usual = medianOf(trail.recent);
        const grown = value > COURANT_NOTABLE && value > COURANT_GROWTH * usual;
        const steps = reading.streak(`courant-growth ${trail.name}`, grown);
        if (steps === 0 || (steps < 2 && !hasGrownTo(value, trail.recent))) continue;
        const sentence = `The Courant number reached ${shown(value)}${atStep(reading)}, usually ${shown(usual)} in the 20 steps before (limits ${COURANT_NOTABLE} and ${COURANT_GROWTH} times that)`;
        return about(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // A linear solver improves what it begins with. A thousand times worse is a matrix that has come apart; a slow solve
    // that uses all its sweeps stays far below. What began at 1e-15 may end at 1e-11 by rounding: the end must be one
    // that no usual tolerance (0.1 of the beginning, 1e-2 at the loosest) accepts.
    name: 'solve-worse',
    verdict: 'diverging',
    early: true,
    find(reading) {
      const { solves } = reading.step;
      if (!solves || !(solves.worstRatio >= SOLVE_RATIO)) return null;
      const worst = largestOf(valuesOf(reading, 'final-residual').map(({ value }) => value));
      if (!(worst >= SOLVE_FINAL)) return null;
      const sentence = `A linear solve ended ${shown(solves.worstRatio)} times worse than it began${atStep(reading)} (limit ${SOLVE_RATIO})`;
      return about('finalByInitial', solves.worstRatio, sentence);
    },
  },
  {
    // One solve that gets worse with all its sweeps may be a moving mesh at its cap; two at once in three steps are not.
    name: 'solves-worse-again',
    verdict: 'diverging',
    early: true,
    find(reading) {
      const worse = reading.step.solves?.worseWithManySweeps ?? 0;
      if (reading.streak('solves-worse-again', worse >= WORSE_SOLVES) < 3) return null;
      const sentence = `In three steps running, ${worse} linear solves ended worse than they began after 100 or more sweeps${atStep(reading)}`;
      return about('worseSolves', worse, sentence);
    },
  },
  {
    // Residuals that the solver does not divide by their own size (SU2, Fluent, STAR-CCM+) may rise by a decade or two
    // when a shock moves or a scheme is switched. Three decades, above where the run began and rising, come not back.
    name: 'residual-rise',
    verdict: 'diverging',
    find(reading) {
      if (reading.solver === 'openfoam') return null;
      for (const { trail, value } of [
        ...valuesOf(reading, 'residual'),
        ...valuesOf(reading, 'residual-log10'),
      ]) {
        if (trail.recent.length < RECENT || value === 0) continue;
        const risen = inDecades(trail, value)! - inDecades(trail, trail.lowest)!;
        if (risen < RISE || value <= trail.first || value < largestOf(trail.recent)) continue;
        if (medianOf(trail.recent.slice(0, 10)) >= medianOf(trail.recent.slice(10))) continue;
        const sentence = `The residual of ${trail.name} rose from ${shown(trail.lowest)} to ${shown(value)}${atStep(reading)} and is above its first value ${shown(trail.first)} (limit ${RISE} decades)`;
        return about(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // Coefficients swing at the start and grow from nothing when a wake begins to shed, but neither a hundredfold
    // within 20 steps nor ten times beyond all that was before, three steps running.
    name: 'monitor-blown-up',
    verdict: 'diverging',
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'monitor')) {
        const size = Math.abs(value);
        const usual = medianOf(trail.recent.map(Math.abs));
        const over = size > MONITOR_FACTOR * usual && size > MONITOR_OVER_LARGEST * trail.largestBefore;
        const grown = usual > 0 && trail.largestBefore > 0 && over;
        if (reading.streak(`monitor-blown-up ${trail.name}`, grown) < 3) continue;
        const sentence = `${trail.name} reached ${shown(value)}${atStep(reading)}, usually ${shown(usual)} in the 20 steps before (limit ${MONITOR_FACTOR} times that)`;
        return about(trail.name, value, sentence);
      }
      return null;
    },
  },
];
