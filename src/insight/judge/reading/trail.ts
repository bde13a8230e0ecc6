import type { Series, SeriesRole } from '../../logs/log-step';
import { addToHistory, startHistory, type History } from './history';

/** Steps that `recent` holds: what rules mean by "the last 20 steps". */
export const RECENT = 20;

/** What is remembered of one series. Plain JSON; the same size for any length of the log. */
export interface Trail {
  readonly name: string;
  readonly role: SeriesRole;
  readonly field: string | null;
  /** Finite values so far. */
  count: number;
  first: number;
  lowest: number;
  /** The largest absolute value. */
  largest: number;
  /** The same of all values before `recent`. */
  largestBefore: number;
  /** The last finite values, newest last, without the step in judgement. */
  recent: number[];
  /** Steps running in which the very same value was printed. */
  unchanged: number;
  /** Of residuals, in decades, and of time steps. */
  history: History | null;
}

/** No rule asks what these were before. */
const NOT_FOLLOWED: ReadonlySet<SeriesRole> = new Set(['other', 'final-residual', 'criterion']);
const WITH_HISTORY: ReadonlySet<SeriesRole> = new Set(['residual', 'residual-log10', 'time-step']);

export function startTrail({ name, role, field }: Series): Trail {
  return {
    name,
    role,
    field: field ?? null,
    count: 0,
    first: 0,
    lowest: 0,
    largest: 0,
    largestBefore: 0,
    recent: [],
    unchanged: 0,
    history: WITH_HISTORY.has(role) ? startHistory() : null,
  };
}

export function addToTrail(trail: Trail, value: number): void {
  // A residual of exactly 0 is of an equation that is not solved: it tells nothing.
  if (NOT_FOLLOWED.has(trail.role)) return;
  if (!Number.isFinite(value) || (value === 0 && trail.role === 'residual')) return;
  const size = Math.abs(value);
  if (trail.count === 0) {
    trail.first = value;
    trail.lowest = value;
    trail.largest = size;
  } else {
    if (value < trail.lowest) trail.lowest = value;
    if (size > trail.largest) trail.largest = size;
  }
  trail.unchanged = trail.recent.at(-1) === value ? trail.unchanged + 1 : 0;
  trail.count += 1;
  trail.recent.push(value);
  if (trail.recent.length > RECENT) {
    trail.largestBefore = Math.max(trail.largestBefore, Math.abs(trail.recent.shift()!));
  }
  if (trail.history) {
    const decades = inDecades(trail, value);
    if (decades !== null) addToHistory(trail.history, decades);
  }
}

/** The decadic logarithm of a residual or a time step; null for 0, of which there is none. */
export function inDecades({ role }: Pick<Trail, 'role'>, value: number): number | null {
  if (role === 'residual-log10') return value;
  return value > 0 ? Math.log10(value) : null;
}

/** Decades in one step: a solver that was given other boundaries, or started anew. */
export const JUMP = 1.5;
const JUMP_FACTOR = 10 ** JUMP;

/**
 * Whether most residuals are so much higher in this step than in all of the last ones. What swings or alternates that
 * widely comes back to where it was, and is no new start.
 */
export function haveJumped(trails: readonly Trail[], values: readonly number[]): boolean {
  let [fields, jumped] = [0, 0];
  for (let index = 0; index < trails.length; index += 1) {
    const trail = trails[index]!;
    if (!isResidual(trail) || trail.recent.length === 0) continue;
    const value = values[index] ?? NaN;
    if (value !== value) continue;
    fields += 1;
    const before = trail.recent[trail.recent.length - 1]!;
    // Nearly all steps end here.
    if (!isFarAbove(trail, value, before)) continue;
    if (isFarAbove(trail, value, largestOf(trail.recent))) jumped += 1;
  }
  return jumped * 2 > fields;
}

function isFarAbove({ role }: Trail, value: number, other: number): boolean {
  return role === 'residual' ? value > other * JUMP_FACTOR : value > other + JUMP;
}

export function isResidual({ role }: Pick<Trail, 'role'>): boolean {
  return role === 'residual' || role === 'residual-log10';
}

export function largestOf(values: readonly number[]): number {
  let largest = -Infinity;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

/** Short lists are sorted in place here: rules ask for a median of the last 20 values in most steps. */
const few = new Float64Array(64);

export function medianOf(values: readonly number[]): number {
  const { length } = values;
  if (length === 0) return NaN;
  const sorted = length <= few.length ? sortedFew(values) : Float64Array.from(values).sort();
  const middle = length >> 1;
  return length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** By insertion, which for so few is the fastest way. */
function sortedFew(values: readonly number[]): Float64Array {
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]!;
    let place = at;
    while (place > 0 && few[place - 1]! > value) {
      few[place] = few[place - 1]!;
      place -= 1;
    }
    few[place] = value;
  }
  return few;
}

/** The median of the sizes, whatever their sign. */
export function medianSizeOf(values: readonly number[]): number {
  return medianOf(values.map(Math.abs));
}
