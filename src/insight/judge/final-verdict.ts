import type { LogRemark } from '../logs/log-step';
import type { FinalVerdict, VerdictName } from './reading/options';
import type { JudgeState } from './state';

/**
 * What can be said of a log that has ended. A crash is above all else, and a run that diverged has not converged
 * whatever its last line says. A run that came to its end without any progress is told as that. What was read without
 * an ending is unfinished; where no step was read, nothing is known.
 */
const ORDER: readonly { verdict: FinalVerdict; holds(state: JudgeState): boolean }[] = [
  { verdict: 'crashed', holds: (state) => endedBy(state, 'crashed') || endedBy(state, 'licence') },
  {
    verdict: 'diverging',
    holds: ({ told, heard }) => told.includes('diverging') || heard.includes('diverging'),
  },
  { verdict: 'crashed', holds: (state) => endedBy(state, 'killed') },
  { verdict: 'converged', holds: ({ heard, metCriterion }) => heard.includes('converged') || metCriterion },
  { verdict: 'oscillating', holds: ({ flat }) => flat.verdict === 'oscillating' },
  { verdict: 'stalled', holds: ({ flat }) => flat.verdict === 'stalled' },
  { verdict: 'completed', holds: ({ completed }) => completed !== null },
  { verdict: 'unfinished', holds: ({ judged }) => judged > 0 },
  { verdict: 'unknown', holds: () => true },
];

/** A program that has crashed computes no further steps: two at most were being written by other processes. */
const STEPS_AFTER_CRASH = 2;

export function finalVerdict(state: JudgeState): FinalVerdict {
  return ORDER.find((one) => one.holds(state))!.verdict;
}

/**
 * The gravest of what was told that is so still, null while all is well: a residual that falls again is not stalled, a value that is back is
 * over no limit, and a program that began anew, or computes on after all, has not crashed.
 */
export function presentTrouble(
  state: JudgeState,
  wanted: (name: VerdictName) => boolean,
): VerdictName | null {
  const { told, heard, flat, metCriterion, limitsTold, streaks } = state;
  const isTold = (name: VerdictName) => told.includes(name) && wanted(name);
  if (isTold('crashed') && !computesOn(state)) return 'crashed';
  if (isTold('diverging')) return 'diverging';
  const isFlat = flat.verdict !== null && !heard.includes('converged') && !metCriterion;
  if (isFlat && (isTold('stalled') || isTold('oscillating'))) return flat.verdict;
  const isOver = (place: number) =>
    Object.keys(streaks).some((key) => `${key} `.startsWith(`limit ${place} `));
  return limitsTold.some(isOver) ? 'limit' : null;
}

function computesOn({ crashedAt, judged }: JudgeState): boolean {
  return crashedAt === null || judged - crashedAt > STEPS_AFTER_CRASH;
}

function endedBy(state: JudgeState, kind: LogRemark['kind']): boolean {
  return state.heard.includes(kind) && !computesOn(state);
}
