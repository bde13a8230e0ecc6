import type { Dialog } from '../dialog/field';
import { checkbox, deadline, job, platform, run } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  changes: true,
  fields: [
    platform(),
    job(),
    run(),
    checkbox('skipCompleted', true),
    checkbox('confirm', false),
    deadline(600, { when: ['confirm', true] }),
  ],
  errors: ['RESCALE_READ_ONLY', 'RESCALE_REJECTED', 'RESCALE_DEADLINE'],
});
