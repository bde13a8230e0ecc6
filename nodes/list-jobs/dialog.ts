import type { Dialog } from '../dialog/field';
import { glob, list, number, platform, select, typed } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  fields: [
    platform(),
    typed('search', { icon: 'search', blank: true }),
    select('state', ['any', 'active', 'completed', 'draft'], { icon: 'filter' }),
    number('newerThan', 0, {
      icon: 'clock-o',
      least: 0,
      fraction: true,
      measure: 'hours',
      zero: 'any-time',
    }),
    glob(),
    ...list(),
  ],
  example: { payload: [{ id: 'dmpTse', name: 'sweep 2', jobStatus: { content: 'Executing' } }] },
});
