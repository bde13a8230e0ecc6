import { isRecord } from '../../api/endpoints/rows';
import type { ListCompleteness } from '../../runs/files/complete-list';
import type { Message, Result, StatusText } from '../definition/definition';
import { countRows, emitList, isIncomplete, newReadCount, incompleteStatus, type ListOutput } from './lists';

/**
 * A list of files that says whether it is complete: `msg.rescale.complete` on each message, and a yellow status where
 * something is missing. `completeness` is null where it was not asked for. A list with unreadable rows, or one that is shorter than
 * the platform says, is not complete, whatever the run says it has.
 */
export async function* emitFiles<Row>(
  completeness: ListCompleteness | null,
  listing: ListOutput<Row>,
  message: Message,
): AsyncGenerator<Result, StatusText, undefined> {
  const read = newReadCount();
  const list = emitList({ ...listing, pages: countRows(listing.pages, read) });
  try {
    for (;;) {
      const next = await list.next();
      if (next.done) {
        const status = isIncomplete(read) ? incompleteStatus(read) : next.value;
        return completeness ? statusOf(completeness, status) : status;
      }
      const { rescale, ...result } = next.value;
      yield { ...result, rescale: { ...rescale, ...completeOf(completeness, isIncomplete(read), message) } };
    }
  } finally {
    // Whoever stops listening early ends the reading of further pages too.
    await list.return({ key: 'done' });
  }
}

function completeOf(
  completeness: ListCompleteness | null,
  incomplete: boolean,
  { rescale }: Message,
): { complete?: boolean | undefined } {
  if (incomplete) return { complete: false };
  if (completeness) return { complete: completeness.complete };
  // What an earlier list said is not said of this one: whoever lists again until all is there would never end.
  return isRecord(rescale) && 'complete' in rescale ? { complete: undefined } : {};
}

function statusOf({ complete, over, listed, expected }: ListCompleteness, status: StatusText): StatusText {
  if (complete) return status;
  if (over) return { key: 'files-of', values: { listed, count: expected }, kind: 'trouble' };
  return { key: 'files-so-far', values: { count: status.values?.['count'] ?? 0 }, kind: 'trouble' };
}

/** How many files were fetched, yellow where the message says that its list of files was not complete. */
export function downloadedStatus({ rescale }: Message, count: number): StatusText {
  const incomplete = isRecord(rescale) && rescale['complete'] === false;
  return incomplete
    ? { key: 'files-incomplete', values: { count }, kind: 'trouble' }
    : { key: 'files', values: { count } };
}
