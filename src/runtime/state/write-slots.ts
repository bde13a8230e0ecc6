/** More writers would take all of libuv's four threads from everybody else in Node-RED. */
const CONCURRENT_WRITES = 2;
/** While Node-RED waits for its nodes to close nothing else is urgent, and the writes are what it waits for. */
const WHILE_CLOSING = 8;

/** Limits how many state files are written at the same time, in the whole process. */
let busy = 0;
let closing = 0;
const waiting: (() => void)[] = [];

/** Resolves with the function that releases the slot. */
export async function acquireWriteSlot(): Promise<() => void> {
  if (busy >= limit()) await new Promise<void>((resolve) => waiting.push(resolve));
  else busy += 1;
  return () => {
    busy -= 1;
    startWaiting();
  };
}

/** More writes at the same time until the returned function is called: a node closes. */
export function raiseWriteLimit(): () => void {
  closing += 1;
  startWaiting();
  return () => (closing -= 1);
}

function limit(): number {
  return closing > 0 ? WHILE_CLOSING : CONCURRENT_WRITES;
}

function startWaiting(): void {
  while (busy < limit()) {
    const next = waiting.shift();
    if (!next) return;
    busy += 1;
    next();
  }
}
