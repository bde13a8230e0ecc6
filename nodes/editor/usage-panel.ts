/** The part of the platform's dialog that shows what its key is doing, as long as it is open. */
import { sentenceOf } from './ask';
import type { OpenDialog } from './open-dialog';
import { language } from './texts';

interface ScopeUsage {
  scope: string;
  rate: number | null;
  lastMinute: number;
  waiting: number;
  pausedUntil: number | null;
  slowUntil: number | null;
}

interface Usage {
  /** False for a platform that was not deployed yet. */
  running: boolean;
  scopes: ScopeUsage[];
}

interface Owner {
  user: string | null;
}

/** Milliseconds between two looks. */
const INTERVAL = 3000;

export function showUsage(dialog: OpenDialog): void {
  const fold = $('#rescale-usage');
  const panel = $('#rescale-usage-panel');
  const asked = { id: dialog.node.id };
  let timer: number | undefined;
  let user: string | null = null;
  let usage: Usage | null = null;
  const opened = heldBy(dialog);
  /** What runs is the deployed platform, whatever the dialog holds by now. */
  const isOther = () => dialog.node.changed === true || heldBy(dialog) !== opened;
  const show = () => {
    if (usage) draw(panel, dialog, user, usage, isOther());
  };
  const look = async () => {
    try {
      usage = await dialog.ask<Usage>('rescale-platform/usage', asked);
      show();
    } catch (error) {
      panel.text(sentenceOf(error));
    }
    if (fold.prop('open')) timer = window.setTimeout(() => void look(), INTERVAL);
  };
  fold.on('toggle', () => {
    clearTimeout(timer);
    if (!fold.prop('open')) return;
    void look();
    // Whose it is costs a request, so it is asked when somebody looks.
    dialog.ask<Owner>('rescale-platform/owner', asked).then(
      (answer) => {
        user = answer.user;
        show();
      },
      () => {},
    );
  });
  dialog.whenChanged(show);
  dialog.whenLeft(() => {
    clearTimeout(timer);
    fold.prop('open', false);
  });
}

/** The address and the key, which say whose usage it is. */
const heldBy = (dialog: OpenDialog) =>
  JSON.stringify(['url', 'token'].map((name) => dialog.input(name).val()));

function draw(
  panel: JQuery,
  { text, shared }: OpenDialog,
  user: string | null,
  { running, scopes }: Usage,
  isOther: boolean,
): void {
  panel.empty();
  if (!running) return void panel.text(shared('ask.node-not-deployed'));
  if (isOther) $('<div>').text(text('usage.deployed')).appendTo(panel);
  if (user !== null) $('<div>').text(text('usage.owner', { user })).appendTo(panel);
  if (scopes.length === 0) $('<div>').text(text('usage.none')).appendTo(panel);
  for (const usage of scopes) {
    const line = $('<div class="rescale-usage">').appendTo(panel);
    $('<strong>')
      .text(text(`usage.scope.${usage.scope}`))
      .appendTo(line);
    const figures = { count: usage.lastMinute, waiting: usage.waiting };
    const parts = [text('usage.figures', figures), ...held(usage, text)];
    $('<span>')
      .text(` ${parts.join(' ')}`)
      .appendTo(line);
  }
}

function held({ pausedUntil, slowUntil }: ScopeUsage, text: OpenDialog['text']): string[] {
  const at = (instant: number) =>
    new Intl.DateTimeFormat(language(), { timeStyle: 'medium' }).format(instant);
  if (pausedUntil !== null) return [text('usage.paused', { time: at(pausedUntil) })];
  return slowUntil === null ? [] : [text('usage.slow', { time: at(slowUntil) })];
}
