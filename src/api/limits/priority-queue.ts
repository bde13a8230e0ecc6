import type { Priority } from './budget';
import { abortReason } from '../errors/abort';

/** A poll that has waited this long (milliseconds) takes turns with the messages. */
const POLL_AGES_AFTER = 10_000;

/** One who waits; part of a doubly linked list, so that thousands may come and leave at no cost to the rest. */
interface Waiter {
  readonly since: number;
  readonly admit: () => void;
  readonly entrant: Entrant | null;
  before: Waiter | null;
  after: Waiter | null;
}

/** Who waits, where that makes a difference. */
interface Entrant {
  /** What it belongs to; see `passedOver`. */
  readonly part: string;
  readonly isPoll: boolean;
  /** Called as it is admitted, before the next one is looked at. */
  admitted(): void;
}

/** Says whose turn it can't be now, by the part; null when it can be anybody's. */
export type PassedOver = () => ((part: string, isPoll: boolean) => boolean) | null;

interface Fifo {
  first: Waiter | null;
  last: Waiter | null;
}

/** Requests that wait for something that is scarce, and whose turn it is. */
export interface PriorityQueue {
  /** Resolves when admitted; rejects with the signal's reason when aborted first. */
  wait(priority: Priority, signal?: AbortSignal, entrant?: Entrant | null): Promise<void>;
  /** Who would be admitted now, null when nobody waits or may go. An aged poll counts as a message. */
  next(): Priority | null;
  /** Since when the one who is next has waited, by the clock of the queue; Infinity when nobody waits. */
  nextSince(): number;
  /** Admits the one who is next; false when nobody waits or may go. */
  admit(): boolean;
  readonly length: number;
}

/**
 * Actions first, then messages, then polls; inside each, who came first goes first. Polls age: one that has
 * waited `POLL_AGES_AFTER` is admitted before the next message, but never two polls in a row while a message
 * waits. So neither can starve the other: under any load each of them gets at least half of the turns.
 * `passedOver` tells whose turn it can't be now; they keep their places. Null when there is nobody, as there nearly always is.
 */
export function createPriorityQueue(
  now: () => number,
  whenLeft: () => void = () => {},
  passedOver: PassedOver = () => null,
): PriorityQueue {
  const queues: Record<Priority, Fifo> = {
    action: { first: null, last: null },
    message: { first: null, last: null },
    poll: { first: null, last: null },
  };
  let pollWentFirst = false;

  function enter(fifo: Fifo, waiter: Waiter): void {
    waiter.before = fifo.last;
    if (fifo.last) fifo.last.after = waiter;
    else fifo.first = waiter;
    fifo.last = waiter;
    queue.length += 1;
  }

  function leave(fifo: Fifo, waiter: Waiter): void {
    if (waiter.before) waiter.before.after = waiter.after;
    else fifo.first = waiter.after;
    if (waiter.after) waiter.after.before = waiter.before;
    else fifo.last = waiter.before;
    queue.length -= 1;
  }

  function hasAged(poll: Waiter | null): boolean {
    return poll !== null && now() - poll.since >= POLL_AGES_AFTER;
  }

  function firstOf(priority: Priority, isPassedOver: ReturnType<PassedOver>): Waiter | null {
    let waiter = queues[priority].first;
    if (isPassedOver)
      while (waiter?.entrant && isPassedOver(waiter.entrant.part, waiter.entrant.isPoll))
        waiter = waiter.after;
    return waiter;
  }

  /** Whose turn it is. */
  function turn(): { priority: Priority; waiter: Waiter } | null {
    if (queue.length === 0) return null;
    const isPassedOver = passedOver();
    const action = queues.action.first;
    if (action) return { priority: 'action', waiter: action };
    const message = firstOf('message', isPassedOver);
    const poll = firstOf('poll', isPassedOver);
    if (poll && (!message || (!pollWentFirst && hasAged(poll)))) return { priority: 'poll', waiter: poll };
    return message && { priority: 'message', waiter: message };
  }

  const queue: { -readonly [Part in keyof PriorityQueue]: PriorityQueue[Part] } = {
    length: 0,
    wait(priority, signal, entrant = null) {
      if (signal?.aborted) return Promise.reject(abortReason(signal));
      return new Promise((resolve, reject) => {
        const fifo = queues[priority];
        const giveUp = () => {
          leave(fifo, waiter);
          reject(abortReason(signal!));
          whenLeft();
        };
        const waiter: Waiter = {
          since: now(),
          admit: () => {
            leave(fifo, waiter);
            signal?.removeEventListener('abort', giveUp);
            entrant?.admitted();
            resolve();
          },
          entrant,
          before: null,
          after: null,
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        enter(fifo, waiter);
      });
    },
    next() {
      const next = turn();
      if (next === null) return null;
      return next.priority === 'poll' && hasAged(next.waiter) ? 'message' : next.priority;
    },
    nextSince() {
      return turn()?.waiter.since ?? Infinity;
    },
    admit() {
      const next = turn();
      if (next === null) return false;
      pollWentFirst = next.priority === 'poll';
      next.waiter.admit();
      return true;
    },
  };
  return queue;
}
