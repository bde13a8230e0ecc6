import type { Dialog } from '../dialog/field';
import { checkbox, deadline, job, platform, run } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  changes: true,
  fields: [
    platform(),
    job(),
    run(),
    checkbox('waitForFile', false),
    deadline(1800, { when: ['waitForFile', true] }),
  ],
  example: { payload: { exitcode: 0, file: { id: 'xYzAb' } }, jobId: 'foamSweep', runId: '3' },
});
