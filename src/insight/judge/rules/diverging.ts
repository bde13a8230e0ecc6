import type { Reading, StepRule } from '../reading/reading';
import { inDecades, JUMP, largestOf, medianOf, medianSizeOf, RECENT, type Trail } from '../reading/trail';
import { findingAbout, atStep, shown, valuesOf } from './values';

const CONTINUITY_LIMIT = 1e6;
const CONTINUITY_GROWTH = 1000;
const COURANT_LIMIT = 1000;
const COURANT_NOTABLE = 20;
const COURANT_GROWTH = 10;
/** A spike that falls by more than a quarter from one step to the next is healing. */
const HEALING = 0.75;
const COURANT_CLIMB = 100;
const CONTINUITY_CLIMB = 10;
/** Steps running that a climb takes, each above the one before. */
const CLIMB_STEPS = 10;
const SOLVE_RATIO = 1000;
const SOLVE_FINAL = 1e-2;
const WORSE_SOLVES = 2;
const RISE = 3;
/** Decades below the others at which a residual is nothing: an equation solved to rounding, or not needed yet. */
const NOTHING = 6;
/** Decades by which the later ten of the last twenty steps must be above the earlier: a rise, and no noise. */
const RISING = 0.08;
/** Decades beyond such a jump that are its own growth. */
const RISE_AFTER_JUMP = 2;
const NORMALISED_LIMIT = 1000;
const MONITOR_FACTOR = 100;
const MONITOR_OVER_LARGEST = 10;
const MONITOR_NOISE = 1e-6;

/** Steps running that lead up to a value. By chance a quantity that jumps about rises so often once in 720 times. */
const LEADING_STEPS = 5;

function hasGrownTo(value: number, recent: readonly number[], steps = LEADING_STEPS): boolean {
  const leading = [...recent.slice(-steps), value];
  return leading.length > steps && leading.every((each, at) => at === 0 || each > leading[at - 1]!);
}

/** Decades that a residual has risen by itself: from its lowest, or from where it was after it had jumped. */
function riseOf(trail: Trail, value: number): { decades: number; limit: number; from: number } {
  const { recent } = trail;
  for (let at = 1; at < recent.length; at += 1) {
    const [before, after] = [inDecades(trail, recent[at - 1]!), inDecades(trail, recent[at]!)];
    if (before === null || after === null || after - before < JUMP) continue;
    return { decades: inDecades(trail, value)! - after, limit: RISE_AFTER_JUMP, from: recent[at]! };
  }
  const decades = inDecades(trail, value)! - inDecades(trail, trail.lowest)!;
  return { decades, limit: RISE, from: trail.lowest };
}

/**
 * A velocity across the flow, a turbulence or an energy may begin with nothing and grow into its place among the other
 * residuals as the flow comes about: what lies more than six decades below where they began has no beginning yet, and is
 * no sign before it is a decade beyond them all.
 */
function comesFromNothing(trail: Trail, value: number, others: readonly { trail: Trail }[]): boolean {
  const began = largestOf(others.map((other) => inDecades(other.trail, other.trail.first) ?? -Infinity));
  const first = inDecades(trail, trail.first) ?? -Infinity;
  return first < began - NOTHING && inDecades(trail, value)! < began + 1;
}

function isRising(trail: Trail): boolean {
  const [earlier, later] = [medianOf(trail.recent.slice(0, 10)), medianOf(trail.recent.slice(10))];
  return inDecades(trail, later)! - inDecades(trail, earlier)! >= RISING;
}

