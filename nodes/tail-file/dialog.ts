import type { Dialog } from '../dialog/field';
import { encoding, fold, job, number, path, platform, run, select, typed } from '../dialog/kinds';

export { fileName as label } from '../editor/label';

const lines = { type: 'num', value: '100' } as const;

export const dialog = (): Dialog => ({
  fields: [
    platform(),
    job(),
    run(),
    path(),
    typed('lines', { icon: 'align-left', literal: 'num', initial: lines, least: 1, blank: true }),
    select('format', ['lines', 'text', 'buffer'], { icon: 'sign-out' }),
    fold([
      encoding(),
      select('finished', ['file', 'error'], { icon: 'flag-checkered' }),
      number('limitBytes', 16_777_216, { icon: 'tachometer', least: 1, measure: 'bytes' }),
    ]),
  ],
  example: { payload: ['Time = 399', 'Time = 400'], path: 'shared/log.simpleFoam', runId: '3' },
});
