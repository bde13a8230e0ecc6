/** Milliseconds of work after which others have their turn. */
const LONGEST = 15;
/** The clock is looked at once in so many rows. */
const ROWS = 1024;

let since = 0;

/** Lets others have their turn when this has worked for a while. */
export async function pauseWhenDue(): Promise<void> {
  if (performance.now() - since < LONGEST) return;
  await new Promise((resolve) => setImmediate(resolve));
  since = performance.now();
}

/** Calls a function for each number below `count`, with pauses. */
export async function forEachRow(count: number, visit: (row: number) => void): Promise<void> {
  for (let row = 0; row < count; row++) {
    if (row % ROWS === 0) await pauseWhenDue();
    visit(row);
  }
}
