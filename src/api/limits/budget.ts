/**
 * Who goes first. `action`: a stop or a snapshot, which goes before everything. `message`: a message waits for it.
 * `poll`: it can wait, but is never starved: one that has waited ten seconds takes turns with the messages.
 */
export type Priority = 'action' | 'message' | 'poll';

/** How fast one key may ask: shared by every client of the same origin and token. */
export interface Budget {
  /** Resolves when a request may be sent; rejects with the signal's reason when aborted first. */
  acquire(priority: Priority, signal?: AbortSignal): Promise<void>;
  /** Nobody asks before this instant (ms since the epoch). A 429 calls it. */
  pauseUntil(instant: number): void;
  /** The instant until which nobody asks, null when not paused. */
  readonly pausedUntil: number | null;
  /** Called with `pausedUntil` whenever it changes. Returns the way to stop listening. */
  onPause(listener: (until: number | null) => void): () => void;
  /** Requests per second; 0 = no limit. */
  readonly rate: number;
  /** Callers that share a budget agree on the lowest. */
  setRate(rate: number): void;
}
