/** Editable lists: a row for each item, a control for each column. Stored as an array of objects. */
import type { ColumnRule } from './rules';
import { withPoint } from './quantity';
import { text } from './texts';
import { written } from './written';

interface OpenRowsField {
  name: string;
  /** The catalog key of its label. */
  label: string;
  columns: ColumnRule[];
}

/** Not the id of a control: Node-RED would store the value of a list, which is none, in place of what it holds. */
export const rowsOf = (prefix: string, name: string): JQuery => $(`#${prefix}-${name}-rows`);

export function openRowsField(prefix: string, { name, columns }: OpenRowsField, stored: unknown): void {
  const list = rowsOf(prefix, name);
  list.editableList({
    removable: true,
    sortable: true,
    addButton: true,
    height: 'auto',
    addItem(container, _index, item) {
      const row = $('<div class="rescale-cells">').appendTo(container);
      for (const column of columns) row.append(cell(column, item[column.name]));
      row.on('change input', () => list.trigger('change'));
      list.trigger('change');
    },
  });
  // Only now: a list that is not empty-looking when it is made keeps its height, whatever comes into it.
  list.addClass('rescale-rows').attr('data-none', text('common.none-yet'));
  const items = Array.isArray(stored) ? (stored as Record<string, unknown>[]) : [];
  list.editableList('addItems', items);
}

function cell(column: ColumnRule, value: unknown): JQuery {
  const name = RED._(column.label);
  if (column.kind === 'select') {
    const select = $('<select>');
    for (const option of column.options ?? []) {
      $('<option>').val(option.value).text(RED._(option.label)).appendTo(select);
    }
    if (value !== undefined) select.val(written(value));
    return select.attr({ 'data-column': column.name, 'aria-label': name, title: name });
  }
  return $('<input type="text">')
    .attr({ 'data-column': column.name, 'aria-label': name, placeholder: name, title: name })
    .val(written(value));
}

/** What the rows hold now. Numbers are stored as numbers, blank cells not at all; rows without anything go. */
export function rowsHeld(prefix: string, { name, columns }: OpenRowsField): Record<string, unknown>[] {
  const rows = rowsOf(prefix, name).editableList('items').toArray();
  return rows
    .map((row) => {
      const held: Record<string, unknown> = {};
      for (const column of columns) {
        const typed = String($(row).find(`[data-column="${column.name}"]`).val() ?? '').trim();
        if (typed === '') continue;
        const figure = Number(withPoint(typed));
        held[column.name] = column.kind === 'number' && Number.isFinite(figure) ? figure : typed;
      }
      return held;
    })
    .filter((held) => columns.some(({ name: key, kind }) => kind !== 'select' && key in held));
}
