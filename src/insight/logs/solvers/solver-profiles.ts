/** All solvers that are known. A new one is one file beside this and its line here. */
import type { SolverName } from '../log-step';
import type { SolverProfile } from '../profile';
import { openfoam } from './openfoam';

export const SOLVER_PROFILES: readonly SolverProfile[] = [openfoam];

export function profileOf(solver: SolverName): SolverProfile | undefined {
  return SOLVER_PROFILES.find((profile) => profile.solver === solver);
}
