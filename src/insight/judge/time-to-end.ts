import type { LogProgress, LogStep } from '../logs/log-step';
import { fitLine } from './reading/fit-line';
import { lastSteps } from './reading/history';
import { isAlive } from './rules/flat';
import { inDecades, isResidual, type Trail } from './reading/trail';

/** When the run will most likely end, in milliseconds since the epoch. */
export interface TimeToEnd {
  low: number;
  likely: number;
  high: number;
}

/** How the run came along: samples over its whole length, evenly thinned. Plain JSON. */
export interface Pace {
  /** Every so many steps one sample is kept. */
  every: number;
  skipped: number;
  step: number[];
  /** The printed time, or the step where there is none. */
  time: number[];
  /** Milliseconds of whatever clock there is. */
  clock: number[];
  source: ClockSource | null;
  /** Of the last step, milliseconds since the epoch. */
  now: number;
  /** The solver's own two clocks at the last step, seconds. */
  clockTime: number | null;
  executionTime: number | null;
}

/** Stamps are best. Processor time has hundredths of a second; when pieces arrived tells nothing about a backlog. */
type ClockSource = 'wall' | 'execution' | 'arrival';

const SAMPLES = 256;
/** Least samples in the last third, and least part of the whole that they cover. */
const LEAST_SAMPLES = 4;
/** Paces that differ more than this within a run are no ground for a forecast. */
const WORST_SPREAD = 3;
/** What a steady pace is uncertain by: output, saves, other users. */
const MARGIN = 0.05;
/** Part of the run that a falling residual is followed back for. */
const FIT_PART = 0.3;
/** Of the line's fit: below it, the residual does not fall along a line. */
const LEAST_FIT = 0.9;
const LEAST_SPANS = 10;

export function startPace(): Pace {
  return {
    every: 1,
    skipped: 0,
    step: [],
    time: [],
    clock: [],
    source: null,
    now: 0,
    clockTime: null,
    executionTime: null,
  };
}

/** Where the solver's own clocks stand among the series; -1 where it prints none. */
export interface SolverClocks {
  executionTime: number;
  clockTime: number;
}

/** @param now when the line was read, milliseconds since the epoch */
export function addToPace(pace: Pace, step: LogStep, clocks: SolverClocks, now: number): void {
  const valueAt = (index: number) => {
    const value = step.values[index];
    return value !== undefined && Number.isFinite(value) ? value : null;
  };
  pace.now = step.wall ?? now;
  pace.executionTime = valueAt(clocks.executionTime) ?? pace.executionTime;
  pace.clockTime = valueAt(clocks.clockTime) ?? pace.clockTime;
  const source: ClockSource =
    step.wall !== null ? 'wall' : pace.executionTime !== null ? 'execution' : 'arrival';
  if (source !== pace.source) {
    Object.assign(pace, {
      ...startPace(),
      now: pace.now,
      clockTime: pace.clockTime,
      executionTime: pace.executionTime,
    });
    pace.source = source;
  }
  pace.skipped += 1;
  if (pace.skipped < pace.every) return;
  pace.skipped = 0;
  pace.step.push(step.step);
  pace.time.push(step.time ?? step.step);
  pace.clock.push(source === 'wall' ? step.wall! : source === 'execution' ? pace.executionTime! * 1000 : now);
  if (pace.step.length < SAMPLES) return;
  for (const list of [pace.step, pace.time, pace.clock]) {
    for (let place = 0; place < SAMPLES / 2; place += 1) list[place] = list[2 * place + 1]!;
    list.length = SAMPLES / 2;
  }
  pace.every *= 2;
}

/** What is left, and which tolerance ends the run before that. */
interface Ahead {
  progress: LogProgress;
  tolerance: number | null;
  chosen: (name: string) => boolean;
}

