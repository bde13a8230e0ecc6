import { cutNesting } from '../../api/limits/nesting';
import type { Run } from '../../api/client/types';

/**
 * A run for a flow, which may change what it is given: the reading is shared with other watches and waits. What a variable
 * holds is anything, and one that is nested without end would keep the end of its run from being told.
 */
export function copyRun(run: Run): Run {
  cutNesting(run);
  return structuredClone(run);
}
