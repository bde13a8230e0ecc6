import type { LogRemark } from '../logs/log-step';
import type { VerdictName } from './reading/options';
import { startPace, type Pace } from './time-to-end';
import type { Trail } from './reading/trail';

/** Everything a judge remembers of one log. Plain JSON, bounded by the number of series, not by the length of the log. */
export interface JudgeState {
  trails: Trail[];
  /** Steps since the log, or its last restart, began. */
  judged: number;
  /** The last closed step, and what it said. */
  step: number;
  time: number | null;
  /** Whether the printed times are whole numbers one after the other: iterations. */
  iterations: boolean;
  streaks: Record<string, number>;
  tallies: Record<string, number>;
  settling: { name: string; values: number[] }[];
  /** Verdicts that were told since the last restart. */
  told: VerdictName[];
  limitsTold: number[];
  /** How flat the residuals were when last looked at, and for how many steps running. */
  flat: { verdict: 'stalled' | 'oscillating' | null; steps: number };
  /** How many steps were judged when the residuals last jumped all at once; 0 when they never did. */
  jumpedAt: number;
  /** Kinds of remarks since the last restart, in the order of their last appearance. */
  heard: LogRemark['kind'][];
  /** The step in which the solver said that it is done; null when steps came after it. */
  completed: number | null;
  /** How many steps were judged when a crash was read. */
  crashedAt: number | null;
  /** The user's own criterion was met. */
  metCriterion: boolean;
  pace: Pace;
}

export function startState(): JudgeState {
  return {
    trails: [],
    judged: 0,
    step: 0,
    time: null,
    iterations: true,
    streaks: {},
    tallies: {},
    settling: [],
    told: [],
    limitsTold: [],
    flat: { verdict: null, steps: 0 },
    jumpedAt: 0,
    heard: [],
    completed: null,
    crashedAt: null,
    metCriterion: false,
    pace: startPace(),
  };
}

/** State is a file that anything may have happened to: what is asked for before the next step is there. */
export function isJudgeState(stored: unknown): stored is JudgeState {
  if (typeof stored !== 'object' || stored === null) return false;
  const { told, heard, limitsTold, streaks, flat } = stored as Partial<JudgeState>;
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  return [told, heard, limitsTold].every(Array.isArray) && isObject(streaks) && isObject(flat);
}

/** The solver began anew: what it did before is no ground to judge what it does now. */
export function forgetForRestart(state: JudgeState): void {
  const { step, time } = state;
  Object.assign(state, { ...startState(), step, time });
}
