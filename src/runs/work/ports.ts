/** What the runs room needs from outside; the runtime implements it. */

export type { Clock } from '../../api/time/clock';

/** One stored item, and how it was found. */
export interface StoredItem {
  /** Undefined when there is something of which no copy can be read. */
  value: unknown;
  /** True when the newest copy could not be read and the last good one was taken instead. */
  recovered: boolean;
}

/**
 * Durable state, one item per key. A write is complete and on disk when its promise resolves; a kill at any
 * instant leaves either the old or the new value. Writes of one key take place in the order of their calls.
 */
export interface StateStore {
  /** Null when there is nothing. */
  read(key: string): Promise<StoredItem | null>;
  /** Rejects when it can't be kept, for example on a full disk. The value must survive JSON. */
  write(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  keys(): Promise<string[]>;
  /** False when it lives in memory only. */
  readonly durable: boolean;
}
