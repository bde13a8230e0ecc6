import type { NodeHost, Result } from '../definition/definition';
import { closedError } from '../node/node-instance';

/** So many of many go together until it is looked whether they have arrived. */
const TOGETHER = 100;

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

/** How far many results have come. */
interface Delivery {
  /** So many have arrived, or will. */
  arrived: number;
  /** Of those after them some may have arrived as well. */
  perhapsMore: boolean;
}

/** The same for many; `left` is told how far it has come, however it ends. Throws RESCALE_CLOSED when the node closes before. */
export async function* sendAllUntilDelivered<Item>(
  host: Host,
  items: readonly Item[],
  resultOf: (item: Item, again: boolean) => Result,
  left: (delivery: Delivery) => Promise<void>,
): AsyncGenerator<Result, void, undefined> {
  let sent = 0;
  let arrived = 0;
  /** Those before this one are sent for the second time. */
  let againUntil = 0;
  try {
    while (arrived < items.length) {
      const allArrived = host.sending();
      while (sent < Math.min(arrived + TOGETHER, items.length)) {
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
    await left({ arrived, perhapsMore: Math.max(sent, againUntil) > arrived });
  }
}

/** Of something that has ended with an error: a deploy that has kept Catch from it leaves it to the next node, which tells it again. */
export function forgetTold(host: Host, forget: () => Promise<unknown>): () => Promise<void> {
  const arrived = host.sending();
  return async () => {
    if ((await arrived()) || !host.signal.aborted) await forget();
  };
}
