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
});
