/** A list under an input, as a combobox: it offers rows and never takes away what was typed. */
import { sentenceOf } from './ask';
import { text } from './texts';

export interface Row {
  /** What is chosen. */
  value: string;
  /** What it is called. */
  title: string;
  /** What is worth knowing about it. */
  detail: string[];
  /** It is no choice but leads to other rows. */
  open?: Load;
}

/** Rejects with an Error whose message is a sentence; it is only said, and blocks nothing. */
type Load = (search: string) => Promise<Rows>;

export interface Rows {
  rows: Row[];
  /** There are more than are shown. */
  truncated: boolean;
  note?: string;
}

interface SearchListOptions {
  /** Whether the input holds something the list is about. */
  enabled: () => boolean;
  /** What is typed and is to be searched for. */
  typed: () => string;
  load: Load;
  choose: (value: string) => void;
}

interface SearchList {
  /** Called when `enabled` may have changed. */
  update(): void;
  /** Offers everything. `whenLeft` is called when the list is gone. */
  open(whenLeft: () => void): void;
}

const ROLES = { role: 'combobox', 'aria-autocomplete': 'list' };

export function searchList(input: JQuery, { enabled, typed, load, choose }: SearchListOptions): SearchList {
  const id = `${input.attr('id') ?? 'rescale'}-list`;
  let panel: JQuery | null = null;
  let found: Rows = { rows: [], truncated: false };
  let active = -1;
  let asked = 0;
  let source: Load = load;
  let pause: number | undefined;
  let left = () => {};

  const options = () => (panel ?? $()).find('[role="option"]');
  const detail = (row: Row) => row.detail.filter(Boolean).join(' · ');

  function close() {
    if (!panel) return;
    clearTimeout(pause);
    asked += 1;
    $(document).off(`.${id}`);
    document.removeEventListener('scroll', scrolled, true);
    panel.remove();
    panel = null;
    input.attr('aria-expanded', 'false').removeAttr('aria-activedescendant');
    left();
    left = () => {};
  }
  /** The list goes with its field, and away with it; the browser scrolls by itself when it brings a field into sight. */
  function scrolled(event: Event) {
    if (!panel || panel[0]!.contains(event.target as Node)) return;
    const { top, bottom } = input[0]!.getBoundingClientRect();
    if (bottom < 0 || top > window.innerHeight) close();
    else place();
  }
  function place() {
    if (!panel) return;
    const at = input.closest('.red-ui-typedInput-container')[0]!.getBoundingClientRect();
    const width = Math.min(Math.max(at.width, 320), window.innerWidth - 20);
    const height = panel.outerHeight() ?? 0;
    const below = at.bottom + height < window.innerHeight || at.top < height;
    const edge = Math.min(at.left, window.innerWidth - width - 10);
    panel.css({ left: edge, top: below ? at.bottom + 2 : at.top - height - 2, width });
  }
  function mark(index: number) {
    const all = options().attr('aria-selected', 'false');
    active = all.length ? (index + all.length) % all.length : -1;
    if (active < 0) return void input.removeAttr('aria-activedescendant');
    all.eq(active).attr('aria-selected', 'true')[0]!.scrollIntoView({ block: 'nearest' });
    input.attr('aria-activedescendant', all[active]!.id);
  }
  function take(row: Row) {
    if (row.open) {
      // What was typed was about the rows before.
      choose('');
      source = row.open;
      found = { rows: [], truncated: false };
      request('', '');
      return;
    }
    choose(row.value);
    close();
  }
  function draw(filter: string, said?: string) {
    if (!panel) return;
    const wanted = filter.trim().toLowerCase();
    const rows = found.rows.filter((row) =>
      [row.value, row.title, detail(row)].join(' ').toLowerCase().includes(wanted),
    );
    panel.empty();
    // What the rows are is read before them: of a long list only the first rows are in sight.
    const about = said === undefined && rows.length > 0 ? found.note : undefined;
    if (about) $('<div role="status" class="rescale-about">').text(about).appendTo(panel);
    for (const [index, row] of rows.entries()) {
      const option = $('<div role="option" aria-selected="false">')
        .attr('id', `${id}-${index}`)
        .appendTo(panel);
      $('<div>').text(row.title).appendTo(option);
      $('<small>').text(detail(row)).appendTo(option);
      option.attr('title', row.title).on('mousedown', (event) => event.preventDefault());
      option.on('click', () => take(row));
    }
    const none = text(found.rows.length ? 'pick.no-match' : 'pick.empty');
    const more = found.truncated && text('pick.truncated', { shown: found.rows.length });
    const note = said ?? (rows.length ? more || '' : none);
    $('<div role="status">')
      .toggle(note !== '')
      .text(note)
      .appendTo(panel);
    active = -1;
    place();
  }
  function request(search: string, filter: string) {
    const turn = (asked += 1);
    if (!found.rows.length) draw(filter, text('pick.loading'));
    source(search).then(
      (answer) => {
        if (turn !== asked) return;
        found = answer;
        draw(filter);
      },
      (error: unknown) => {
        if (turn !== asked) return;
        found = { rows: [], truncated: false };
        draw('', sentenceOf(error));
      },
    );
  }
  function open() {
    if (panel) return;
    source = load;
    found = { rows: [], truncated: false };
    panel = $('<div class="red-ui-editor-dialog red-ui-popover-panel rescale-list" role="listbox">');
    panel.attr({ id, 'aria-label': text('pick.list') }).appendTo(document.body);
    input.attr('aria-expanded', 'true');
    $(document).on(`mousedown.${id}`, (event) => {
      if (panel && !panel[0]!.contains(event.target) && event.target !== (input[0] as unknown)) close();
    });
    document.addEventListener('scroll', scrolled, true);
  }

  const keys: Record<string, () => void> = {
    ArrowDown: () => mark(active + 1),
    ArrowUp: () => mark(active < 0 ? -1 : active - 1),
    Escape: close,
  };
  input.on('keydown', (event) => {
    if (!enabled()) return;
    if (!panel && event.key === 'ArrowDown') {
      open();
      request('', '');
    } else if (panel && event.key === 'Enter' && active >= 0) {
      options().eq(active).trigger('click');
    } else if (panel && keys[event.key]) {
      keys[event.key]!();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  input.on('input', () => {
    if (!enabled()) return;
    clearTimeout(pause);
    if (!panel) {
      open();
      request('', typed());
      return;
    }
    draw(typed());
    // More rows than the list holds: let the platform search for what is typed.
    if (found.truncated) pause = window.setTimeout(() => request(typed(), typed()), 400);
  });
  input.on('blur', close);
  return {
    update() {
      const roles = { ...ROLES, 'aria-expanded': String(panel !== null), 'aria-controls': id };
      if (enabled()) input.attr(roles);
      else for (const name of Object.keys(roles)) input.removeAttr(name);
    },
    open(whenLeft) {
      // What is typed next replaces what the list is about.
      const end = String(input.val()).length;
      (input.trigger('focus')[0] as HTMLInputElement).setSelectionRange(end - typed().length, end);
      open();
      left = whenLeft;
      request('', '');
    },
  };
}
