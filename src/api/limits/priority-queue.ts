import type { Priority } from './budget';
import { abortReason } from '../errors/abort';

/** A poll that has waited this long (milliseconds) takes turns with the messages. */
const POLL_AGES_AFTER = 10_000;

/** One who waits; part of a doubly linked list, so that thousands may come and leave at no cost to the rest. */
interface Waiter {
  readonly since: number;
  readonly admit: () => void;
  before: Waiter | null;
  after: Waiter | null;
}

interface Fifo {
  first: Waiter | null;
  last: Waiter | null;
}

/** Requests that wait for something that is scarce, and whose turn it is. */
export interface PriorityQueue {
  /** Resolves when admitted; rejects with the signal's reason when aborted first. */
  wait(priority: Priority, signal?: AbortSignal): Promise<void>;
  /** Who would be admitted now, null when nobody waits. An aged poll counts as a message. */
  next(): Priority | null;
  /** Since when the one who is next has waited, by the clock of the queue; Infinity when nobody waits. */
  nextSince(): number;
  /** Admits the one who is next; false when nobody waits. */
  admit(): boolean;
  readonly length: number;
}

/**
 * Actions first, then messages, then polls; inside each, who came first goes first. Polls age: one that has
 * waited `POLL_AGES_AFTER` is admitted before the next message, but never two polls in a row while a message
 * waits. So neither can starve the other: under any load each of them gets at least half of the turns.
 */
export function createPriorityQueue(now: () => number, whenLeft: () => void = () => {}): PriorityQueue {
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

  function pollHasAged(): boolean {
    const poll = queues.poll.first;
    return poll !== null && now() - poll.since >= POLL_AGES_AFTER;
  }

  /** The queue whose first one is next. */
  function turn(): Priority | null {
    if (queues.action.first) return 'action';
    if (queues.message.first) return !pollWentFirst && pollHasAged() ? 'poll' : 'message';
    return queues.poll.first ? 'poll' : null;
  }

  const queue: { -readonly [Part in keyof PriorityQueue]: PriorityQueue[Part] } = {
    length: 0,
    wait(priority, signal) {
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
            resolve();
          },
          before: null,
          after: null,
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        enter(fifo, waiter);
      });
    },
    next() {
      const priority = turn();
      return priority === 'poll' && pollHasAged() ? 'message' : priority;
    },
    nextSince() {
      const priority = turn();
      return priority === null ? Infinity : queues[priority].first!.since;
    },
    admit() {
      const priority = turn();
      if (priority === null) return false;
      pollWentFirst = priority === 'poll';
      queues[priority].first!.admit();
      return true;
    },
  };
  return queue;
}
