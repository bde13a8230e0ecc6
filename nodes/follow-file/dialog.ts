import type { Dialog } from '../dialog/field';
import {
  deadline,
  durable,
  encoding,
  fold,
  interval,
  job,
  path,
  platform,
  run,
  select,
} from '../dialog/kinds';

export { fileName as label } from '../editor/label';

export const dialog = (): Dialog => ({
  outputs: 2,
  fields: [
    platform(),
    job(),
    run(),
    path(),
    select('from', ['start', 'now'], { icon: 'step-backward' }),
    select('emit', ['batch', 'line'], { icon: 'sign-out' }),
    deadline(0, { zero: 'never' }),
    fold([interval(10, 2), durable(), encoding()]),
  ],
  example: { payload: ['Time = 41'], rescale: { follow: { seq: 120, lines: 1, gap: null } } },
});
