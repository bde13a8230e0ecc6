/** Milliseconds of work in one turn of the event loop. */
const LONGEST_TURN = 15;
/** Rows between two looks at the clock. */
const ROWS_PER_CHECK = 1024;

let since = 0;

/** Yields to the event loop when this turn has taken long enough. */
export async function yieldWhenDue(): Promise<void> {
  if (performance.now() - since < LONGEST_TURN) return;
  await new Promise((resolve) => setImmediate(resolve));
  since = performance.now();
}

/** Calls a function for each number below `count`, yielding to the event loop. */
export async function forEachRow(count: number, visit: (row: number) => void): Promise<void> {
  for (let row = 0; row < count; row++) {
    if (row % ROWS_PER_CHECK === 0) await yieldWhenDue();
    visit(row);
  }
}
