import type { Dialog } from '../dialog/field';
import { checkbox, deadline, job, platform, run, select } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  changes: true,
  fields: [
    platform(),
    select('scope', ['run', 'job'], { icon: 'crosshairs' }),
    job(),
    run({ when: ['scope', 'run'] }),
    checkbox('skipCompleted', true),
    checkbox('confirm', false),
    deadline(600, { when: ['confirm', true] }),
  ],
  errors: ['RESCALE_READ_ONLY', 'RESCALE_REJECTED', 'RESCALE_DEADLINE'],
  example: {
    payload: { requested: true, confirmed: true, run: { id: '3' } },
    jobId: 'foamSweep',
    runId: '3',
  },
});
