import { whenSettled } from '../../api/errors/guard';
import type { StateStore } from '../../runs/tasks/ports';
import { FIRST_RETRY, LONGEST_RETRY } from '../../runs/tasks/retried-store';
import { readStored, toStored, type StoredFormat } from '../../runs/tasks/stored-format';
import type { Message, NodeHost, Storing } from '../definition/definition';
import { retryStoring } from './first-write';
import { stateReason } from './state-reason';
import { packMessage, type PackedMessage } from './stored-message';
import { createNotices, describeItem, stateWarnings, untold, type DurableWarnings } from './durable-warnings';

/**
 * Durable work of a node: waits, follows, submissions, requested stops. An item is created, written whenever it changes,
 * and removed when it is over. When the node closes, the item stays on disk and nobody is told; the next node of the same
 * id resumes it.
 *
 * A message that creates an item hands `create` to `InputContext.keep`, so that a close during the first write has one of
 * two ends and never both: the item is on disk and is resumed, or the message fails with RESCALE_CLOSED.
 */
interface DurableItems<Value extends object> {
  /** A message as it can be written; null when it can't be, and then the user is told that it is held in memory. */
  pack(message: Message): PackedMessage | null;
  /** A new item. It is on disk when `stored` resolves true; else it lives in memory only, and the user is told. */
  create(key: string, value: Value): NewItem<Value>;
  /**
   * Hands over every stored item that this node does not work on already, once the previous node of this id has finished
   * writing. What can't be read now is tried again until it can. Rejects when the directory can't be listed; it may be
   * called again then.
   */
  resumeStored(take: Resume<Value>): Promise<void>;
  /** One stored item by its key. Null when there is none, or none that is readable. */
  find(key: string): Promise<FoundItem<Value> | null>;
}

export interface DurableItem<Value extends object> {
  readonly key: string;
  /** As it was written last, or was to be. */
  readonly value: Value;
  /** It is on disk, though perhaps not its last value. */
  readonly stored: boolean;
  /** Replaces what is stored. False when it could not be written: the user is told, and nothing rejects. */
  write(value: Value): Promise<boolean>;
  /** It is over. False when it could not be removed: the user is told, and it is resumed at the next start. */
  remove(): Promise<boolean>;
}

export interface NewItem<Value extends object> extends Storing {
  item: DurableItem<Value>;
  /** Tries a first write that failed once more, of the item as it is now. The user was told already. */
  retry: () => Storing;
}

export interface FoundItem<Value extends object> {
  item: DurableItem<Value>;
  /** An older copy, because the newest was damaged. */
  recovered: boolean;
}

/**
 * `unreadable`: nothing can be made of it; it stays on disk, and the user is told. May reject; then it is handed over
 * again at the next attempt, and others are not kept waiting for it.
 */
type Resume<Value extends object> = (
  found: FoundItem<Value>,
) => Promise<'unreadable' | undefined | void> | 'unreadable' | undefined | void;

interface DurableKind<Value extends object> {
  /** What the keys of its items begin with in the node's store. */
  prefix: string;
  format: StoredFormat<Value>;
  /** It belongs to another platform than the node does now: then it is dropped, and the user is told. */
  isForeign?(value: Value): Promise<boolean> | boolean;
  /** The prefixes of items that belong to those of this kind and have their keys: they go with a foreign one. */
  parts?: readonly string[];
  /** They are such parts: the user is told of what they belong to. */
  arePart?: true;
  /**
   * Its keys come again. What stands under that of a new item and can't be gone on from is kept beside before it is written over; while
   * that can't be read, the new item lives in memory; what can be read now, and could not be resumed, is given to this function.
   */
  recurs?: (former: Value) => void;
  warnings?: DurableWarnings;
}

type Host = Pick<NodeHost<never>, 'warn' | 'clock' | 'signal' | 'handedOver' | 'background'> &
  Partial<Pick<NodeHost<never>, 'report' | 'showUnread'>>;

/** First writes in progress, by store: successive nodes of an id share a store. */
const firstWrites = new WeakMap<StateStore, Set<Promise<unknown>>>();

/** `resumeStored` waits for it. */
export function noteFirstWrite(store: StateStore, stored: Promise<unknown>): void {
  const all = firstWrites.get(store) ?? new Set();
  firstWrites.set(store, all.add(stored));
  whenSettled(stored, () => all.delete(stored));
}

