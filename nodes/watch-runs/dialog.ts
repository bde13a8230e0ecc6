import type { Dialog } from '../dialog/field';
import {
  checkbox,
  checks,
  fold,
  interval,
  number,
  outcome,
  own,
  platform,
  select,
  typed,
} from '../dialog/kinds';
import { fixedValue, type Label } from '../editor/label';

const TEST = `<button type="button" class="red-ui-button rescale-below" id="rescale-test-event"><i class="fa fa-bell"></i>
  <span data-i18n="{{note.test}}"></span></button> <div class="rescale-answer" id="rescale-test-event-answer" role="status"></div>`;

const after = { least: 0, most: 87_600, fraction: true, measure: 'hours', zero: 'never' } as const;

export const dialog = (): Dialog => ({
  fields: [
    platform(),
    select('scope', ['jobs', 'all'], { icon: 'crosshairs' }),
    typed('jobs', {
      icon: 'briefcase',
      accepts: 'jobs',
      blank: true,
      pick: 'jobs',
      several: true,
      types: ['json', 'env', 'flow', 'global'],
      when: ['scope', 'jobs'],
    }),
    typed('search', {
      icon: 'search',
      blank: true,
      types: ['env', 'flow', 'global'],
      when: ['scope', 'all'],
    }),
    checks('events', ['started', 'completed', 'job'], { icon: 'bell-o', initial: ['completed', 'job'] }),
    number('overdue', 0, { icon: 'hourglass-end', ...after }),
    number('waiting', 0, { icon: 'hourglass-start', ...after }),
    checkbox('files', false),
    select('startFrom', ['now', 'hours', 'all'], { icon: 'step-backward' }),
    number('startFromHours', 24, {
      icon: 'history',
      least: 0,
      most: 87_600,
      measure: 'hours',
      when: ['startFrom', 'hours'],
    }),
    own('test', { html: TEST, stores: [] }),
    fold([outcome(true), interval(30, 5)]),
  ],
  example: {
    topic: 'run/completed',
    jobId: 'foamSweep',
    runId: '3',
    payload: { event: 'completed', summary: 'Job foamSweep run 3 succeeded after 2 h 14 min' },
  },
});

export { offerTestEvent as prepare } from '../editor/test-event';

export function label(node: EditorNode): Label {
  if (node['scope'] === 'all') return { key: 'all' };
  const jobs = fixedValue(node, 'jobs')
    .split(',')
    .map((job) => job.trim())
    .filter(Boolean);
  return jobs.length > 0 ? { key: 'of', values: { jobs: jobs.join(', ') } } : { key: 'bare' };
}
