import { forEachRow } from '../pauses/pauses';
import {
  cellText,
  isTimeText,
  isWebLink,
  createNotes,
  numberText,
  rankText,
  shownColumns,
} from './cell-text';
import type { TableLabels } from './labels';
import type { TableRow } from './row';
import type { Table } from './table';

/** Mail clients drop style sheets, so each cell carries its own style; fonts are those that every system has. */
const FONT = 'font-family:Arial,Helvetica,sans-serif;font-size:13px;line-height:1.4;color:#1f2933';
const TABLE = `border-collapse:collapse;${FONT};margin:0 0 16px 0`;
const HEAD = 'padding:6px 10px;border-bottom:2px solid #52606d;background-color:#f0f3f6;font-weight:bold';
const CELL = 'padding:5px 10px;border-bottom:1px solid #d9e0e6';

/** The row that is best, and those on the front. */
const ROWS = { best: '#dff3e8', front: '#f1f9f5' };

/**
 * Dark enough to be read on white and on the rows above, and told apart by people who do not see red and green. A state
 * says how far a run is and nothing of how it went, so none is green: a failed run has completed, too.
 */
const COLOURS: Record<'state' | 'result', Record<string, string>> = {
  state: { running: '#005a94', pending: '#5f6b76', ended: '#7a5200', unknown: '#7a5200' },
  result: { succeeded: '#00664a', failed: '#a63d00', stopped: '#7a5200', unknown: '#7a5200' },
};

/** A table as HTML that reads well in a mail: nothing but a table, styles inline, all text escaped. */
export async function toHtml({ columns: all, rows, facts }: Table, labels: TableLabels): Promise<string> {
  const columns = shownColumns(all, rows);
  const taker = createNotes(columns);
  const numeric = new Set(
    columns.filter(({ name }) => rows.some((row) => typeof row[name] === 'number')).map(({ name }) => name),
  );
  const head = columns.map(({ name, title }) => heading(title, numeric.has(name))).join('');
  const body: string[] = [];
  await forEachRow(rows.length, (index) => {
    const row = rows[index]!;
    taker.add(row);
    const cells = columns.map(({ name }) => cell(name, row[name], numeric.has(name), labels));
    body.push(`<tr${backgroundOf(row)}>${cells.join('')}</tr>`);
  });
  if (rows.length === 0) {
    body.push(
      `<tr><td colspan="${Math.max(1, columns.length)}" style="${CELL}">${escapeHtml(labels.none)}</td></tr>`,
    );
  }
  const said = taker
    .notes(labels)
    .map((note) => `<p style="${FONT};margin:0 0 16px 0">${escapeHtml(note)}</p>`);
  const main = [table(head, body), ...said].join('\n');
  if (facts.correlations.length === 0) return main;
  const second = table(
    [
      heading(labels.input, false),
      heading(labels.output, false),
      heading(labels.correlation, true),
      heading('n', true),
    ].join(''),
    facts.correlations.map(
      ({ input, output, coefficient, n }) =>
        `<tr>${plain(escapeHtml(input))}${plain(escapeHtml(output))}${plain(coefficient.toFixed(2), true)}${plain(numberText(n), true)}</tr>`,
    ),
  );
  return `${main}\n${second}`;
}

function table(head: string, body: readonly string[]): string {
  return `<table cellpadding="0" cellspacing="0" border="0" style="${TABLE}">\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

function heading(text: string, numeric: boolean): string {
  return `<th scope="col" align="${numeric ? 'right' : 'left'}" style="${HEAD};text-align:${numeric ? 'right' : 'left'}">${escapeHtml(text)}</th>`;
}

function cell(name: string, value: unknown, numeric: boolean, labels: TableLabels): string {
  if (isWebLink(value)) {
    const text = name === 'link' ? labels.open : value;
    return plain(`<a href="${escapeHtml(value)}" style="color:#005a94">${escapeHtml(text)}</a>`);
  }
  const text = escapeHtml(rankText(name, value) ?? cellText(value));
  const colour = colourOf(name, value);
  return plain(
    colour === null ? text : `<span style="color:${colour};font-weight:bold">${text}</span>`,
    numeric,
    isTimeText(value),
  );
}

function colourOf(column: string, value: unknown): string | null {
  const colours = column === 'state' || column === 'result' ? COLOURS[column] : {};
  return typeof value === 'string' && Object.hasOwn(colours, value) ? colours[value]! : null;
}

/** @param whole on one line: a date that is broken into three reads badly */
function plain(html: string, numeric = false, whole = false): string {
  const align = numeric ? 'right' : 'left';
  return `<td align="${align}" style="${CELL};text-align:${align}${whole ? ';white-space:nowrap' : ''}">${html}</td>`;
}

function backgroundOf(row: TableRow): string {
  const colour = row.best === true ? ROWS.best : row.front === true ? ROWS.front : null;
  return colour === null ? '' : ` bgcolor="${colour}" style="background-color:${colour}"`;
}

/** Characters that no page may hold, escaped or not; a tab and an end of line it may. */
const NOT_IN_HTML = /(?![\t\n\r])\p{Cc}/gu;

function escapeHtml(text: string): string {
  return text
    .replace(NOT_IN_HTML, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
