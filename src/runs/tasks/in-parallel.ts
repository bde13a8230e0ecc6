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

/** Lets at most `most()` be under way at the same time, which may grow; who comes first goes first. */
export function limitTo(most: () => number): <Done>(act: () => Promise<Done>) => Promise<Done> {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (act) => {
    if (busy >= most()) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
    try {
      return await act();
    } finally {
      busy -= 1;
      while (waiting.length > 0 && busy < most()) {
        busy += 1;
        waiting.shift()!();
      }
    }
  };
}

/** Waits for all of them. Resolves with what the first one that failed rejected with; null = none. */
export async function firstFailure(works: readonly Promise<unknown>[]): Promise<Error | null> {
  const ended = await Promise.allSettled(works);
  const failed = ended.find((one) => one.status === 'rejected');
  return failed ? asError(failed.reason) : null;
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
