/** The button that lets a watch send a sample of each chosen event. */
import { sentenceOf } from './ask';
import type { OpenDialog } from './open-dialog';

export function offerTestEvent(dialog: OpenDialog): void {
  const button = $('#rescale-test-event');
  const answer = $('#rescale-test-event-answer');
  const { node } = dialog;
  if (!RED.user.hasPermission('rescale-watch-runs.write')) button.closest('.form-row').hide();
  const say = (kind: string, sentence: string) =>
    answer.removeClass('rescale-good rescale-bad').addClass(kind).text(sentence);
  button.on('click', () => {
    // The node that runs is the deployed one: it knows nothing of what was changed since.
    if (node['changed'] === true) return void say('rescale-bad', dialog.shared('ask.node-not-deployed'));
    dialog.ask('rescale-watch-runs/test', { id: node.id }).then(
      () => say('rescale-good', dialog.text('note.sent')),
      (error: unknown) => say('rescale-bad', sentenceOf(error)),
    );
  });
}
