import type { NodeHost, Result } from '../definition/definition';
import { closedError } from '../node/node-instance';

/** So many results are sent before it is checked whether they have arrived. */
const BATCH_SIZE = 100;

type Host = Pick<NodeHost<never>, 'sending' | 'signal'>;

/**
 * Sends results, and sends them again while a deploy may have lost them. False when the node closes before they have arrived for certain:
 * then the next of its id has to send them.
 */
export async function* sendUntilDelivered(
  host: Host,
  resultsOf: (again: boolean) => readonly Result[],
): AsyncGenerator<Result, boolean, undefined> {
  for (let again = false; ; again = true) {
    const results = resultsOf(again);
    const arrived = host.sending();
    yield* results;
    if (results.length === 0 || (await arrived())) return true;
    if (host.signal.aborted) return false;
  }
}

/** How many of several results have arrived. */
interface DeliveryProgress {
  /** So many have arrived, or will. */
  arrived: number;
  /** Of those after them some may have arrived as well. */
  perhapsMore: boolean;
}

/** The same for many results; `onProgress` gets how many have arrived, however it ends. Throws RESCALE_CLOSED when the node closes before. */
export async function* sendAllUntilDelivered<Item>(
  host: Host,
  items: readonly Item[],
  resultOf: (item: Item, again: boolean) => Result,
  onProgress: (delivery: DeliveryProgress) => Promise<void>,
): AsyncGenerator<Result, void, undefined> {
  let sent = 0;
  let arrived = 0;
  /** Those before this one are sent for the second time. */
  let againUntil = 0;
  try {
    while (arrived < items.length) {
      const allArrived = host.sending();
      while (sent < Math.min(arrived + BATCH_SIZE, items.length)) {
        yield resultOf(items[sent]!, sent < againUntil);
        sent += 1;
      }
      if (await allArrived()) arrived = sent;
      else if (host.signal.aborted) throw closedError();
      else {
        againUntil = sent;
        sent = arrived;
      }
    }
  } finally {
    await onProgress({ arrived, perhapsMore: Math.max(sent, againUntil) > arrived });
  }
}

/** Removes an item that ended with an error. When a deploy kept the error from Catch it stays, and the next node reports it again. */
export function removeWhenDelivered(host: Host, remove: () => Promise<unknown>): () => Promise<void> {
  const arrived = host.sending();
  return async () => {
    if ((await arrived()) || !host.signal.aborted) await remove();
  };
}