function timeStepGrows(reading: Reading): boolean {
  return valuesOf(reading, 'time-step').some(
    ({ trail, value }) => value > (trail.recent.at(-CLIMB_STEPS) ?? value),
  );
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
        return findingAbout(trail.name, value, sentence);
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
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // Slower growth is as sure when it goes on for ten steps without a pause: a start-up heals from step to step, and
    // healthy runs that were seen to climb so long stayed below a tenth of the flow. Ten times the flow is a hundred
    // times that.
    name: 'continuity-climb',
    verdict: 'diverging',
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'continuity')) {
        const size = Math.abs(value);
        if (size <= CONTINUITY_CLIMB || size < trail.largest) continue;
        const sizes = trail.recent.map(Math.abs);
        if (!hasGrownTo(size, sizes, CLIMB_STEPS)) continue;
        const before = sizes[0]!;
        if (size < CONTINUITY_CLIMB * before) continue;
        const sentence = `The continuity error ${trail.name} has grown at each of ${CLIMB_STEPS} steps, to ${shown(value)}${atStep(reading)} from ${shown(before)} (limits ${CONTINUITY_CLIMB} and ${CONTINUITY_CLIMB} times that)`;
        return findingAbout(trail.name, value, sentence);
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
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // Below 20 an implicit solver recovers. A spike that comes out of nothing heals by itself within some steps, so the
    // second one must not be much lower; one to which each of the steps before it has led does not heal.
    name: 'courant-growth',
    verdict: 'diverging',
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'courant-max')) {
        const notable = value > COURANT_NOTABLE;
        const usual = notable ? medianOf(trail.recent) : NaN;
        const grown = notable && value > COURANT_GROWTH * usual;
        const steps = reading.streak('courant-growth', grown, trail.name);
        if (steps === 0 || value < HEALING * trail.recent.at(-1)!) continue;
        if (steps < 2 && !hasGrownTo(value, trail.recent)) continue;
        const sentence = `The Courant number reached ${shown(value)}${atStep(reading)}, usually ${shown(usual)} in the 20 steps before (limits ${COURANT_NOTABLE} and ${COURANT_GROWTH} times that)`;
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // A time step that may grow by a fifth at each step takes the Courant number along for tens of steps. Where it does
    // not grow, a Courant number of 100 that has risen at each of ten steps has lost its hold on the flow.
    name: 'courant-climb',
    verdict: 'diverging',
    find(reading) {
      for (const { trail, value } of valuesOf(reading, 'courant-max')) {
        if (value <= COURANT_CLIMB || value < trail.largest) continue;
        if (!hasGrownTo(value, trail.recent, CLIMB_STEPS)) continue;
        const before = trail.recent.at(-CLIMB_STEPS)!;
        if (value < 2 * before || timeStepGrows(reading)) continue;
        const sentence = `The Courant number has grown at each of ${CLIMB_STEPS} steps, to ${shown(value)}${atStep(reading)} from ${shown(before)}, and the time step has not (limit ${COURANT_CLIMB})`;
        return findingAbout(trail.name, value, sentence);
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
      return findingAbout('finalByInitial', solves.worstRatio, sentence);
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
      return findingAbout('worseSolves', worse, sentence);
    },
  },
  {
    // Residuals that the solver does not divide by their own size (SU2, Fluent, STAR-CCM+) may rise by a decade or two
    // when a shock moves or a scheme is switched. Three decades, above where the run began and rising, come not back.
    // New boundaries or a new start make them jump at once, and rise for a few steps more at most.
    name: 'residual-rise',
    verdict: 'diverging',
    find(reading) {
      if (reading.solver === 'openfoam') return null;
      const all = [...valuesOf(reading, 'residual'), ...valuesOf(reading, 'residual-log10')];
      for (const { trail, value } of all) {
        // Nearly all steps of nearly all runs end here: no logarithm is taken for them.
        if (value <= trail.first || trail.recent.length < RECENT || value === 0) continue;
        if (value < largestOf(trail.recent)) continue;
        const { decades, limit, from } = riseOf(trail, value);
        if (decades < limit || !isRising(trail) || comesFromNothing(trail, value, all)) continue;
        const sentence = `The residual of ${trail.name} rose from ${shown(from)} to ${shown(value)}${atStep(reading)} and is above its first value ${shown(trail.first)} (limit ${limit} decades)`;
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // OpenFOAM divides a residual by the sizes that it is made of, so that it can't be above 1; solvers of its users that
    // do not may begin somewhat above. A thousand, two steps running, is neither.
    name: 'normalised-residual',
    verdict: 'diverging',
    find(reading) {
      if (reading.solver !== 'openfoam') return null;
      for (const { trail, value } of valuesOf(reading, 'residual')) {
        const beyond = value > NORMALISED_LIMIT && value > trail.first;
        if (reading.streak('normalised-residual', beyond, trail.name) < 2) continue;
        const sentence = `The residual of ${trail.name} reached ${shown(value)}${atStep(reading)}, and OpenFOAM's are not above 1 (limit ${NORMALISED_LIMIT})`;
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
  {
    // Coefficients swing at the start and grow from nothing when a wake begins to shed or a front arrives, but neither a
    // hundredfold within 20 steps from what was no noise, nor ten times beyond all that any of the values had before,
    // three steps running. What is below a millionth has not begun yet.
    name: 'monitor-blown-up',
    verdict: 'diverging',
    find(reading) {
      const values = valuesOf(reading, 'monitor');
      for (const { trail, value } of values) {
        const size = Math.abs(value);
        const over = trail.largestBefore > 0 && size > MONITOR_OVER_LARGEST * trail.largestBefore;
        const usual = over ? medianSizeOf(trail.recent) : NaN;
        const grown =
          over &&
          usual > MONITOR_NOISE &&
          size > MONITOR_FACTOR * usual &&
          values.every((other) => size > MONITOR_OVER_LARGEST * other.trail.largestBefore);
        if (reading.streak('monitor-blown-up', grown, trail.name) < 3) continue;
        const sentence = `${trail.name} reached ${shown(value)}${atStep(reading)}, usually ${shown(usual)} in the 20 steps before (limit ${MONITOR_FACTOR} times that)`;
        return findingAbout(trail.name, value, sentence);
      }
      return null;
    },
  },
];
