import { forEachRow } from '../../pauses/pauses';
import type { Columns } from '../model/columns';
import type { ChartLabels } from '../model/request';

/** The rows that have all the numbers, and sentences that say how many others are left out, and why. */
export async function drawableRows(
  columns: Columns,
  numbers: readonly Float64Array[],
  labels: ChartLabels,
  isOnAxes: (row: number) => boolean = () => true,
): Promise<{ rows: number[]; notes: string[] }> {
  const rows: number[] = [];
  const leftOut = { hidden: 0, failed: 0, awaited: 0, blank: 0 };
  await forEachRow(columns.count, (row) => {
    if (columns.failed(row)) leftOut.failed++;
    else if (numbers.some((column) => Number.isNaN(column[row]!))) {
      leftOut[columns.isAwaited(row) ? 'awaited' : 'blank']++;
    } else if (!isOnAxes(row)) leftOut.hidden++;
    else rows.push(row);
  });
  const { hidden, failed, awaited, blank } = leftOut;
  return {
    rows,
    notes: [
      ...(hidden > 0 ? [labels.notOnLogAxis(hidden)] : []),
      ...(failed > 0 ? [labels.failedLeftOut(failed)] : []),
      ...(awaited > 0 ? [labels.awaitedLeftOut(awaited, columns.count)] : []),
      ...(blank > 0 ? [labels.blankLeftOut(blank, columns.count)] : []),
    ],
  };
}
