import type { Dialog } from '../dialog/field';
import { checkbox, job, list, outcome, platform, select } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  fields: [
    platform(),
    job(),
    select('state', ['any', 'pending', 'running', 'completed'], { icon: 'filter' }),
    select('runType', ['any', '1', '2', '3'], { icon: 'sitemap' }),
    checkbox('optimalOnly', false),
    outcome(false),
    ...list(),
  ],
  example: {
    payload: [{ id: '1', dateCompleted: null }],
    jobId: 'foamSweep',
    rescale: { count: 24, returned: 24 },
  },
});
