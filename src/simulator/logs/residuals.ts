import { fraction } from '../content/random';
import type { Convergence } from './convergence';

/** A computation of which only the residuals matter. */
export interface ResidualCase extends Convergence {
  /** Of all that is random in it. */
  key: string;
  /** That are written. */
  steps: number;
  /** That it was set up for; default as many as are written. */
  planned?: number;
}

export interface Equation {
  name: string;
  /** In the first step. */
  start: number;
  /** Steps to a third. */
  decay: number;
  /** Where it stays. */
  floor: number;
}

/** Decades a step that an unscaled residual grows by once a case diverges. */
const DIVERGENCE_RATE = 0.16;

/** The residual of a step, 1-based, as solvers print it that scale by the first steps only: it can grow past 1. */
export function residualAt({ key, behaviour, from }: ResidualCase, equation: Equation, step: number): number {
  const { name, start, decay, floor } = equation;
  const convergingStep = behaviour === 'converges' ? step : Math.min(step, from);
  const noise = 0.9 + 0.2 * fraction(key, name, step);
  const decayed = start * (Math.exp(-(convergingStep - 1) / decay) + floor) * noise;
  const since = Math.max(0, step - from);
  if (behaviour === 'diverges') return decayed * 10 ** Math.min(40, since * DIVERGENCE_RATE);
  return behaviour === 'oscillates' ? decayed * 10 ** (0.45 * Math.sin(since / 7)) : decayed;
}

/** `1.2346e-05`: digits and two places of exponent, as C prints `%.4e`. */
export function scientific(value: number, digits: number): string {
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}
