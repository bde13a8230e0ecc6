import type { LogStep, SeriesRole, SolverName } from '../../logs/log-step';
import type { JudgeOptions, VerdictName } from './options';
import type { Trail } from './trail';

/** One step in judgement, as rules see it: the step's own values, and the trails as they were before it. */
export interface Reading {
  readonly step: LogStep;
  readonly trails: readonly Trail[];
  /** By role: the places of its series in `trails`. */
  readonly places: ReadonlyMap<SeriesRole, readonly number[]>;
  readonly solver: SolverName | null;
  /** Steps since the log, or its last restart, began; the step in judgement counts. */
  readonly judged: number;
  readonly options: JudgeOptions;
  /** The printed time of the step before. */
  readonly lastTime: number | null;
  /** Of each series that the user named as a monitor: its values in the last `window` steps, this one included. */
  readonly settling: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** In how many steps running, this one included, something held that the key names (`of` the series, if of one). */
  streak(key: string, holds: boolean, of?: string): number;
  /** How many times so far something happened that the key names. */
  tally(key: string, happened: boolean): number;
}

/** What a rule found. */
export interface Finding {
  /** Plain sentences without a full stop, with the values of the lines. */
  readonly evidence: readonly string[];
  readonly values: Readonly<Record<string, number | null>>;
}

/** A rule looks at each step. */
export interface StepRule {
  readonly name: string;
  readonly verdict: VerdictName;
  /** It may speak before `warmUp` steps, because nothing that healthy runs do at their start looks like it. */
  readonly early?: boolean;
  find(reading: Reading): Finding | null;
}

/** Numbers as a person reads them: `0.00012`, `4.3e5`, `812`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : 'infinite';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return String(Number(value.toPrecision(4)));
  return Number(value.toPrecision(2)).toExponential().replace('e+', 'e');
}
