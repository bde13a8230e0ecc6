import type { JobPlan } from './job';

/** The jobs that every simulator has. */
export function builtInJobs(): JobPlan[] {
  return [{ id: 'longRun', runs: [{ duration: 2 * 86_400 }] }];
}
