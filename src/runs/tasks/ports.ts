/** What the runs room needs from outside; the runtime implements it. */

export type { Clock } from '../../api/time/clock';

/** One stored item, and how it was found. */
interface StoredItem {
  /** Undefined when there is something of which no copy can be read. */
  value: unknown;
  /** True when the newest copy could not be read and the last good one was taken instead. */
  recovered: boolean;
  /** Where the value is undefined: its file, and what can be told of it. */
  damaged?: string;
}

/** Everything that is stored. */
export interface StoredList {
  items: (StoredItem & { key: string })[];
  /** Items of which no copy can be made sense of: their files, and what can be told of them. */
  damaged: string[];
  /** Files beside them that have no name of an item, such as the copies of a sync tool: they are left alone. */
  strange: string[];
  /** Items that are there and can't be read at the moment: nothing may be concluded about them. */
  unread: number;
  /** Why the first of them can't be. */
  unreadBecause?: Error;
  /** Why not even what there is can be told, where something stands in place of the folder; it counts as one that is unread. */
  trouble?: unknown;
}

/**
 * Durable state, one item per key. A write is complete and on disk when its promise resolves; a kill at any
 * instant leaves either the old or the new value. Writes of one key take place in the order of their calls.
 */
export interface StateStore {
  /**
   * Null when there is nothing. Rejects when there is something that can't be read now (a busy file, too many open
   * ones, a disk that fails): that is no damage, and what is there must not be written over.
   */
  read(key: string): Promise<StoredItem | null>;
  /** Rejects when it can't be kept, for example on a full disk. The value must survive JSON. */
  write(key: string, value: unknown): Promise<void>;
  /**
   * Takes back the write of a new item that has not begun: its promise rejects. False when it has begun or is over;
   * then its promise tells what became of it.
   */
  withdraw(key: string): boolean;
  remove(key: string): Promise<void>;
  /** Keeps what can't be read under another name, before something is written in its place. */
  setAside(key: string): Promise<void>;
  /** Of the items that can be read. Rejects when it can't be told which there are. */
  keys(): Promise<string[]>;
  /** After everything that was asked for before. Rejects when it can't be told which items there are. */
  list(): Promise<StoredList>;
  /** False when it lives in memory only. */
  readonly durable: boolean;
}
