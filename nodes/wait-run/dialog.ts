import type { Dialog } from '../dialog/field';
import { checkbox, deadline, durable, interval, job } from '../dialog/kinds';
import { outcome, platform, run, select } from '../dialog/kinds';

export { jobOrRun as label } from '../editor/label';

export const dialog = (): Dialog => ({
  outputs: 2,
  fields: [
    platform(),
    select('scope', ['run', 'job'], { icon: 'crosshairs' }),
    job(),
    run({ when: ['scope', 'run'] }),
    outcome(true),
    checkbox('files', true),
    interval(30, 5),
    deadline(604_800, { zero: 'never' }),
    durable(),
  ],
  example: {
    payload: { id: '3' },
    rescale: { state: 'completed', summary: 'Job foamSweep run 3 succeeded after 2 h 14 min' },
  },
});
