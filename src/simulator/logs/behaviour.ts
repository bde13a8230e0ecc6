/** How a computation goes, as solvers really go (examples of each are in the built-in jobs). */
export type Behaviour = 'converges' | 'diverges' | 'stalls' | 'oscillates' | 'crashes';

export interface Course {
  behaviour: Behaviour;
  /** The step from which it shows. */
  from: number;
}

export const HEALTHY: Course = { behaviour: 'converges', from: Infinity };
