/** What the rules are asked to find, and with which numbers of the user. */

import type { NameTest } from '../../names/name-test';

export type VerdictName =
  'converged' | 'diverging' | 'stalled' | 'oscillating' | 'crashed' | 'silent' | 'limit' | 'log-ended';

export const verdictNames: readonly VerdictName[] = [
  'converged',
  'diverging',
  'stalled',
  'oscillating',
  'crashed',
  'silent',
  'limit',
  'log-ended',
];

/** A bound of the user for one or more series. */
export interface Limit {
  /** Globs with commas. */
  readonly series: string;
  readonly above?: number;
  readonly below?: number;
  /** Steps running that it must be passed. */
  readonly hold: number;
}

export interface JudgeOptions {
  readonly verdicts: ReadonlySet<VerdictName>;
  /** Steps before anything is judged that healthy runs do at their start. */
  readonly warmUp: number;
  /** Residuals at or below it for `hold` steps are converged; null: the solver's own word only. */
  readonly tolerance: number | null;
  /** Which series the tolerance is for; null = all residuals. */
  readonly fields: NameTest | null;
  readonly hold: number;
  /** Which series tell that the result has settled; null = none. */
  readonly monitor: NameTest | null;
  /** A series is settled when max minus min over the last `window` steps is at most so much of its mean. */
  readonly monitorTolerance: number;
  readonly window: number;
  readonly kind: 'auto' | 'steady' | 'transient';
  readonly limits: readonly (Limit & { readonly test: NameTest })[];
  /** Steps running that stalled and oscillating must hold. */
  readonly confirm: number;
}

/** The verdict of a log's end. */
export type FinalVerdict =
  'converged' | 'completed' | 'diverging' | 'crashed' | 'stalled' | 'oscillating' | 'unfinished' | 'unknown';
