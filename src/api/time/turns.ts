/** Milliseconds of work after which others have their turn. */
const LONGEST = 10;
/** The clock is looked at once in so many items. */
const LOOK_EVERY = 1024;
/** Bytes of an answer, or of a text, the reading of which others feel. */
export const LARGE = 256 * 1024;

/** The next turn of the event loop, before which what lies in the sockets is read. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls a function for each item, in pieces between which others have their turn; of few items at once. */
export async function forEachInTurns<Item>(
  items: readonly Item[],
  visit: (item: Item, index: number) => void,
): Promise<void> {
  let since = performance.now();
  for (let index = 0; index < items.length; index += 1) {
    if (index % LOOK_EVERY === LOOK_EVERY - 1 && performance.now() - since > LONGEST) {
      await nextTurn();
      since = performance.now();
    }
    visit(items[index]!, index);
  }
}

let last: Promise<void> = Promise.resolve();

/**
 * A turn of its own for what is read in one piece, such as an answer of megabytes: those that came at the same time would else be read one after
 * the other, with nobody's turn in between. Undefined for what is small.
 */
export function ownTurn(size: number): Promise<void> | undefined {
  if (size < LARGE) return undefined;
  last = last.then(nextTurn);
  return last;
}
