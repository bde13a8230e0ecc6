import type { ErrorText } from '../../api/errors/errors';
import { whenSettled } from '../../api/errors/guard';
import type { StateStore } from '../../runs/tasks/ports';
import { readStored, toStored, type StoredFormat } from '../../runs/tasks/stored-format';
import type { Message, NodeHost, Storing } from '../definition/definition';
import { FIRST_RETRY, LONGEST_RETRY, retryStoring } from './first-write';
import { stateReason } from './state-reason';
import { packMessage, type Packed } from './stored-message';
import { stateWarnings, type DurableWarnings } from './durable-warnings';

/**
 * What outlives a restart, in one place for everything that does: waits, follows, jobs on
 * their way. An item begins, is written whenever it changes, and is forgotten when it is over. When the node closes
 * it is suspended: it stays on disk and nobody is told; the next node of the same id takes it up and goes on.
 *
 * A message that begins an item hands `begin` to `InputContext.keep`, so that a close in the middle of the writing has one
 * of two ends and never both: the item comes on disk, and is taken up, or the message is told RESCALE_CLOSED.
 */
interface DurableItems<Value extends object> {
  /** A message as it can be written; null when it can't be, and then the user is told that it is held in memory. */
  pack(message: Message): Packed | null;
  /** A new item. It is on disk when `stored` resolves true; else it lives in memory only, and the user is told. */
  begin(key: string, value: Value): Beginning<Value>;
  /**
   * Hands over everything stored that this node does not hold already, after what the node before it was still
   * writing when it closed. What can't be read now is tried again until it can. Rejects when nothing can be told about what there is;
   * it may be called again then.
   */
  takeUp(take: TakeUp<Value>): Promise<void>;
  /** One stored item that belongs to another one. Null when there is none that can be made sense of. */
  find(key: string): Promise<FoundItem<Value> | null>;
}

export interface DurableItem<Value extends object> {
  readonly key: string;
  /** As it was written last, or was to be. */
  readonly value: Value;
  /** It is on disk, in one state or another. */
  readonly stored: boolean;
  /** Replaces what is stored. False when it could not be written: the user is told, and nothing rejects. */
  write(value: Value): Promise<boolean>;
  /** It is over. False when it could not be removed: the user is told, and it is taken up again some day. */
  forget(): Promise<boolean>;
}

export interface Beginning<Value extends object> extends Storing {
  item: DurableItem<Value>;
  /** Tries a first write that failed once more, of the item as it is now. The user was told already. */
  again: () => Storing;
}

export interface FoundItem<Value extends object> {
  item: DurableItem<Value>;
  /** An older copy, because the newest was damaged. */
  recovered: boolean;
}

/**
 * `unreadable`: nothing can be made of it; it stays on disk, and the user is told. May reject; then it is handed over
 * again at the next attempt.
 */
type TakeUp<Value extends object> = (
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
  warnings?: DurableWarnings;
}

type Host = Pick<NodeHost<never>, 'warn' | 'clock' | 'signal' | 'handedOver' | 'background'>;

/** What is being written for the first time, by store: successive nodes of an id have the same. */
const beginnings = new WeakMap<StateStore, Set<Promise<unknown>>>();

/** Until `stored` is settled, what stands in the store is not all there is. */
export function noteBeginning(store: StateStore, stored: Promise<unknown>): void {
  const all = beginnings.get(store) ?? new Set();
  beginnings.set(store, all.add(stored));
  whenSettled(stored, () => all.delete(stored));
}

