/** Counts up in a state file until it is killed; tells its parent what is certainly on disk. */
import { createFileStore } from '../../src/runtime/state/state-store';

async function countUp(directory: string): Promise<void> {
  const store = createFileStore(directory);
  const before = (await store.read('counter'))?.value as { count: number } | undefined;
  for (let count = (before?.count ?? 0) + 1; ; count += 1) {
    await store.write('counter', { count, filler: String(count).repeat(2000) });
    process.send!(count);
  }
}

void countUp(process.argv[2]!);
