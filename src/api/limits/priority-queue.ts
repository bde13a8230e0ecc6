import type { Priority } from './budget';
import { abortReason } from '../errors/abort';
import { onAbort } from '../errors/guard';

/** A poll that has waited this long (milliseconds) takes turns with the messages. */
const POLL_AGES_AFTER = 10_000;

/** One who waits; part of a doubly linked list, so that thousands may come and leave at no cost to the rest. */
interface Waiter {
  readonly since: number;
  readonly priority: Priority;
  /** Called at its turn, before the next one is looked at. */
  readonly admitted: () => void;
  readonly entrant: Entrant | null;
  before: Waiter | null;
  after: Waiter | null;
}

/** Who waits, where that makes a difference. */
interface Entrant {
  /** What it belongs to; see `passedOver`. */
  readonly part: string;
  readonly isPoll: boolean;
}

/** Says whose turn it can't be now, by the part; null when it can be anybody's. */
export type PassedOver = () => ((part: string, isPoll: boolean) => boolean) | null;

interface Fifo {
  first: Waiter | null;
  last: Waiter | null;
}

/** Requests that wait for something that is scarce, and whose turn it is. */
export interface PriorityQueue {
  /** Waits until `admitted` is called, or until it leaves. */
  enter(priority: Priority, admitted: () => void, entrant?: Entrant | null): Waiter;
  /** Waits no longer; nobody is told. */
  leave(waiter: Waiter): void;
  /** Resolves when admitted; rejects with the signal's reason when aborted first. */
  wait(priority: Priority, signal?: AbortSignal): Promise<void>;
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
  function turn(): Waiter | null {
    if (queue.length === 0 || queues.action.first) return queues.action.first;
    const isPassedOver = passedOver();
    const message = firstOf('message', isPassedOver);
    const poll = firstOf('poll', isPassedOver);
    return poll && (!message || (!pollWentFirst && hasAged(poll))) ? poll : message;
  }

  const queue: { -readonly [Part in keyof PriorityQueue]: PriorityQueue[Part] } = {
    length: 0,
    enter(priority, admitted, entrant = null) {
      const fifo = queues[priority];
      const waiter: Waiter = {
        since: now(),
        priority,
        admitted,
        entrant,
        before: fifo.last,
        after: null,
      };
      if (fifo.last) fifo.last.after = waiter;
      else fifo.first = waiter;
      fifo.last = waiter;
      queue.length += 1;
      return waiter;
    },
    leave(waiter) {
      const fifo = queues[waiter.priority];
      if (waiter.before) waiter.before.after = waiter.after;
      else fifo.first = waiter.after;
      if (waiter.after) waiter.after.before = waiter.before;
      else fifo.last = waiter.before;
      queue.length -= 1;
    },
    wait(priority, signal) {
      if (signal?.aborted) return Promise.reject(abortReason(signal));
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          queue.leave(waiter);
          reject(abortReason(signal!));
          whenLeft();
        };
        const waiter = queue.enter(priority, () => {
          stopListening();
          resolve();
        });
        const stopListening = onAbort(signal, giveUp);
      });
    },
    next() {
      const next = turn();
      if (next === null) return null;
      return next.priority === 'poll' && hasAged(next) ? 'message' : next.priority;
    },
    nextSince() {
      return turn()?.since ?? Infinity;
    },
    admit() {
      const next = turn();
      if (next === null) return false;
      pollWentFirst = next.priority === 'poll';
      queue.leave(next);
      next.admitted();
      return true;
    },
  };
  return queue;
}