export function createDurableItems<Value extends object>(
  host: Host,
  store: StateStore,
  kind: DurableKind<Value>,
): DurableItems<Value> {
  const { prefix, format, warnings = stateWarnings } = kind;
  /** Begun or taken up by this node. */
  const held = new Set<string>();
  const told = new Set<string>();

  /** Once until it is over: on a full disk every write fails. */
  function warnOnce(text: keyof DurableWarnings, values: ErrorText['values'] = {}): void {
    if (told.has(text)) return;
    told.add(text);
    warn(text, values);
  }

  function warn(text: keyof DurableWarnings, values: ErrorText['values'] = {}): void {
    host.warn({ key: warnings[text], values });
  }

  function itemOf(key: string, first: Value, onDisk: boolean) {
    let value = first;
    let stored = onDisk;
    /** Its first write, while that is under way. */
    let beginning: Promise<boolean> | null = null;
    let over = false;
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
          told.clear();
          endRetrying();
          return true;
        } catch (error) {
          warnOnce('notWritten', { reason: stateReason(error) });
          writeLater();
          return false;
        }
      },
      async forget() {
        held.delete(key);
        endRetrying();
        if ((!stored && !beginning) || host.handedOver.aborted) return !stored;
        // What is being written just now is removed behind it, so that it does not come back after a restart.
        over = true;
        if (beginning) store.withdraw(prefix + key);
        const wasStored = stored;
        stored = false;
        try {
          const removed = store.remove(prefix + key);
          if (beginning) noteBeginning(store, removed);
          await removed;
          return true;
        } catch (error) {
          stored = wasStored;
          warn('notRemoved', { reason: stateReason(error) });
          return false;
        }
      },
    };

    async function writeFirst(isFirst: boolean): Promise<boolean> {
      if (!store.durable) {
        warnOnce('notDurable');
        return false;
      }
      try {
        await store.write(prefix + key, toStored(format, value));
        stored = !over;
      } catch (error) {
        // Of a node that is gone it was given up; after a close nobody else hears of it.
        const unheard = host.signal.aborted ? host.handedOver.aborted : isFirst;
        if (unheard && !over) warn('notStored', { reason: stateReason(error) });
      }
      return stored;
    }

    function storeFirst(isFirst: boolean): Storing {
      held.add(key);
      over = false;
      const written = writeFirst(isFirst).finally(() => (beginning = null));
      beginning = written;
      noteBeginning(store, written);
      return { stored: written, withdraw: () => void store.withdraw(prefix + key) };
    }

    return { item, storeFirst };
  }

  /** What can't be taken up now is left, and counted. */
  async function takeUpOnce(take: TakeUp<Value>): Promise<number> {
    // What the node before this one was still writing when it closed belongs to this one.
    await Promise.allSettled([...(beginnings.get(store) ?? [])]);
    const { items, damaged, unread } = await store.list();
    const left = unread;
    let unreadable = damaged;
    let foreign = 0;
    for (const { key: name, value: stored, recovered } of items) {
      if (host.signal.aborted) return 0;
      const key = name.slice(prefix.length);
      if (!name.startsWith(prefix) || held.has(key)) continue;
      const reading = readStored(format, stored);
      if (reading.unreadable !== null) {
        // Another version may be able to read it, so it is not thrown away.
        unreadable += 1;
        continue;
      }
      const { item } = itemOf(key, reading.value, true);
      const isForeign = (await kind.isForeign?.(reading.value)) ?? false;
      if (held.has(key) || host.signal.aborted) continue;
      if (isForeign) {
        foreign += 1;
        await item.forget();
        for (const part of kind.parts ?? []) await store.remove(part + key).catch(() => undefined);
        continue;
      }
      held.add(key);
      try {
        const taken = await take({ item, recovered });
        if (taken === 'unreadable') {
          held.delete(key);
          unreadable += 1;
        } else if (recovered) warn('recovered');
      } catch (error) {
        held.delete(key);
        throw error;
      }
    }
    if (foreign > 0) warn('foreign', { count: foreign });
    if (unreadable > 0) warnOnce('unreadable', { count: unreadable });
    if (left > 0) warnOnce('unread', { count: left });
    return left;
  }

  async function takeUpLater(take: TakeUp<Value>): Promise<void> {
    for (let pause = FIRST_RETRY, left = 1; left > 0; pause = Math.min(2 * pause, LONGEST_RETRY)) {
      await host.clock.sleep(pause, host.signal);
      left = await takeUpOnce(take).catch(() => 1);
    }
  }

  return {
    pack(message) {
      const packed = packMessage(message);
      if ('packed' in packed) return packed;
      warn('inMemory', { why: { key: packed.unstorable } });
      return null;
    },
    begin(key, value) {
      const { item, storeFirst } = itemOf(key, value, false);
      return { item, ...storeFirst(true), again: () => storeFirst(false) };
    },
    async takeUp(take) {
      const left = await takeUpOnce(take);
      if (left > 0) host.background(() => takeUpLater(take));
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
