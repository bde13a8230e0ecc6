import type * as tables from '../../insight/table';
import type { CorrelationKind } from '../../insight/table/correlation';
import type { Goal } from '../../insight/table/goals';
import type { TableLabels } from '../../insight/table/labels';
import type { TableRow } from '../../insight/table/row';
import type { Table, TableRequest } from '../../insight/table/table';
import { RescaleError, type ErrorText } from '../../api/errors/errors';

/** Loaded at the first table: a palette that only waits needs none of it. */
const load = () => module.require('../../insight/table') as typeof tables;

type TableFormat = 'rows' | 'csv' | 'html' | 'markdown';

/** A table of rows, and the payload in the format that was asked for. */
export async function tabulate(
  rows: readonly TableRow[],
  request: TableRequest,
  format: TableFormat,
  translate: (text: ErrorText) => string,
): Promise<{ table: Table; payload: TableRow[] | string }> {
  const { makeTable, toCsv, toHtml, toMarkdown } = load();
  const table = await makeTable(rows, request);
  if (format === 'rows') return { table, payload: table.rows };
  if (format === 'csv') return { table, payload: await toCsv(table) };
  const labels = labelsOf(request.correlate, translate);
  return { table, payload: await (format === 'html' ? toHtml : toMarkdown)(table, labels) };
}

function labelsOf(kind: 'off' | CorrelationKind, translate: (text: ErrorText) => string): TableLabels {
  return {
    input: translate({ key: 'label-input' }),
    output: translate({ key: 'label-output' }),
    correlation: translate({ key: kind === 'spearman' ? 'label-spearman' : 'label-pearson' }),
    open: translate({ key: 'label-open' }),
    none: translate({ key: 'label-none' }),
    utc: translate({ key: 'label-utc' }),
    noRank: translate({ key: 'label-no-rank' }),
  };
}

/** The least and the greatest of one column would both be best, and every run between them on the front. */
export function refuseOpposingGoals(goals: readonly Goal[]): void {
  const opposite = goals.find(({ name, goal }) =>
    goals.some((other) => other.name === name && other.goal !== goal),
  );
  if (opposite)
    throw new RescaleError('RESCALE_INPUT', 'input-goals-opposite', {
      field: 'goals',
      column: opposite.name,
    });
}
