import { isRecord } from '../../api/endpoints/rows';
import type { RescaleFile } from '../../api/client/types';
import type { ListStanding } from '../../runs/files/complete-list';
import type { Message, Result, StatusText } from '../definition/definition';
import { emitList, type ListOutput } from './lists';

/**
 * A list of files that says whether it is complete: `msg.rescale.complete` on each message, and a yellow status where
 * something is missing. `standing` is null where nobody asked.
 */
export async function* emitFiles(
  standing: ListStanding | null,
  listing: ListOutput<RescaleFile>,
): AsyncGenerator<Result, StatusText, undefined> {
  const list = emitList(listing);
  try {
    for (;;) {
      const next = await list.next();
      if (next.done) return standing ? statusOf(standing, next.value) : next.value;
      const { rescale, ...result } = next.value;
      yield { ...result, rescale: { ...rescale, ...(standing && { complete: standing.complete }) } };
    }
  } finally {
    // Whoever stops listening early ends the reading of further pages too.
    await list.return({ key: 'done' });
  }
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