export function createDurableItems<Value extends object>(
  host: Host,
  store: StateStore,
  kind: DurableKind<Value>,
): DurableItems<Value> {
  const { prefix, format, warnings = stateWarnings } = kind;
  /** Created or resumed by this node. */
  const ownKeys = new Set<string>();
  const { tell, tellOnce, isOver, tellUnreadable, tellForeign } = createNotices(host, store, warnings);

  function itemOf(key: string, first: Value, onDisk: boolean) {
    let value = first;
    let stored = onDisk;
    /** Its first write, while that is under way. */
    let beginning: Promise<boolean> | null = null;
    let over = false;
    /** Its first write is given up. */
    let withdrawn = false;
    /** While a change that could not be written is tried again. */
    let retrying: AbortController | null = null;

    function writeLater(): void {
      if (retrying || host.signal.aborted) return;
      retrying = new AbortController();
      retryStoring(host, async () => !stored || (await item.write(value)), retrying.signal);
    }

    function endRetrying(): void {
      retrying?.abort();
      retrying = null;
    }

    const item: DurableItem<Value> = {
      key,
      get value() {
        return value;
      },
      get stored() {
        return stored;
      },
      async write(next) {
        value = next;
        if (beginning) await beginning;
        // After a redeploy the next node has taken it up, whatever still goes on here.
        if (!stored || host.handedOver.aborted) return false;
        try {
          await store.write(prefix + key, toStored(format, next));
          isOver('notWritten');
          endRetrying();
          return true;
        } catch (error) {
          tellOnce('notWritten', { reason: stateReason(error) });
          writeLater();
          return false;
        }
      },
      async remove() {
        ownKeys.delete(key);
        endRetrying();
        if ((!stored && !beginning) || host.handedOver.aborted) return !stored;
        // What is being written just now is removed behind it, so that it does not come back after a restart.
        over = true;
        if (beginning) store.withdraw(prefix + key);
        const wasStored = stored;
        stored = false;
        try {
          const removed = store.remove(prefix + key);
          if (beginning) noteFirstWrite(store, removed);
          await removed;
          return true;
        } catch (error) {
          stored = wasStored;
          tell('notRemoved', { reason: stateReason(error) });
          return false;
        }
      },
    };

    async function writeFirst(isFirst: boolean): Promise<boolean> {
      if (!store.durable) {
        tellOnce('notDurable');
        return false;
      }
      try {
        if (kind.recurs) await keepFormer(key, kind.recurs);
        if (over) return false;
        if (withdrawn) throw new Error('withdrawn');
        await store.write(prefix + key, toStored(format, value));
        stored = !over;
      } catch (error) {
        // Of a node that is gone it was given up; after a close nobody else hears of it.
        const unheard = host.signal.aborted ? host.handedOver.aborted : isFirst;
        if (unheard && !over) tell('notStored', { reason: stateReason(error) });
      }
      return stored;
    }

    function startFirstWrite(isFirst: boolean): Storing {
      ownKeys.add(key);
      over = withdrawn = false;
      const written = writeFirst(isFirst).finally(() => (beginning = null));
      beginning = written;
      noteFirstWrite(store, written);
      const withdraw = () => {
        withdrawn = true;
        store.withdraw(prefix + key);
      };
      return { stored: written, withdraw };
    }

    return { item, startFirstWrite };
  }

  async function keepFormer(key: string, takeFormer: (former: Value) => void): Promise<void> {
    const name = prefix + key;
    const found = await store.read(name);
    if (!found) return;
    const reading = readStored(format, found.value);
    if (reading.unreadable === null) return takeFormer(reading.value);
    await store.setAside(name);
    if (!kind.arePart) tellUnreadable([found.damaged ?? describeItem(name, found.value)]);
  }

  /** Returns how many items could not be read now. */
  async function resumeOnce(take: Resume<Value>): Promise<number> {
    // What the node before this one was still writing when it closed belongs to this one.
    await Promise.allSettled([...(firstWrites.get(store) ?? [])]);
    const { items, damaged, strange, unread, unreadBecause, trouble } = await store.list();
    let reason: unknown = unreadBecause;
    for (const file of untold(store, strange)) tell('strange', { file });
    const unreadable = [...damaged];
    let foreign = 0;
    for (const { key: name, value: stored, recovered } of items) {
      if (host.signal.aborted) return 0;
      const key = name.slice(prefix.length);
      if (!name.startsWith(prefix) || ownKeys.has(key)) continue;
      const reading = readStored(format, stored);
      if (reading.unreadable !== null) {
        // Another version may be able to read it, so it is not thrown away.
        unreadable.push(describeItem(name, stored));
        continue;
      }
      const { item } = itemOf(key, reading.value, true);
      const isForeign = (await kind.isForeign?.(reading.value)) ?? false;
      if (ownKeys.has(key) || host.signal.aborted) continue;
      if (isForeign) {
        foreign += 1;
        await item.remove();
        for (const part of kind.parts ?? []) await store.remove(part + key).catch(() => undefined);
        continue;
      }
      ownKeys.add(key);
      try {
        const taken = await take({ item, recovered });
        if (taken === 'unreadable') {
          ownKeys.delete(key);
          unreadable.push(describeItem(name, stored));
        } else if (recovered) tell('recovered');
      } catch (error) {
        ownKeys.delete(key);
        reason ??= error;
      }
    }
    const left = unread > 0 || reason === undefined ? unread : 1;
    tellForeign(foreign);
    tellUnreadable(unreadable);
    host.showUnread?.(left > 0);
    if (trouble) tellOnce('folder', { reason: stateReason(trouble) });
    else if (left > 0) tellOnce('unread', { count: left, reason: stateReason(reason) });
    else isOver('unread');
    return left;
  }

  async function resumeLater(take: Resume<Value>): Promise<void> {
    for (let pause = FIRST_RETRY, left = 1; left > 0; pause = Math.min(2 * pause, LONGEST_RETRY)) {
      await host.clock.sleep(pause, host.signal);
      left = await resumeOnce(take).catch(() => 1);
    }
  }

  return {
    pack(message) {
      const packed = packMessage(message);
      if ('packed' in packed) return packed;
      tell('inMemory', { why: { key: packed.unstorable } });
      return null;
    },
    create(key, value) {
      const { item, startFirstWrite } = itemOf(key, value, false);
      return { item, ...startFirstWrite(true), retry: () => startFirstWrite(false) };
    },
    async resumeStored(take) {
      const left = await resumeOnce(take);
      if (left > 0) host.background(() => resumeLater(take));
    },
    async find(key) {
      const found = await store.read(prefix + key);
      if (!found) return null;
      const reading = readStored(format, found.value);
      if (reading.unreadable !== null) return null;
      return { item: itemOf(key, reading.value, true).item, recovered: found.recovered };
    },
  };
}
