/** All solvers that are known. A new one is one file beside this and its line here. */
import type { SolverName } from '../log-step';
import type { SolverProfile } from '../profile';
import { abaqus } from './abaqus';
import { ansys } from './ansys';
import { cfx } from './cfx';
import { fluent } from './fluent';
import { lsdyna } from './lsdyna';
import { nastran } from './nastran';
import { openfoam } from './openfoam/openfoam';
import { starccm } from './starccm';
import { su2 } from './su2';
import { table } from './table';

export const SOLVER_PROFILES: readonly SolverProfile[] = [
  openfoam,
  su2,
  fluent,
  starccm,
  cfx,
  abaqus,
  ansys,
  lsdyna,
  nastran,
  table,
];

export function profileOf(solver: SolverName): SolverProfile | undefined {
  return SOLVER_PROFILES.find((profile) => profile.solver === solver);
}
