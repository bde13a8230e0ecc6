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
/** Whole swings in the window before it is known that what swings goes nowhere: one tells nothing of a second. */
const LEAST_SWINGS = 2;
/** How sure a fall must be: twice the error of the slope. */
const SURE = 2;
/** Of all fields, so many must be flat when none is falling; the others may jump about. */
const MOST = 0.75;

/**
 * Decades below its first value from which on a field that stays flat is done: nobody asks for more, and in single
 * precision there is no more.
 */
const DONE = 5;
/**
 * The same where residuals are scaled to 1 (all but SU2's logarithms): the tightest criteria in use are 1e-5 (OpenFOAM's
 * cases, "tight" in CFX; Fluent's own is 1e-3), and a settled field wanders about its level by half a decade.
 */
const DONE_LEVEL = -4.5;

type Shape = 'flat' | 'falling' | 'done' | 'other';

interface FieldShape {
  readonly name: string;
  readonly shape: Shape;
  readonly swings: boolean;
  /** As printed. */
  readonly level: number;
}

/** What is flat, and how. */
interface Flatness extends Finding {
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
  const left = fields.filter(({ shape }) => shape !== 'done');
  // When most are done, the run is as good as it gets: what still lies higher is a matter of its scaling.
  if (left.length === 0 || fields.length - left.length >= MOST * fields.length) return 'unclear';
  const flat = left.filter(({ shape }) => shape === 'flat');
  if (flat.length < MOST * left.length) return 'unclear';

  const swinging = left.filter(({ swings }) => swings);
  const oscillating = swinging.length * 2 >= left.length;
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

/** Null when the field has too few values in the window. */
function shapeOf(trail: Trail, window: number, steps: number): FieldShape | null {
  if (!trail.history) return null;
  const { span } = trail.history;
  const { means, values } = lastSteps(trail.history, window);
  if (means.length * span < window / 2) return null;
  const fastest = -1 / (PATIENCE * steps);
  const middle = medianOf(means);
  const wide = bandOf(means) > BAND;
  const line = () => shapeOfLine(means, span, fastest);
  const shape = wide
    ? (shapeOfSwings(means, span, middle, fastest) ?? (line() === 'falling' ? 'falling' : 'other'))
    : line();
  if (shape === 'falling') return { name: trail.name, shape, swings: false, level: NaN };
  if (isDone(trail, middle)) return { name: trail.name, shape: 'done', swings: false, level: NaN };
  const swings = bandOf(values) > BAND;
  return { name: trail.name, shape, swings, level: trail.role === 'residual' ? 10 ** middle : middle };
}

function isDone(trail: Trail, level: number): boolean {
  const first = inDecades(trail, trail.first);
  return (trail.role === 'residual' && level <= DONE_LEVEL) || (first !== null && first - level >= DONE);
}

function shapeOfLine(means: readonly number[], span: number, fastest: number): Shape {
  const line = fitLine(means);
  if ((line.slope + SURE * line.error) / span < fastest) return 'falling';
  const half = means.length >> 1;
  const change = medianOf(means.slice(half)) - medianOf(means.slice(0, half));
  return Math.abs(change) <= LEVEL ? 'flat' : 'other';
}

/**
 * Of what swings slowly and widely a window holds parts of swings at its ends, which bend any line through it. Whole
 * swings are compared instead, from where it crosses its middle to where it does so again. Null when there are no two of
 * them.
 */
function shapeOfSwings(
  means: readonly number[],
  span: number,
  middle: number,
  fastest: number,
): Shape | null {
  const band = bandOf(means);
  const bounds = swingBounds(means, middle, band / 4);
  const count = bounds.length - 1;
  if (count < LEAST_SWINGS) return null;
  const levels = bounds.slice(1).map((end, place) => meanOf(means.slice(bounds[place], end)));
  const length = ((bounds[count]! - bounds[0]!) / count) * span;
  const half = count >> 1;
  const change = meanOf(levels.slice(count - half)) - meanOf(levels.slice(0, half));
  // Of two or three swings nobody can tell how far their levels are apart by chance.
  const line = count > 3 ? fitLine(levels) : { slope: change / (count - half), error: 0 };
  if ((line.slope + SURE * line.error) / length < fastest) return 'falling';
  return Math.abs(change) <= Math.max(LEVEL, band / 4) ? 'flat' : 'other';
}

/**
 * Where values come from well above their middle to well below it, or the other way round, whichever spans more swings:
 * noise about the middle crosses it all the time.
 */
function swingBounds(values: readonly number[], middle: number, well: number): number[] {
  const down: number[] = [];
  const up: number[] = [];
  let side: 'high' | 'low' | null = null;
  for (let place = 0; place < values.length; place += 1) {
    const now: 'high' | 'low' | null =
      values[place]! > middle + well ? 'high' : values[place]! < middle - well ? 'low' : side;
    if (side !== null && now !== side) (now === 'low' ? down : up).push(place);
    side = now;
  }
  return up.length > down.length ? up : down;
}

function bandOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return quantile(sorted, 0.9) - quantile(sorted, 0.1);
}

function meanOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function quantile(sorted: Float64Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}
