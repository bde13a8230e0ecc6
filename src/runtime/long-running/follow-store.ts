import type { ErrorText } from '../../api/errors/errors';
import type { FollowBatch } from '../../runs/follow/follow-file';
import { readFollowState, type FollowState } from '../../runs/follow/follow-state';
import type { StateStore } from '../../runs/work/ports';
import { reasonOf } from '../status/catalog';
import type { Message, NodeHost } from '../definition/definition';
import { isRecord } from '../definition/messages';
import { packMessage, unpackMessage } from '../state/stored-message';

/** What a follow is, written once. */
export interface StoredFollow<Fields> {
  /** The configured address. */
  origin: string;
  fields: Fields;
  /** When to give up, ms since the epoch; null = never. */
  until: number | null;
}

/** How far it is, written before and after each sending. */
export interface FollowProgress {
  state: FollowState;
  /** Lines that the state counts as delivered and that are not sent … */
  unsent: Omit<FollowBatch, 'state'> | null;
  /** … or perhaps are: a kill can come between sending and writing that down. */
  perhapsSent: boolean;
  /** Why it ended, once it has. */
  end: FollowReason | null;
}

export type FollowReason = 'completed' | 'stopped' | 'deadline';

/** The place on disk of one follow. */
export interface FollowPlace {
  /** Never rejects: what can't be written is told to the user. */
  write(progress: FollowProgress): Promise<void>;
  /** Never rejects either: what stays on disk is taken up again. */
  remove(): Promise<void>;
}

/** A follow as it was found on disk. */
export interface FoundFollow<Fields> {
  key: string;
  stored: StoredFollow<Fields>;
  message: Message;
  progress: FollowProgress;
  place: FollowPlace;
}

/** What it follows, with the message, and how far it is: the first is large and never changes, the second is small. */
const WHAT = 'follow:';
const FAR = 'follow-at:';

/** Keeps the follows of one node; `warn` tells the user what could not be kept. */
export function createFollowStore<Fields>(store: StateStore, warn: NodeHost<Fields>['warn']) {
  let warned = false;
  const warnOnce = (sentence: ErrorText) => {
    if (!warned) warn(sentence);
    warned = true;
  };

  function placeOf(key: string): FollowPlace {
    return {
      async write(progress) {
        try {
          await store.write(FAR + key, progress);
          warned = false;
        } catch (error) {
          // Lines that are late are worse than lines that come twice after a restart on a full disk.
          warnOnce({ key: 'follow-progress-not-stored', values: { reason: reasonOf(error) } });
        }
      },
      async remove() {
        try {
          await store.remove(WHAT + key);
          await store.remove(FAR + key);
        } catch (error) {
          warn({ key: 'follow-not-removed', values: { reason: reasonOf(error) } });
        }
      },
    };
  }

  return {
    /** Null when it can't be kept; then it lives in memory only. */
    async begin(
      key: string,
      stored: StoredFollow<Fields>,
      message: Message,
      progress: FollowProgress,
    ): Promise<FollowPlace | null> {
      const packed = packMessage(message);
      if (!store.durable) {
        warnOnce({ key: 'follow-not-durable' });
        return null;
      }
      if ('unstorable' in packed) {
        warn({ key: 'follow-in-memory', values: { why: { key: packed.unstorable } } });
        return null;
      }
      try {
        await store.write(FAR + key, progress);
        await store.write(WHAT + key, { ...stored, packed: packed.packed });
        return placeOf(key);
      } catch (error) {
        warnOnce({ key: 'follow-not-stored', values: { reason: reasonOf(error) } });
        return null;
      }
    },

    /** Everything that is on disk. What can't be read is counted and kept: another version may be able to. */
    async all(): Promise<{ found: FoundFollow<Fields>[]; unreadable: number }> {
      const found: FoundFollow<Fields>[] = [];
      let unreadable = 0;
      for (const name of await store.keys()) {
        if (!name.startsWith(WHAT)) continue;
        const key = name.slice(WHAT.length);
        const what = (await store.read(name))?.value;
        const far = await store.read(FAR + key);
        const progress = readProgress(far?.value);
        const message = isRecord(what) ? unpackMessage(what.packed) : null;
        if (!message || !isStored<Fields>(what) || !progress) {
          unreadable += 1;
          continue;
        }
        if (far?.recovered) warn({ key: 'follow-recovered' });
        found.push({ key, stored: what, message, progress, place: placeOf(key) });
      }
      return { found, unreadable };
    },
  };
}

/** State is a file that anything may have happened to. */
function isStored<Fields>(value: unknown): value is StoredFollow<Fields> {
  if (!isRecord(value) || typeof value.origin !== 'string' || !isRecord(value.fields)) return false;
  const { jobId, runId, path } = value.fields;
  if ([jobId, runId, path].some((part) => typeof part !== 'string')) return false;
  return value.until === null || typeof value.until === 'number';
}

/** Null for what this version can't go on from. */
function readProgress(value: unknown): FollowProgress | null {
  if (!isRecord(value)) return null;
  const state = readFollowState(value.state);
  const sendable = value.unsent === null || (isRecord(value.unsent) && Array.isArray(value.unsent.lines));
  return state && sendable ? { ...(value as unknown as FollowProgress), state } : null;
}
