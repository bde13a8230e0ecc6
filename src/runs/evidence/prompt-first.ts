import { inParallel } from '../tasks/in-parallel';
import type { Clock } from '../tasks/ports';

/**
 * The end of a log comes in less (ms). What takes longer is read again when the others were, so that logs that hang or drip don't
 * stand before those that come at once; unless so many in a row take longer: then it is the network that is slow.
 */
const PROMPT = 5_000;
const MOST_IN_A_ROW = 12;
/** So long (ms) what is slow is taken up again: meanwhile other runs end. */
const SLOW_ONES = 30_000;

/** For each item, so many at the same time: `act` gets the time (ms) that it may take, and is true when it had enough. */
export async function promptFirst<Item>(
  items: readonly Item[],
  { limit, longest, clock }: { limit: number; longest: number; clock: Clock },
  act: (item: Item, most: number) => Promise<boolean>,
): Promise<void> {
  const untried: Item[] = [];
  const slow: Item[] = [];
  let inARow = 0;
  await inParallel(items, limit, async (item) => {
    if (inARow >= MOST_IN_A_ROW) untried.push(item);
    else if (await act(item, PROMPT)) inARow = 0;
    else {
      inARow += 1;
      slow.push(item);
    }
  });
  const end = clock.monotonic() + SLOW_ONES;
  await inParallel([...untried, ...slow], limit, async (item) => {
    if (clock.monotonic() < end) await act(item, longest);
  });
}
