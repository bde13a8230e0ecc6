import { isRecord } from '../../api/endpoints/rows';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { forEachRow } from '../../insight/pauses/pauses';
import { rowsOf } from '../../insight/table/run-rows';
import type { TableRow } from '../../insight/table/row';
import { runState } from '../../runs/run/run-state';
import { webPage } from '../definition/messages';
import type { Message, StatusText } from '../definition/definition';
import { findUnreadable } from '../definition/unreadable';
import { shownValue } from '../../api/errors/shown-value';

/**
 * What is made of the rows of a message, and how many of its list are no rows. Throws RESCALE_INPUT where they can't be read.
 */
export async function withRows<Made>(
  message: Message,
  make: (rows: TableRow[]) => Promise<Made>,
): Promise<{ made: Made; odd: number }> {
  try {
    const rows = await rowsOfMessage(message);
    const given = Array.isArray(message.payload) ? message.payload.length : 1;
    return { made: await make(rows), odd: given - rows.length };
  } catch (error) {
    // Only then are all cells looked at: a property that throws is as rare as rows are many.
    throw isRescaleError(error) ? error : ((await unreadableCell(message.payload)) ?? error);
  }
}

/** The first property of a row that throws; null where there is none. */
async function unreadableCell(payload: unknown): Promise<RescaleError | null> {
  const rows: unknown[] = Array.isArray(payload) ? payload : [payload];
  let found: { property: string; row: number; reason: string } | null = null;
  await forEachRow(rows.length, (index) => {
    if (found) return;
    const unreadable = findUnreadable(rows[index], LEVELS);
    found = unreadable && { ...unreadable, row: index + 1 };
  });
  return found && new RescaleError('RESCALE_INPUT', 'input-cell', found);
}

/** A row, its lists, such as variables, and what stands in one of them. */
const LEVELS = 4;

/** The rows of a message: its runs, with what earlier nodes said of them, or its rows. Throws RESCALE_INPUT. */
async function rowsOfMessage(message: Message): Promise<TableRow[]> {
  const rescale = isRecord(message.rescale) ? message.rescale : {};
  const jobId = typeof message.jobId === 'string' ? message.jobId : undefined;
  const rows = await rowsOf(message.payload, {
    state: (run) => {
      // A job that has ended gives its runs a result, also those that the platform gave no end.
      return runState(run, resultOf(rescale, run.id) !== null && !run.dateCompleted);
    },
    result: (runId) => resultOf(rescale, runId),
    link: (runId) => linkOf(rescale, jobId, runId),
  });
  if (rows === null) {
    throw new RescaleError('RESCALE_INPUT', 'table-no-rows', { value: shownValue(message.payload) });
  }
  return rows;
}

/** How many rows were used; yellow where something in the list was no row, and left out. */
export function rowsStatus(count: number, left: number, odd: number): StatusText {
  if (left + odd === 0) return { key: 'rows', values: { count } };
  const status: StatusText = { key: 'rows-left-out', values: { count, left: left + odd } };
  return odd > 0 ? { ...status, kind: 'trouble' } : status;
}

/** By what stands in `msg.rescale`: the outcomes of many runs, or the outcome of the one it is about. */
function resultOf(rescale: Record<string, unknown>, runId: string): string | null {
  const { outcomes, outcome } = rescale;
  const own = isRecord(outcomes) && Object.hasOwn(outcomes, runId) ? outcomes[runId] : undefined;
  const found = own ?? (rescale.runId === runId ? outcome : undefined);
  return isRecord(found) && typeof found.result === 'string' ? found.result : null;
}

function linkOf(rescale: Record<string, unknown>, jobId: string | undefined, runId: string): string | null {
  const { platform } = rescale;
  const known = typeof rescale.jobId === 'string' ? rescale.jobId : jobId;
  if (typeof platform !== 'string' || !/^https?:\/\//.test(platform)) return null;
  return webPage({ origin: platform, simulated: false }, known, runId);
}
