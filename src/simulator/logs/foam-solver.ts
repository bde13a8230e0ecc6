import { fraction } from '../content/random';
import type { Convergence } from './convergence';

/** One airfoil at one free-stream velocity: what simpleFoam, or pimpleFoam where time is resolved, is made to compute. */
export interface FoamCase extends Convergence {
  /** Of all that is random in its way to the end. */
  key: string;
  /** Of what is random in its result: equal inputs have equal ones. */
  seed: number;
  /** m/s */
  xVelocity: number;
  yVelocity: number;
  /** Iterations that the case is set up for. */
  iterations: number;
  transient?: boolean;
}

export type Field = 'Ux' | 'Uy' | 'p' | 'nuTilda';

/** One linear solve. */
interface Solve {
  initial: number;
  final: number;
  sweeps: number;
}

/** How fast each equation converges (iterations to a third), where it stays, and its usual sweeps. */
const equations: Record<Field, { decay: number; floor: number; sweeps: number }> = {
  Ux: { decay: 42, floor: 2.5e-6, sweeps: 4 },
  Uy: { decay: 46, floor: 4e-6, sweeps: 4 },
  p: { decay: 58, floor: 1.2e-5, sweeps: 7 },
  nuTilda: { decay: 50, floor: 6e-6, sweeps: 3 },
};

/** The most sweeps that a linear solver is allowed. */
const MOST_SWEEPS = 1000;

/** 0 before, and for a case that does not diverge. */
function iterationsSinceDivergence({ behaviour, from }: Convergence, iteration: number): number {
  return behaviour === 'diverges' ? Math.max(0, iteration - from) : 0;
}

/**
 * The linear solve of a field in an iteration, 1-based. Residuals are normalised, so that a case that diverges has
 * healthy initial ones: they creep up to a few tenths and stay below 1. What shows it is the final residual, which
 * ends above the initial one though all sweeps were used.
 */
export function solveAt(foam: FoamCase, field: Field, iteration: number): Solve {
  const { decay, floor, sweeps } = equations[field];
  const convergingIteration = foam.behaviour === 'converges' ? iteration : Math.min(iteration, foam.from);
  const noise = 0.85 + 0.3 * fraction(foam.key, field, iteration);
  const decayed = (Math.exp(-(convergingIteration - 1) / decay) + floor) * (iteration === 1 ? 1 : noise);
  const diverged = iterationsSinceDivergence(foam, iteration);
  if (diverged > 0) {
    const initial = Math.min(
      0.35 + 0.4 * fraction(foam.key, field, 'high', iteration),
      decayed * 1.09 ** diverged,
    );
    // The pressure goes first, the turbulence last.
    const lead = { p: 8, Ux: 0, Uy: 0, nuTilda: -12 }[field];
    const growing = Math.max(0, diverged + lead - 10);
    return growing === 0
      ? { initial, final: initial * 0.3, sweeps: Math.min(MOST_SWEEPS, sweeps * (2 + diverged)) }
      : { initial, final: initial * 10 ** Math.min(60, growing / 7), sweeps: MOST_SWEEPS };
  }
  const level = oscillation(foam, iteration) * decayed;
  return { initial: Math.min(1, level), final: level * 0.07, sweeps };
}

/** Half a decade up and down around the level at which an oscillating case stays. */
function oscillation({ behaviour, from }: Convergence, iteration: number): number {
  return behaviour === 'oscillates' && iteration > from ? 10 ** (0.45 * Math.sin((iteration - from) / 7)) : 1;
}

/** Per cell and step; grows by decades once a case diverges. */
export function continuityAt(foam: FoamCase, iteration: number): number {
  return (
    Math.min(1, solveAt(foam, 'p', iteration).initial) *
    0.031 *
    10 ** Math.min(72, iterationsSinceDivergence(foam, iteration) / 4)
  );
}

/** Courant number and time step: held at 0.9 by the step, which collapses when the velocity runs away. */
export function courantAt(foam: FoamCase, iteration: number): { mean: number; max: number; deltaT: number } {
  const diverged = iterationsSinceDivergence(foam, iteration);
  const noise = 0.9 + 0.08 * fraction(foam.key, 'courant', iteration);
  const max = noise * 10 ** Math.min(40, Math.max(0, diverged - 12) / 6);
  return { mean: max * 0.043, max, deltaT: 1e-4 * noise * 10 ** (-Math.min(30, diverged) / 4) };
}

export function angleOfAttack({ xVelocity, yVelocity }: FoamCase): number {
  return Math.atan2(yVelocity, xVelocity);
}

/** Degrees at which the flow leaves the profile. */
const STALL_ANGLE = 14;

/** The coefficients that the case tends to: thin-airfoil lift until the stall, drag with its square. */
export function finalForces(foam: FoamCase): { Cd: number; Cl: number } {
  const degrees = (angleOfAttack(foam) * 180) / Math.PI;
  const attached = Math.min(degrees, STALL_ANGLE);
  const lift = 0.105 * attached - 0.045 * (degrees - attached);
  const drag = 0.0085 + 0.011 * lift ** 2 + 0.006 * (degrees - attached);
  const scatter = 1 + 0.01 * (fraction(foam.seed, 'forces', foam.xVelocity, foam.yVelocity) - 0.5);
  return { Cd: round(drag * scatter), Cl: round(lift * scatter) };
}

/** The coefficients of an iteration: a damped oscillation, or divergence. */
export function forcesAt(foam: FoamCase, iteration: number): { Cd: number; Cl: number } {
  const { Cd, Cl } = finalForces(foam);
  const transient = 1.6 * Math.exp(-iteration / 45) * Math.cos(iteration / 9);
  const divergence = 1.35 ** iterationsSinceDivergence(foam, iteration) - 1;
  return { Cd: round(Cd * (1 + transient) + divergence), Cl: round(Cl * (1 - transient) - 3 * divergence) };
}

const round = (value: number) => Number(value.toPrecision(6));

/** Six digits as C++ writes them: `0.0123457`, `1.23457e-05`. */
export function foamNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) return String(Number(value.toPrecision(6)));
  const [digits, exponent] = value.toExponential(5).split('e') as [string, string];
  const power = Math.abs(Number(exponent));
  return `${Number(digits)}e${exponent.startsWith('-') ? '-' : '+'}${power < 10 ? '0' : ''}${power}`;
}
