/** Offers the variables of a job wherever a dialog wants the name of one. */
import { sentenceOf } from './ask';
import type { OpenDialog } from './open-dialog';
import { rowsOf } from './rows-field';

interface JobRow {
  id: string;
  name: string;
}

interface RunRow {
  variables: { name: string }[];
}

const at = (name: string) => $(`#rescale-offer-${name}`);

/** Columns that every run has, after which one may sort. */
const OF_EVERY_RUN = ['run', 'state', 'result', 'started', 'ended', 'minutes'];

export function offerVariables(dialog: OpenDialog): void {
  const platforms: EditorNode[] = [];
  RED.nodes.eachConfig((node) => {
    if (node.type === 'rescale-platform') platforms.push(node);
  });
  for (const node of platforms) {
    $('<option>').val(node.id).text(RED.utils.getNodeLabel(node, node.id)).appendTo(at('platform'));
  }
  $('#rescale-row-offer').toggle(platforms.length > 0);
  offerNames([]);

  // The name of a column may be typed, or chosen of what was found.
  $('#dialog-form').on('focusin.rescale', '[data-column="name"], #node-input-sort', (event) => {
    (event.target as unknown as HTMLInputElement).setAttribute('list', 'rescale-offer-names');
  });
  at('job').one('focus', () => void offerJobs(dialog));
  at('platform').on('change', () => void offerJobs(dialog));
  at('ask').on('click', () => void askVariables(dialog));
  at('job').on('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    void askVariables(dialog);
  });
}

/** What can't be listed can be typed, so that a failure is not worth a word here. */
async function offerJobs(dialog: OpenDialog): Promise<void> {
  try {
    const { rows } = await dialog.ask<{ rows: JobRow[] }>('rescale-platform/lookups/jobs', {
      platform: at('platform').val(),
      search: '',
    });
    at('jobs').empty();
    for (const { id, name } of rows) $('<option>').val(id).text(name).appendTo(at('jobs'));
  } catch {
    at('jobs').empty();
  }
}

async function askVariables(dialog: OpenDialog): Promise<void> {
  const button = at('ask').prop('disabled', true);
  at('answer').text('');
  at('none').prop('hidden', true);
  at('found').prop('hidden', true);
  try {
    const { rows } = await dialog.ask<{ rows: RunRow[] }>('rescale-platform/lookups/runs', {
      platform: at('platform').val(),
      jobId: String(at('job').val() ?? '').trim(),
    });
    const names = [...new Set(rows.flatMap(({ variables }) => variables.map(({ name }) => name)))];
    offerNames(names);
    at('none').prop('hidden', names.length > 0);
    at('found')
      .prop('hidden', names.length === 0)
      .find('span')
      .text(names.join(', '));
    at('add')
      .off('click')
      .on('click', () => addColumns(['run', 'result', ...names]));
  } catch (error) {
    at('answer').text(sentenceOf(error));
  }
  button.prop('disabled', false);
  RED.tray.resize();
}

function offerNames(names: string[]): void {
  at('names').empty();
  for (const name of [...names, ...OF_EVERY_RUN]) $('<option>').val(name).appendTo(at('names'));
}

/** Those that the list does not have yet. */
function addColumns(names: string[]): void {
  const list = rowsOf('node-input', 'columns');
  const held = list
    .find('[data-column="name"]')
    .toArray()
    .map((input) => (input as HTMLInputElement).value.trim());
  for (const name of names) if (!held.includes(name)) list.editableList('addItem', { name });
  list.trigger('change');
}