/** Null while nothing is known about the end, or the forecast would be a guess. */
export function timeToEnd(
  pace: Pace,
  trails: readonly Trail[],
  steps: number,
  ahead: Ahead,
): TimeToEnd | null {
  const byEnd = knownEnd(pace, ahead.progress);
  const byConvergence =
    ahead.tolerance === null ? null : convergence(pace, trails, steps, ahead, ahead.tolerance);
  if (!byEnd || !byConvergence) return byEnd ?? byConvergence;
  return byConvergence.likely < byEnd.likely
    ? { ...byConvergence, high: Math.min(byConvergence.high, byEnd.high) }
    : byEnd;
}

function knownEnd(pace: Pace, { end, stepsLeft }: LogProgress): TimeToEnd | null {
  const last = pace.step.length - 1;
  if (last < 0) return null;
  const measure = stepsLeft !== null ? pace.step : pace.time;
  const left = stepsLeft ?? (end === null ? null : end - pace.time[last]!);
  if (left === null || left < 0) return null;
  if (left === 0) return { low: pace.now, likely: pace.now, high: pace.now };
  const likely = paceOf(pace, measure, 1 / 3);
  const others = [paceOf(pace, measure, 1 / 6), paceOf(pace, measure, 2 / 3)];
  if (likely === null) return null;
  const all = [likely, ...others.filter((one) => one !== null)];
  const [fastest, slowest] = [Math.min(...all), Math.max(...all)];
  if (slowest > WORST_SPREAD * fastest) return null;
  const at = (each: number) => Math.round(pace.now + left * each);
  return { low: at(fastest * (1 - MARGIN)), likely: at(likely), high: at(slowest * (1 + MARGIN)) };
}

/** Milliseconds for each unit of the measure over the last part of the samples; null when it can't be told. */
function paceOf(pace: Pace, measure: readonly number[], part: number): number | null {
  const last = measure.length - 1;
  const from = Math.max(0, last - Math.max(LEAST_SAMPLES, Math.round(last * part)));
  if (last - from < LEAST_SAMPLES) return null;
  const distance = measure[last]! - measure[from]!;
  const duration = (pace.clock[last]! - pace.clock[from]!) * clockFactor(pace);
  return distance > 0 && duration > 0 ? duration / distance : null;
}

/** Processor time passes more slowly than the clock on the wall when the solver waits; after a minute that is known. */
function clockFactor({ source, clockTime, executionTime }: Pace): number {
  if (source !== 'execution' || clockTime === null || executionTime === null) return 1;
  return clockTime >= 60 && executionTime > 0 ? clockTime / executionTime : 1;
}

function convergence(
  pace: Pace,
  trails: readonly Trail[],
  steps: number,
  { chosen }: Ahead,
  tolerance: number,
): TimeToEnd | null {
  const each = paceOf(pace, pace.step, 1 / 3);
  if (each === null) return null;
  let [soonest, likely, latest] = [0, 0, 0];
  let fields = 0;
  for (const trail of trails) {
    if (!isResidual(trail) || !chosen(trail.name) || !trail.history || !isAlive(trail, trails)) continue;
    fields += 1;
    const target = trail.role === 'residual-log10' && tolerance <= 0 ? tolerance : Math.log10(tolerance);
    const last = trail.recent.at(-1);
    const level = last === undefined ? null : inDecades(trail, last);
    if (level !== null && level <= target) continue;
    const { means } = lastSteps(trail.history, Math.max(40, steps * FIT_PART));
    if (means.length < LEAST_SPANS) return null;
    const line = fitLine(means);
    // Beyond as many steps as there were, a line through the last third says nothing.
    if (line.slope >= 0 || line.fit < LEAST_FIT) return null;
    const left = (spans: number) => Math.max(0, (target - line.level) / spans) * trail.history!.span;
    if (left(line.slope) > steps) return null;
    soonest = Math.max(soonest, left(line.slope - 2 * line.error));
    likely = Math.max(likely, left(line.slope));
    latest = Math.max(latest, left(Math.min(line.slope + 2 * line.error, line.slope / 3)));
  }
  if (fields === 0 || likely === 0) return null;
  const at = (count: number) => Math.round(pace.now + count * each);
  return { low: at(soonest * (1 - MARGIN)), likely: at(likely), high: at(latest * (1 + MARGIN)) };
}
