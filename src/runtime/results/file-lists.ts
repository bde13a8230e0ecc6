import { isRecord } from '../../api/endpoints/rows';
import type { ListStanding } from '../../runs/files/complete-list';
import type { Message, Result, StatusText } from '../definition/definition';
import { counted, emitList, lacksRows, nothingRead, rowsOf, type ListOutput } from './lists';

/**
 * A list of files that says whether it is complete: `msg.rescale.complete` on each message, and a yellow status where
 * something is missing. `standing` is null where nobody asked. A list of which rows can't be read, or that is shorter than the
 * platform says, is not complete, whatever the run says it has.
 */
export async function* emitFiles<Row>(
  standing: ListStanding | null,
  listing: ListOutput<Row>,
  message: Message,
): AsyncGenerator<Result, StatusText, undefined> {
  const read = nothingRead();
  const list = emitList({ ...listing, pages: counted(listing.pages, read) });
  try {
    for (;;) {
      const next = await list.next();
      if (next.done) {
        const status = lacksRows(read) ? rowsOf(read) : next.value;
        return standing ? statusOf(standing, status) : status;
      }
      const { rescale, ...result } = next.value;
      yield { ...result, rescale: { ...rescale, ...completeOf(standing, lacksRows(read), message) } };
    }
  } finally {
    // Whoever stops listening early ends the reading of further pages too.
    await list.return({ key: 'done' });
  }
}

function completeOf(
  standing: ListStanding | null,
  lacks: boolean,
  { rescale }: Message,
): { complete?: boolean | undefined } {
  if (lacks) return { complete: false };
  if (standing) return { complete: standing.complete };
  // What an earlier list said is not said of this one: whoever lists again until all is there would never end.
  return isRecord(rescale) && 'complete' in rescale ? { complete: undefined } : {};
}

function statusOf({ complete, over, listed, expected }: ListStanding, status: StatusText): StatusText {
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
