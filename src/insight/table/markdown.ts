import { forEachRow } from '../pauses/pauses';
import { cellText, isWebLink, createNotes, numberText, rankText, shownColumns } from './cell-text';
import type { TableLabels } from './labels';
import type { Table } from './table';

/** A table as Markdown (GitHub's tables), and the correlations as a second one. */
export async function toMarkdown({ columns: all, rows, facts }: Table, labels: TableLabels): Promise<string> {
  const columns = shownColumns(all, rows);
  const taker = createNotes(columns);
  const numeric = columns.map(({ name }) => rows.some((row) => typeof row[name] === 'number'));
  const lines = [
    line(columns.map(({ title }) => escaped(title))),
    line(numeric.map((isNumeric) => (isNumeric ? '---:' : '---'))),
  ];
  await forEachRow(rows.length, (index) => {
    const row = rows[index]!;
    taker.add(row);
    lines.push(line(columns.map(({ name }) => rankText(name, row[name]) ?? cell(row[name]))));
  });
  if (rows.length === 0) lines.push(line([escaped(labels.none), ...columns.slice(1).map(() => '')]));
  for (const note of taker.notes(labels)) lines.push('', escaped(note));
  if (facts.correlations.length > 0) {
    lines.push(
      '',
      line([labels.input, labels.output, labels.correlation, 'n'].map(escaped)),
      line(['---', '---', '---:', '---:']),
      ...facts.correlations.map(({ input, output, coefficient, n }) =>
        line([escaped(input), escaped(output), coefficient.toFixed(2), numberText(n)]),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function cell(value: unknown): string {
  return isWebLink(value) ? `<${value}>`.replaceAll('|', '%7C') : escaped(cellText(value));
}

/** Text that neither Markdown nor the HTML in it reads as its own. */
function escaped(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[\\`*_[\]{}|~#!]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
