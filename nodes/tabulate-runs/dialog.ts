import type { Dialog } from '../dialog/field';
import { checkbox, number, own, rows, select, text } from '../dialog/kinds';

export { offerVariables as prepare } from '../editor/variables';

/** The variables of a job that the user names here; nothing of it is stored. */
const offer = own('offer', {
  html: `<label for="rescale-offer-job"><i class="fa fa-search"></i> <span data-i18n="{{field.offer}}"></span></label>
      <select id="rescale-offer-platform" style="width: 150px" data-i18n="[aria-label]{{offer.platform}}"></select>
      <input type="text" id="rescale-offer-job" list="rescale-offer-jobs" style="width: 130px" data-i18n="[placeholder]{{placeholder.offer}}">
      <datalist id="rescale-offer-jobs"></datalist><datalist id="rescale-offer-names"></datalist>
      <button type="button" class="red-ui-button" id="rescale-offer-ask" data-i18n="{{offer.ask}}"></button>
      <div class="rescale-hint" id="rescale-offer-answer" role="status" aria-live="polite"></div>
      <div class="rescale-hint" id="rescale-offer-none" data-i18n="{{offer.none}}" hidden></div>
      <div class="rescale-hint" id="rescale-offer-found" hidden><span></span>
      <button type="button" class="red-ui-button red-ui-button-small" id="rescale-offer-add" data-i18n="{{offer.add}}"></button></div>`,
  stores: [],
});

export const dialog = (): Dialog => ({
  fields: [
    offer,
    rows(
      'columns',
      [
        { name: 'name', kind: 'text' },
        { name: 'title', kind: 'text', blank: true },
      ],
      { icon: 'columns' },
    ),
    rows(
      'goals',
      [
        { name: 'name', kind: 'text' },
        { name: 'goal', kind: 'select', options: ['min', 'max'] },
      ],
      { icon: 'bullseye' },
    ),
    select('include', ['all', 'succeeded', 'completed'], { icon: 'filter' }),
    select('format', ['rows', 'csv', 'html', 'markdown'], { icon: 'table' }),
    text('sort', '', { icon: 'sort-amount-asc' }),
    checkbox('descending', false),
    number('limit', 0, { icon: 'filter', least: 0, measure: 'items', zero: 'all' }),
    select('correlate', ['off', 'pearson', 'spearman'], { icon: 'random' }),
    text('inputColumns', '', { icon: 'sign-in', when: ['correlate', 'pearson', 'spearman'] }),
  ],
  example: {
    payload: [
      {
        run: '3',
        state: 'completed',
        result: 'succeeded',
        started: '2026-01-10T08:00:00Z',
        ended: '2026-01-10T09:12:00Z',
        minutes: 72,
        x_velocity: 12,
        Cl: 0.71,
        Cd: 0.021,
        best: true,
        front: true,
        link: 'https://platform.rescale.com/jobs/dmpTse/runs/3/results/',
      },
    ],
    jobId: 'dmpTse',
  },
});
