/**
 * What reading a solver's log gives: steps with numbers, and remarks for what the solver says in words. Readers of
 * logs produce these, rules judge them; neither knows the other.
 */

export type SolverName =
  | 'openfoam'
  | 'su2'
  | 'fluent'
  | 'starccm'
  | 'cfx'
  | 'abaqus'
  | 'ansys'
  | 'lsdyna'
  | 'nastran'
  | 'table'
  | 'patterns';

/**
 * What a series measures, so that a rule knows which numbers are its own:
 * `residual` as printed and `residual-log10` (its decadic logarithm) fall while a run converges; `final-residual` and
 * `sweeps` belong to the linear solver; `force` is an out-of-balance force; `monitor` is a quantity somebody wants
 * (a coefficient, a report); `attempts` is the number of the attempt at one increment; `increment` is its size.
 */
export type SeriesRole =
  | 'residual'
  | 'residual-log10'
  | 'final-residual'
  | 'sweeps'
  | 'continuity'
  | 'courant-max'
  | 'time-step'
  | 'monitor'
  | 'force'
  | 'criterion'
  | 'attempts'
  | 'increment'
  | 'other';

export interface Series {
  /** The solver's own name. */
  readonly name: string;
  readonly role: SeriesRole;
  /** Whether it is shown when nobody names series. */
  readonly usual: boolean;
  /** For what belongs to a field: the name of its residual series. */
  readonly field?: string;
}

/** One closed step. Series are counted by their place in the reader's list, which only grows. */
export interface LogStep {
  /**
   * Counted from 1, in the order of the log. 0 is what stood before the first step began: the rest of a step that a
   * late reader met, solves that prepare a run, or all of a text that names no step. It has solves and values, but is
   * no step of the run, and comes at most once.
   */
  readonly step: number;
  /** The printed iteration or time; null where there is none. */
  readonly time: number | null;
  /** Milliseconds since the epoch, from a stamp before the line; null without one. */
  readonly wall: number | null;
  /** By the number of the series; NaN where the step has no value, an infinite one where the log has it. */
  readonly values: readonly number[];
  /** Numbers of series whose printed value was not a number (`nan`, `1.#IND`), which `values` can't tell from a missing one. */
  readonly notNumbers: readonly number[];
  /** Of all linear solves of the step, if the log tells: the worst final by initial residual, and how many ended worse than they began with 100 or more sweeps. */
  readonly solves: { readonly worstRatio: number; readonly worseWithManySweeps: number } | null;
  /** The line (counted from 1 since the reader began) that closed the step. */
  readonly line: number;
  /** What the log had shown by then; a reader that has read on may know more. */
  readonly kind: 'steady' | 'transient' | null;
  readonly progress: LogProgress;
}

/** What the solver says in words. */
export interface LogRemark {
  /**
   * `restarted`: the printed time went back, or another program began to write; steps with the same or a later time
   * that came before are superseded by those that follow.
   */
  readonly kind:
    | 'converged'
    | 'completed'
    | 'not-converged'
    | 'diverging'
    | 'crashed'
    | 'licence'
    | 'killed'
    | 'restarted';
  /** Name of the pattern that matched. */
  readonly rule: string;
  /** A plain sentence of what that means. */
  readonly reason: string;
  /** The line as read, at most 200 characters. */
  readonly text: string;
  /** The last closed or open step; 0 before the first. */
  readonly step: number;
  readonly line: number;
  readonly wall: number | null;
}

export type LogItem = { readonly step: LogStep } | { readonly remark: LogRemark };

/** Where the log says how far it is to go. */
export interface LogProgress {
  /** 0 to 1, or null. */
  readonly progress: number | null;
  /** What `time` will be at the end, where the log tells (end time, number of iterations). */
  readonly end: number | null;
  /** Steps left, where the log prints them. */
  readonly stepsLeft: number | null;
}

/** Reads one log in pieces, cut anywhere. The same items come for any cutting. Made by `reader/create-log-reader`. */
export interface LogReader {
  /** null until it is recognised; a log that is no known solver's stays null. */
  readonly solver: SolverName | null;
  readonly series: readonly Series[];
  readonly progress: LogProgress;
  /** Steady or transient as the log shows it; null while it doesn't. */
  readonly kind: 'steady' | 'transient' | null;
  read(piece: string): LogItem[];
  /** The end of the log: what stood in an unfinished line or step, judged as far as it can be read. */
  end(): LogItem[];
  /** Everything needed to go on after a restart, as plain JSON. */
  state(): unknown;
}
