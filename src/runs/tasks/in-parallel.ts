/**
 * Does one thing for each item, at most `limit` at the same time, taking the items up in order. When one rejects, no
 * more are begun, those under way are waited for, and it rejects the same way.
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  limit: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let stopped = false;
  const work = async () => {
    for (let next = queue.next(); !next.done && !stopped; next = queue.next()) {
      try {
        await act(next.value);
      } catch (error) {
        stopped = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.max(1, limit) }, work);
  const results = await Promise.allSettled(workers);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
