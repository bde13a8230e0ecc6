import type { Dialog } from '../dialog/field';
import { checkbox, deadline, durable, fold, interval, job } from '../dialog/kinds';
import { outcome, platform, run, select } from '../dialog/kinds';

export { jobOrRun as label } from '../editor/label';

export const dialog = (): Dialog => ({
  outputs: 2,
  fields: [
    platform(),
    select('scope', ['run', 'job'], { icon: 'crosshairs' }),
    job(),
    run({ when: ['scope', 'run'] }),
    checkbox('files', true),
    deadline(604_800, { zero: 'never' }),
    fold([outcome(true), interval(30, 5), durable()]),
  ],
  example: {
    payload: { id: '3' },
    rescale: { state: 'completed', summary: 'Job foamSweep run 3 succeeded after 2 h 14 min' },
  },
});
