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

export function isResidual({ role }: Pick<Trail, 'role'>): boolean {
  return role === 'residual' || role === 'residual-log10';
}

export function largestOf(values: readonly number[]): number {
  let largest = -Infinity;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

export function medianOf(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
