/** What only the platform's dialog does: the region stands for the address, and the connection can be tried. */
import { sentenceOf, type NoAnswer } from './ask';
import { seconds } from './figures';
import type { OpenDialog } from './open-dialog';
import { showUsage } from './usage-panel';

const OPTIONAL = ['tls', 'proxy'] as const;

interface TestAnswer {
  platform: string;
  user: string | null;
}

export function fillPlatform(dialog: OpenDialog): void {
  const { node } = dialog;
  const region = dialog.input('region');
  const url = dialog.input('url');
  const known = region
    .find('option')
    .toArray()
    .map((option) => option.value);
  region.val(known.includes(String(url.val())) ? String(url.val()) : '');
  region.on('change', () => {
    if (region.val() || known.includes(String(url.val()))) url.val(String(region.val()));
    url.trigger('change');
  });
  for (const name of OPTIONAL) {
    $(`#rescale-use-${name}`).prop('checked', !!node[name]);
    if (node[name]) $('#rescale-advanced').prop('open', true);
  }
  const button = $('#rescale-test').on('click', () => void testConnection(dialog));
  // Who may not ask sees no button that would refuse.
  if (!RED.user.hasPermission('rescale-platform.write')) button.closest('.form-row').hide();
  forgetAnswer(dialog);
  offerRestart(dialog);
  showUsage(dialog);
  dialog.whenChanged(() => {
    $('#rescale-row-url').toggle(region.val() === '');
    $('#rescale-row-token').toggle(region.val() !== 'simulator');
    $('#rescale-simulator-hint').toggle(region.val() === 'simulator');
    for (const name of OPTIONAL) $(`#rescale-${name}-row`).toggle($(`#rescale-use-${name}`).is(':checked'));
  });
}

/** What was tried is no longer what the dialog holds: the answer goes, and one under way comes too late. */
function forgetAnswer(dialog: OpenDialog): void {
  let tried = '';
  dialog.whenChanged(() => {
    const now = JSON.stringify(question(dialog));
    if (now === tried) return;
    tried = now;
    $('#rescale-test-answer').removeClass('rescale-good rescale-bad').text('');
  });
}

/** The simulator that runs is the deployed one; its sweep begins for everybody who looks at it. */
function offerRestart(dialog: OpenDialog): void {
  const { text } = dialog;
  const button = $('#rescale-restart');
  const answer = $('#rescale-restart-answer');
  if (!RED.user.hasPermission('rescale-platform.write')) button.hide();
  const say = (kind: string, sentence: string) =>
    answer.removeClass('rescale-good rescale-bad').addClass(kind).text(sentence);
  button.on('click', () => {
    dialog.ask('rescale-platform/restart', { id: dialog.node.id }).then(
      () => say('rescale-good', text('restart.done')),
      (error: unknown) => say('rescale-bad', sentenceOf(error)),
    );
  });
}

function question(dialog: OpenDialog): Record<string, unknown> {
  const asked: Record<string, unknown> = { id: dialog.node.id };
  for (const name of ['url', 'apiVersion', 'timeout', 'speed', 'token'])
    asked[name] = dialog.input(name).val();
  for (const name of OPTIONAL) asked[name] = chosen(dialog, name);
  return asked;
}

/** What is chosen; '' where none is. `_ADD_` is how Node-RED stores that no config node is chosen. */
function chosen(dialog: OpenDialog, name: (typeof OPTIONAL)[number]): string {
  const value = String(dialog.input(name).val() ?? '');
  return $(`#rescale-use-${name}`).is(':checked') && value !== '_ADD_' ? value : '';
}

/** What is not used is stored as not chosen. */
export function savePlatform(dialog: OpenDialog): void {
  for (const name of OPTIONAL) {
    if (!$(`#rescale-use-${name}`).is(':checked')) dialog.input(name).val('_ADD_');
  }
}

/** Asks the server to try what the dialog holds now, deployed or not. */
async function testConnection(dialog: OpenDialog): Promise<void> {
  const { text } = dialog;
  const timed = (words: string, milliseconds?: number) =>
    milliseconds === undefined || milliseconds < 5
      ? words
      : text('test.answer', { words, seconds: seconds(milliseconds) });
  const answer = $('#rescale-test-answer').removeClass('rescale-good rescale-bad').text(text('test.running'));
  const asked = question(dialog);
  if (asked['url'] !== 'simulator' && !dialog.input('token').val()) {
    answer.addClass('rescale-bad').text(text('test.no-key'));
    return;
  }
  const button = $('#rescale-test').prop('disabled', true);
  const current = () => JSON.stringify(asked) === JSON.stringify(question(dialog));
  try {
    const said = await dialog.ask<TestAnswer>('rescale-platform/test', asked);
    const good =
      said.platform === 'simulator' ? 'test.good-simulator' : said.user ? 'test.good-user' : 'test.good';
    const words = text(good, { platform: said.platform, user: said.user });
    if (current()) answer.addClass('rescale-good').text(timed(words, said.milliseconds));
  } catch (error) {
    const { milliseconds } = error as NoAnswer;
    if (current()) answer.addClass('rescale-bad').text(timed(sentenceOf(error), milliseconds));
  }
  button.prop('disabled', false);
}
