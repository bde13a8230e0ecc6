import type { LogKind } from '../catalog/analyses';
import { abaqusLog } from './abaqus-log';
import { fluentLog } from './fluent-log';
import type { SolverLog } from './growing-log';
import type { ResidualCase } from './residuals';
import { starccmLog } from './starccm-log';
import { su2Log } from './su2-log';

/** What each solver writes but OpenFOAM, whose log needs to know the airfoil. */
export const solverLogs: Record<Exclude<LogKind, 'openfoam'>, (run: ResidualCase) => SolverLog> = {
  fluent: fluentLog,
  starccm: starccmLog,
  su2: su2Log,
  abaqus: abaqusLog,
};
