import { fraction } from '../content/random';

/** One airfoil in one wind: what simpleFoam is made to compute. */
export interface FoamCase {
  /** Of all that is random in it. */
  key: string;
  /** m/s */
  xVelocity: number;
  yVelocity: number;
  /** Iterations that the case is set up for. */
  iterations: number;
  /** The iteration from which it diverges; Infinity when it converges. */
  divergesFrom: number;
}

export interface Residuals {
  Ux: number;
  Uy: number;
  p: number;
  nuTilda: number;
}

/** How fast each equation converges (iterations to a third), and where it stays. */
const equations: Record<keyof Residuals, { pace: number; floor: number }> = {
  Ux: { pace: 42, floor: 2.5e-6 },
  Uy: { pace: 46, floor: 4e-6 },
  p: { pace: 58, floor: 1.2e-5 },
  nuTilda: { pace: 50, floor: 6e-6 },
};

/** Growth per iteration once a case diverges. */
const GROWTH = 1.07;

/** The initial residuals of an iteration, 1-based: a steady fall with some noise, or a blow-up. */
export function residualsAt(foam: FoamCase, iteration: number): Residuals {
  const at = (equation: keyof Residuals) => {
    const { pace, floor } = equations[equation];
    const calm = Math.min(iteration, foam.divergesFrom);
    const noise = 0.85 + 0.3 * fraction(foam.key, equation, iteration);
    const fallen = (Math.exp(-(calm - 1) / pace) + floor) * (iteration === 1 ? 1 : noise);
    return Math.min(1, fallen * GROWTH ** Math.max(0, iteration - foam.divergesFrom));
  };
  return { Ux: at('Ux'), Uy: at('Uy'), p: at('p'), nuTilda: at('nuTilda') };
}

export function angleOfAttack({ xVelocity, yVelocity }: FoamCase): number {
  return Math.atan2(yVelocity, xVelocity);
}

/** Degrees at which the flow leaves the profile. */
const STALL = 14;

/** The coefficients that the case tends to: thin-airfoil lift until the stall, drag with its square. */
export function finalForces(foam: FoamCase): { Cd: number; Cl: number } {
  const degrees = (angleOfAttack(foam) * 180) / Math.PI;
  const attached = Math.min(degrees, STALL);
  const lift = 0.105 * attached - 0.045 * (degrees - attached);
  const drag = 0.0085 + 0.011 * lift ** 2 + 0.006 * (degrees - attached);
  const scatter = 1 + 0.01 * (fraction(foam.key, 'forces') - 0.5);
  return { Cd: round(drag * scatter), Cl: round(lift * scatter) };
}

/** The coefficients of an iteration: swinging in, or blowing up. */
export function forcesAt(foam: FoamCase, iteration: number): { Cd: number; Cl: number } {
  const { Cd, Cl } = finalForces(foam);
  const swing = 1.6 * Math.exp(-iteration / 45) * Math.cos(iteration / 9);
  const blown = GROWTH ** Math.max(0, iteration - foam.divergesFrom) - 1;
  return { Cd: round(Cd * (1 + swing) + blown), Cl: round(Cl * (1 - swing) - 3 * blown) };
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
