import type { Dialog } from '../dialog/field';
import { checkbox, fold, job, number, platform, run, select, typed } from '../dialog/kinds';
import { showFolder } from '../editor/folder-note';
import { fixedValue, type Label } from '../editor/label';
import type { OpenDialog } from '../editor/open-dialog';

export const dialog = (): Dialog => ({
  fields: [
    platform(),
    job({ blank: true }),
    run({ blank: true }),
    typed('files', {
      icon: 'files-o',
      pick: 'outputs',
      initial: { type: 'msg', value: 'payload' },
      types: ['json', 'msg', 'flow', 'global', 'env', 'jsonata'],
    }),
    select('to', ['folder', 'buffer'], { icon: 'sign-out' }),
    typed('folder', { icon: 'folder-open-o', when: ['to', 'folder'] }),
    select('existing', ['skip', 'replace', 'error'], { icon: 'clone', when: ['to', 'folder'] }),
    checkbox('complete', true),
    fold([
      number('limitBytes', 67_108_864, {
        icon: 'tachometer',
        least: 1,
        measure: 'bytes',
        when: ['to', 'buffer'],
      }),
      number('concurrency', 4, { icon: 'random', least: 1, most: 8 }),
    ]),
  ],
  example: {
    payload: [{ relativePath: 'VTK/wing_400.vtk', file: '/data/results/foamSweep/run3/VTK/wing_400.vtk' }],
  },
});

export function label(node: EditorNode): Label {
  const folder = node['to'] === 'folder' ? fixedValue(node, 'folder') : '';
  return folder === '' ? { key: 'bare' } : { key: 'of', values: { folder: shortened(folder) } };
}

/** A whole path makes a node as wide as half the flow; its end tells folders apart. */
const shortened = (folder: string) =>
  folder.length > 24 ? `…/${folder.split(/[\\/]/).filter(Boolean).pop() ?? ''}` : folder;

export function prepare(dialog: OpenDialog): void {
  showFolder(dialog, 'folder');
}
