/** The button of submit job that shows what would be sent, and what it may cost at the most. Nothing is made. */
import type { JobPreview, TilePreview } from '../../src/runs/jobs/preview';
import { sentenceOf } from './ask';
import { draftOf } from './drafts';
import { figure, size } from './figures';
import type { OpenDialog } from './open-dialog';
import { platformOf } from './platforms';
import { reason, type Reason } from './texts';

interface PreviewAnswer {
  preview: JobPreview;
  /** Fields whose values come with the message. */
  open: string[];
}

/** Longer commands are cut: a person knows them by their beginning. */
const LONGEST_COMMAND = 300;
const MOST_NAMES = 6;

export function offerPreview(dialog: OpenDialog): void {
  warnOfNoLimit(dialog);
  const answer = $('#rescale-preview-answer');
  const say = (sentence: string) => answer.empty().addClass('rescale-bad').text(sentence);
  if (!RED.user.hasPermission('rescale-platform.write')) $('#rescale-row-preview').hide();
  $('#rescale-show-preview').on('click', () => {
    const platform = platformOf(dialog.node, dialog.value('platform'));
    if (!platform) return void say(dialog.shared('pick.no-platform'));
    const fields: Record<string, unknown> = {};
    for (const name of Object.keys(dialog.node._def.defaults)) fields[name] = dialog.value(name);
    const draft = draftOf(platform);
    answer.removeClass('rescale-bad').text(dialog.shared('pick.loading'));
    const asked = { fields, ...(draft ? { draft } : { platform: platform.id }) };
    dialog.ask<PreviewAnswer>('rescale-submit-job/preview', asked).then(
      (found) => {
        show(answer, dialog, found);
        RED.tray.resize();
      },
      (error: unknown) => say(sentenceOf(error)),
    );
  });
}

/** Said at the field: a job that is submitted without a limit may cost anything. */
function warnOfNoLimit(dialog: OpenDialog): void {
  const note = $('<div class="rescale-hint rescale-caution" role="status">').appendTo(
    '#rescale-row-limitCost',
  );
  dialog.whenChanged(() => {
    const unlimited = dialog.value('submit') === true && Number(dialog.value('limitCost')) === 0;
    note.text(unlimited ? dialog.text('note.no-limit') : '').toggle(unlimited);
  });
}

function show(answer: JQuery, dialog: OpenDialog, { preview, open }: PreviewAnswer): void {
  const rows = $('<dl>');
  const row = (key: string, value: string) => {
    if (value === '') return;
    $('<dt>').text(dialog.text(key)).appendTo(rows);
    $('<dd>').text(value).appendTo(rows);
  };
  row('note.name', preview.name);
  for (const tile of preview.tiles) tileRows(row, dialog, tile);
  row('note.uploads', names(preview.uploads.map(({ name, bytes }) => `${name} (${size(bytes)})`)));
  row('note.columns', preview.columns?.join(', ') ?? '');
  row('note.runs', preview.runs === null ? dialog.text('note.runs-unknown') : figure(preview.runs));
  row('note.project', preview.project ?? '');
  row('note.estimate', estimateOf(dialog, preview));
  row('note.then', dialog.text(preview.submit ? 'note.submitted' : 'note.draft'));
  row('note.open', open.map((name) => dialog.text(`field.${name}`)).join(', '));
  answer.empty().append(rows);
}

function tileRows(row: (key: string, value: string) => void, dialog: OpenDialog, tile: TilePreview): void {
  const { command, environment, coreType, coresPerSlot: cores, slots, walltime: hours } = tile;
  row('note.software', [tile.software, tile.version ?? ''].join(' ').trim());
  row('note.command', command.length > LONGEST_COMMAND ? `${command.slice(0, LONGEST_COMMAND)} …` : command);
  row(
    'note.hardware',
    dialog.text(hours === null ? 'note.cores' : 'note.cores-hours', { coreType, cores, slots, hours }),
  );
  row(
    'note.environment',
    environment.length > 0 ? dialog.text('note.hidden', { names: names(environment) }) : '',
  );
  row('note.inputs', names(tile.inputs));
}

/** The time limit is that of the whole job, so runs after one another cost no more than it allows. */
function estimateOf(dialog: OpenDialog, { estimate }: JobPreview): string {
  if ('unknown' in estimate) {
    const { key, values } = estimate.unknown;
    const why: Reason = { key: `errors.${key}`, ...(values && { values }) };
    return dialog.text('note.no-estimate', { reason: reason(why) });
  }
  const { amount, cores, hours } = estimate;
  const price = cores * hours > 0 ? amount / (cores * hours) : 0;
  return dialog.text('note.amount', {
    amount: figure(amount),
    cores: figure(cores),
    hours: figure(hours),
    price: figure(price),
  });
}

function names(all: string[]): string {
  return all.slice(0, MOST_NAMES).join(', ') + (all.length > MOST_NAMES ? `, … (${figure(all.length)})` : '');
}
