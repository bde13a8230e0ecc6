import { yieldWhenDue } from './pauses';

/** So many are sorted at once, and so many are joined before the clock is looked at. */
const PART = 8192;

/** A stable sort in turns of the event loop, so that a large list does not block Node-RED. The list given is not changed. */
export async function sortInTurns<Item>(
  items: readonly Item[],
  compare: (one: Item, other: Item) => number,
): Promise<Item[]> {
  let parts: Item[][] = [];
  for (let from = 0; from < items.length; from += PART) {
    await yieldWhenDue();
    parts.push(items.slice(from, from + PART).sort(compare));
  }
  while (parts.length > 1) {
    const joined: Item[][] = [];
    for (let place = 0; place < parts.length; place += 2) {
      const [one, other] = [parts[place]!, parts[place + 1]];
      joined.push(other ? await merged(one, other, compare) : one);
    }
    parts = joined;
  }
  return parts[0] ?? [];
}

async function merged<Item>(
  one: readonly Item[],
  other: readonly Item[],
  compare: (one: Item, other: Item) => number,
): Promise<Item[]> {
  const all: Item[] = [];
  let [left, right] = [0, 0];
  while (left < one.length && right < other.length) {
    if (all.length % PART === 0) await yieldWhenDue();
    all.push(compare(one[left]!, other[right]!) <= 0 ? one[left++]! : other[right++]!);
  }
  for (; left < one.length; left++) all.push(one[left]!);
  for (; right < other.length; right++) all.push(other[right]!);
  return all;
}
