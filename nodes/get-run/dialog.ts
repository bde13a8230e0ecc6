import type { Dialog } from '../dialog/field';
import { job, outcome, platform, run } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  fields: [platform(), job(), run(), outcome(false)],
  example: { payload: { id: '3' }, jobId: 'foamSweep', runId: '3', rescale: { state: 'running' } },
});
