import type { Dialog } from '../dialog/field';
import { glob, job, platform, run, select } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  fields: [platform(), job(), run(), glob(), select('emit', ['array', 'each'], { icon: 'sign-out' })],
  example: { payload: [{ path: 'shared/log.simpleFoam' }], jobId: 'foamSweep', runId: '3' },
});
