import { inParallel } from '../tasks/in-parallel';
import type { Clock } from '../tasks/ports';

/**
 * The end of a log comes in less (ms). What takes longer is read again when the others were, so that logs that hang or drip don't
 * stand before those that come at once; unless so many of them take longer that it is the network which is slow.
 */
const PROMPT = 5_000;
const MOST_SLOW = 12;
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
  await inParallel(items, limit, async (item) => {
    if (slow.length >= MOST_SLOW) untried.push(item);
    else if (!(await act(item, PROMPT))) slow.push(item);
  });
  const end = clock.monotonic() + SLOW_ONES;
  await inParallel([...untried, ...slow], limit, async (item) => {
    if (clock.monotonic() < end) await act(item, longest);
  });
}
