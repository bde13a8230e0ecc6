/** What a solver's reader is made of. One file in `solvers/` holds one of these. */
import type { SolverName } from './log-step';
import type { RemarkRule } from './remark-rules';
import type { StepBuilder } from './step-builder';

/** A text that tells which solver writes a log. Three points are enough; what other programs print too gets fewer. */
export interface Sign {
  readonly word: string;
  readonly pattern?: RegExp;
  readonly points: number;
}

/** A log of one solver, being read. */
export interface OpenLog {
  /**
   * One line, without stamps, colours and ranks. `complete` is false for the last line of a text that has no end of
   * line: its last number may be half a number and is cut off before. Gives true when no words need be looked for.
   */
  line(text: string, complete: boolean): boolean;
  /** The log has ended: what is known only now. */
  end?(): void;
  /** Plain JSON from which `open` goes on. */
  readonly state: unknown;
}

export interface SolverProfile {
  readonly solver: SolverName;
  readonly signs: readonly Sign[];
  readonly remarks: readonly RemarkRule[];
  open(log: StepBuilder, state?: unknown): OpenLog;
}

/** Keeps the type of a profile's state to the profile's own file. */
export function defineProfile<State extends object>(profile: {
  solver: SolverName;
  signs: readonly Sign[];
  remarks: readonly RemarkRule[];
  begin(): State;
  line(state: State, text: string, log: StepBuilder, complete: boolean): boolean;
  end?(state: State, log: StepBuilder): void;
}): SolverProfile {
  return {
    solver: profile.solver,
    signs: profile.signs,
    remarks: profile.remarks,
    open(log, stored) {
      const state: State = Object.assign(profile.begin(), stored);
      return {
        state,
        line: (text, complete) => profile.line(state, text, log, complete),
        end: () => profile.end?.(state, log),
      };
    },
  };
}
