import type { JobPlan } from './job';
import { sampleJobs } from './sample-jobs';

/** The jobs that every simulator has. */
export function builtInJobs(): JobPlan[] {
  return [...sampleJobs(), { id: 'longRun', runs: [{ duration: 2 * 86_400 }] }];
}
