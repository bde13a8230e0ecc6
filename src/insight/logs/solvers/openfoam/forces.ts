/**
 * Coefficients that the function object forceCoeffs prints between steps, by their names (`Cd`, `Cl(f)`). The first
 * object's have no prefix, those of another one its name.
 */
import { readNumber } from '../../numbers';
import type { StepBuilder } from '../../step-builder';

export interface FoamForcesState {
  /** The object whose coefficients have no prefix. */
  main: string;
  object: string;
  /** Lines that may still belong to the block. */
  left: number;
}

const HEADING = /^\s*forceCoeffs\s+(\S+?):?\s*(?:execute|write|output|:|$)/;
/** `Cd: 0.5 0.4 0.1 0`, `Cd       : 0.0138 (pressure: …)`, `Cd    = 0.38`. */
const COEFFICIENT = /^\s+(C[A-Za-z]{1,10}(?:\([a-z]\))?)\s*[:=]\s*([^\s(]+)/;
const BLOCK_LINES = 30;

export function createFoamForces(
  log: StepBuilder,
): (state: { forces: FoamForcesState | null }, text: string) => boolean {
  return (state, text) => {
    if (text.includes('forceCoeffs')) {
      const object = HEADING.exec(text)?.[1];
      if (object === undefined) return false;
      state.forces = { main: state.forces?.main ?? object, object, left: BLOCK_LINES };
      return true;
    }
    const { forces } = state;
    if (!forces || forces.left <= 0) return false;
    forces.left -= 1;
    const match = COEFFICIENT.exec(text);
    const value = readNumber(match?.[2] ?? '');
    if (!match || value === undefined) return false;
    const prefix = forces.object === forces.main ? '' : `${forces.object}_`;
    log.set(log.define(`${prefix}${match[1] ?? ''}`, 'monitor', false), value);
    return true;
  };
}
