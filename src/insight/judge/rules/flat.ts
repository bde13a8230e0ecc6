import { fitLine } from '../reading/fit-line';
import { lastSteps } from '../reading/history';
import type { Finding, Reading } from '../reading/reading';
import { inDecades, isResidual, medianOf, RECENT, type Trail } from '../reading/trail';
import { shown } from './values';

/** The least steps that are looked at: shorter plateaus are a usual part of a healthy descent. */
const LEAST_WINDOW = 200;
/**
 * A field is flat when, at its present pace, the next decade would take more than so many times all steps so far:
 * nobody waits that long, and runs that sat nearly flat for hundreds of steps and then converged fell faster than that.
 */
const PATIENCE = 8;
/** Decades between the medians of both halves: about 40 %, within which residuals of a settled run wander. */
const LEVEL = 0.15;
/** Decades between the 10th and the 90th of 100 values: a factor of two, which the eye sees as swinging. */
const BAND = 0.3;
/** How sure a fall must be: twice the error of the slope. */
const SURE = 2;
/** Of all fields, so many must be flat when none is falling; the others may jump about. */
const MOST = 0.75;

/**
 * Decades below its first value from which on a field that stays flat is done: half the digits that a double has, of
 * which rounding and the tolerance of the linear solver leave no more.
 */
const DONE = 8;

type Shape = 'flat' | 'falling' | 'other';

interface FieldShape {
  readonly name: string;
  readonly shape: Shape;
  readonly swings: boolean;
  /** As printed. */
  readonly level: number;
}

/** What is flat, and how. */
export interface Flatness extends Finding {
  readonly verdict: 'stalled' | 'oscillating';
}

/** The steps that a judgement on flatness looks back. */
export function flatWindow(steps: number): number {
  return Math.max(LEAST_WINDOW, Math.floor(steps / 2));
}

/**
 * Whether a steady run makes no progress any more. `falling` while any living field falls; `unclear` when too few are
 * flat, or when there is none.
 */
export function judgeFlatness(
  reading: Pick<Reading, 'trails' | 'judged' | 'step'>,
): Flatness | 'falling' | 'unclear' {
  const window = flatWindow(reading.judged);
  if (reading.judged < window) return 'unclear';
  const fields: FieldShape[] = [];
  for (const trail of reading.trails) {
    if (!isResidual(trail) || !isAlive(trail, reading.trails)) continue;
    const field = shapeOf(trail, window, reading.judged);
    if (field?.shape === 'falling') return 'falling';
    if (field) fields.push(field);
  }
  const flat = fields.filter(({ shape }) => shape === 'flat');
  if (fields.length === 0 || flat.length < MOST * fields.length) return 'unclear';

  const swinging = fields.filter(({ swings }) => swings);
  const oscillating = swinging.length * 2 >= fields.length;
  const named = (oscillating ? swinging : flat).slice(0, 4);
  const levels = named.map(({ name, level }) => `${name} near ${shown(level)}`).join(', ');
  const how = oscillating ? 'swing without falling' : 'have not fallen';
  return {
    verdict: oscillating ? 'oscillating' : 'stalled',
    evidence: [`The residuals ${how} for ${window} steps, up to step ${reading.step.step}: ${levels}`],
    values: Object.fromEntries(named.map(({ name, level }) => [name, level])),
  };
}

/** Fields that stay exactly the same, or that the linear solver has nothing to do for, say nothing about the run. */
export function isAlive(trail: Trail, trails: readonly Trail[]): boolean {
  if (trail.count === 0 || trail.unchanged >= RECENT) return false;
  const sweeps = trails.find(({ role, field }) => role === 'sweeps' && field === trail.name);
  return !sweeps || sweeps.recent.length === 0 || sweeps.recent.some((count) => count > 0);
}

/** Null when the field has too few values in the window, or nothing left to do. */
function shapeOf(trail: Trail, window: number, steps: number): FieldShape | null {
  if (!trail.history) return null;
  const { span } = trail.history;
  const { means, values } = lastSteps(trail.history, window);
  if (means.length * span < window / 2) return null;
  const line = fitLine(means);
  const [slope, error] = [line.slope / span, line.error / span];
  const fastest = -1 / (PATIENCE * steps);
  // Most steps of most runs end here, before anything is sorted.
  if (slope + SURE * error < fastest)
    return { name: trail.name, shape: 'falling', swings: false, level: NaN };
  const half = means.length >> 1;
  const change = medianOf(means.slice(half)) - medianOf(means.slice(0, half));
  const sorted = Float64Array.from(values).sort();
  const swings = quantile(sorted, 0.9) - quantile(sorted, 0.1) > BAND;
  const shape = Math.abs(change) <= LEVEL ? 'flat' : 'other';
  const middle = medianOf(means);
  if (trail.first !== 0 && inDecades(trail, trail.first)! - middle >= DONE) return null;
  return { name: trail.name, shape, swings, level: trail.role === 'residual' ? 10 ** middle : middle };
}

function quantile(sorted: Float64Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}
