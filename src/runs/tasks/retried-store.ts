import { inBackground } from '../../api/errors/guard';
import type { Clock, StateStore } from './ports';

/** Pauses (ms) until what could not be read or written is tried again. */
export const FIRST_RETRY = 5_000;
export const LONGEST_RETRY = 60_000;

/**
 * A store for whoever can't wait for news to write anew: what could not be written or removed, as on a full disk, is tried
 * again after pauses that grow, and once more at the close. Until then it is read as it was asked for.
 */
export interface RetriedStore extends Pick<StateStore, 'read' | 'setAside'> {
  /** Of the items that can be read, and why others can't be, if there are any. Rejects when it can't be told which there are. */
  keys(): Promise<{ keys: string[]; unreadBecause: Error | null }>;
  /** Resolves when it is on disk, or was tried to; never rejects. */
  write(key: string, value: unknown): Promise<void>;
  /** The same. */
  remove(key: string): Promise<void>;
  /** Nothing is left to be tried again. */
  readonly stored: boolean;
  /** Tries what is left for the last time. Whoever opens the same store in this process goes on with what is left then. */
  close(): Promise<void>;
}

/** What is to become of a key. */
interface Change {
  /** Undefined when it is to be removed. */
  value: unknown;
  failed: boolean;
}

/** By store and key, what is not on disk yet: a deploy must not lose what its disk had no room for. */
const unwritten = new WeakMap<StateStore, Map<string, Change>>();

/** `onStorage`: a change failed where none had before; or null: none is left that did. */
export function retryWrites(
  store: StateStore,
  clock: Clock,
  onStorage: (error: unknown) => void,
): RetriedStore {
  const changes = unwritten.get(store) ?? new Map<string, Change>();
  unwritten.set(store, changes);
  const closing = new AbortController();
  let stored = true;
  let retrying = false;

  const failed = () => [...changes].filter(([, change]) => change.failed);

  function change(key: string, value: unknown): Promise<void> {
    const next = { value, failed: changes.get(key)?.failed ?? false };
    changes.set(key, next);
    return carryOut(key, next);
  }

  async function carryOut(key: string, change: Change): Promise<void> {
    try {
      await (change.value === undefined ? store.remove(key) : store.write(key, change.value));
      if (changes.get(key) === change) changes.delete(key);
    } catch (error) {
      // What came after it says what becomes of the key.
      if (changes.get(key) !== change) return;
      change.failed = true;
      if (stored) onStorage(error);
      stored = false;
      retryLater();
      return;
    }
    if (stored || failed().length > 0) return;
    stored = true;
    onStorage(null);
  }

  async function retryFailed(): Promise<void> {
    await Promise.all(failed().map(([key, change]) => carryOut(key, change)));
  }

  function retryLater(): void {
    if (retrying || closing.signal.aborted) return;
    retrying = true;
    inBackground(retryUntilStored());
  }

  async function retryUntilStored(): Promise<void> {
    for (let pause = FIRST_RETRY; failed().length > 0; pause = Math.min(2 * pause, LONGEST_RETRY)) {
      await clock.sleep(pause, closing.signal, true).catch(() => undefined);
      if (closing.signal.aborted) return;
      await retryFailed();
    }
    retrying = false;
  }

  if (failed().length > 0) {
    stored = false;
    retryLater();
  }

  return {
    async read(key) {
      const change = changes.get(key);
      if (!change) return store.read(key);
      return change.value === undefined ? null : { value: change.value, recovered: false };
    },
    async keys() {
      const { items, unreadBecause } = await store.list();
      const keys = new Set(items.map(({ key }) => key));
      for (const [key, { value }] of changes) {
        if (value === undefined) keys.delete(key);
        else keys.add(key);
      }
      return { keys: [...keys], unreadBecause: unreadBecause ?? null };
    },
    setAside: (key) => store.setAside(key),
    write: change,
    remove: (key) => change(key, undefined),
    get stored() {
      return stored;
    },
    async close() {
      closing.abort();
      await retryFailed();
    },
  };
}
