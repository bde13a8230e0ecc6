/** Where files will lie: a relative folder as the absolute one that it will be. */
import type { OpenDialog } from './open-dialog';
import { written } from './written';

interface FolderAnswer {
  folder: string;
}

/** Shows it below the field, with the folders that the node makes in it. */
export function showFolder(dialog: OpenDialog, name: string): void {
  const note = $('<div class="rescale-hint" role="status">').appendTo(`#rescale-row-${name}`);
  let asked = '';
  dialog.whenChanged(() => {
    const folder = written(dialog.value(name)).trim();
    const relative = folder !== '' && !/^([/\\]|[a-z]:|\$)/i.test(folder);
    const wanted = relative && dialog.value(`${name}Type`) === 'str' ? folder : '';
    if (wanted === asked) return;
    asked = wanted;
    note.text('');
    if (wanted === '') return;
    dialog.ask<FolderAnswer>('rescale-platform/folder', { folder: wanted }).then(
      (answer) => {
        if (wanted === asked) note.text(dialog.text('note.folder', { folder: answer.folder }));
      },
      () => {
        // Where it will be is worth knowing, not worth an error.
      },
    );
  });
}
