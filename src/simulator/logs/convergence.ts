/** How residuals develop; the built-in jobs have an example of each. */
export type Behaviour = 'converges' | 'diverges' | 'stalls' | 'oscillates' | 'crashes';

export interface Convergence {
  behaviour: Behaviour;
  /** The first step that shows it. */
  from: number;
}

export const CONVERGING: Convergence = { behaviour: 'converges', from: Infinity };
