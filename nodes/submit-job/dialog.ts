import type { Dialog } from '../dialog/field';
import { checkbox, fold, number, own, platform, select, typed } from '../dialog/kinds';
import { fixedValue, type Label } from '../editor/label';

const PREVIEW = `<button type="button" class="red-ui-button rescale-below" id="rescale-show-preview"><i class="fa fa-eye"></i>
  <span data-i18n="{{note.button}}"></span></button> <div class="rescale-answer rescale-preview" id="rescale-preview-answer" role="status"></div>`;

const fromMessage = (value: string) => ({ type: 'msg', value }) as const;
const count = { literal: 'num', blank: true, least: 1 } as const;

export const dialog = (): Dialog => ({
  changes: true,
  fields: [
    platform(),
    select('from', ['job', 'definition'], { icon: 'copy' }),
    typed('source', {
      icon: 'briefcase',
      initial: fromMessage('jobId'),
      accepts: 'id',
      pick: 'jobs',
      when: ['from', 'job'],
    }),
    typed('definition', {
      icon: 'file-code-o',
      literal: 'json',
      initial: fromMessage('payload'),
      when: ['from', 'definition'],
    }),
    typed('jobName', { icon: 'tag', blank: true }),
    typed('parameters', { icon: 'table', initial: fromMessage(''), blank: true }),
    typed('tokens', { icon: 'code', literal: 'json', blank: true }),
    typed('inputFiles', { icon: 'upload', literal: 'json', blank: true }),
    typed('folder', { icon: 'folder-open-o', blank: true }),
    select('inputMode', ['add', 'replace'], { icon: 'clone' }),
    checkbox('submit', true),
    number('limitCost', 0, { icon: 'money', least: 0, fraction: true, measure: 'price', zero: 'none' }),
    own('preview', { html: PREVIEW, stores: [] }),
    fold([
      typed('command', { icon: 'terminal', blank: true }),
      typed('analysisVersion', { icon: 'code-fork', blank: true, pick: 'versions' }),
      typed('coreType', { icon: 'microchip', blank: true, pick: 'coretypes' }),
      typed('coresPerSlot', { icon: 'th', ...count }),
      typed('slots', { icon: 'clone', ...count }),
      typed('walltime', { icon: 'clock-o', ...count }),
      typed('project', { icon: 'folder-o', blank: true, pick: 'projects' }),
    ]),
  ],
  errors: ['RESCALE_READ_ONLY', 'RESCALE_REJECTED', 'RESCALE_PATH'],
  example: {
    payload: { id: 'dmpTse', name: 'sweep 2' },
    jobId: 'dmpTse',
    rescale: { submitted: true, estimate: { amount: 12.8, cores: 16, hours: 10 } },
  },
});

export { offerPreview as prepare } from '../editor/job-preview';

export function label(node: EditorNode): Label {
  const source = node['from'] === 'job' ? fixedValue(node, 'source') : '';
  return source === '' ? { key: 'bare' } : { key: 'of', values: { source } };
}
