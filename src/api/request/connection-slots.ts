import type { Priority } from '../limits/budget';
import { MOST_CONNECTIONS } from '../limits/limits';
import { createPriorityQueue } from '../limits/priority-queue';
import type { Clock } from '../time/clock';
import { reasonOf, watchPatience } from './deadline';
import { partOf, type HangingParts } from './hanging-parts';
import type { ContentsLane, Hold, Lane, Request } from './request';

/**
 * How many may be taken before this one is taken. The last is kept for a stop, the one before it for what a
 * message waits for.
 */
export const MOST_TAKEN: Record<Priority, number> = {
  action: MOST_CONNECTIONS,
  message: MOST_CONNECTIONS - 1,
  poll: MOST_CONNECTIONS - 2,
};
/**
 * Contents may hold five, and two of those before anything but a stop. Of these downloads may hold four: however slow they are, one is
 * left for those who read, such as the end of a log, the evidence of how a run ended. Nobody can tell a slow storage by the size of a
 * file, so that also holds for what is listed as small.
 */
const MOST_CONTENTS = 5;
const FIRST_CONTENTS = 2;
const MOST_READS = 3;
const MOST_DOWNLOADS = 4;
/** A small file that was here within so many ms shows that the storage is quick, and small ones may hold all that contents may. */
const QUICK = 1_000;
/** Whose turn it is first among the contents. */
const CONTENTS: readonly ContentsLane[] = ['part', 'read', 'small', 'download'];

/** Who has a connection. What is read at once is counted in the pipeline itself, where it need not wait. */
export interface ConnectionSlots {
  taken: number;
  /** Requests that wait for one. */
  readonly waiting: number;
  /** What has a connection and no answer yet. */
  readonly underWay: Set<Hold>;
  /** Whether one may go by its part, where nobody waits before it. */
  mayBegin(request: Request): boolean;
  /** Resolves when there is one, and it is taken; rejects when the deadline ends before. Each is given back once. */
  wait(request: Request): Promise<void>;
  /** The answer has begun, and is read on its connection. */
  answered(request: Request): void;
  /** `since`: when it was taken, ms of the monotonic clock. */
  give(request: Request, since: number): void;
}

/**
 * One slot per connection. A request takes one before it asks for its turn in the budget and gives it back when its answer
 * is read, so no more requests are under way than there are connections, and none waits inside an agent where nobody could
 * go first. What is asked of a part of the platform that does not answer holds a few of them; see `createHangingParts`.
 */
export function createConnectionSlots(clock: Clock, parts: HangingParts): ConnectionSlots {
  const now = () => clock.monotonic();
  const createQueue = (lane: Lane) =>
    createPriorityQueue(now, undefined, () => parts.passedOver(underWay, (isPoll) => isLast(lane, isPoll)));
  const queues = {
    answer: createQueue('answer'),
    part: createQueue('part'),
    read: createQueue('read'),
    small: createQueue('small'),
    download: createQueue('download'),
  };
  /** Of those that are taken, for contents. */
  const held = { part: 0, read: 0, small: 0, download: 0 };
  const underWay = new Set<Hold>();
  /** Since when small files are held. */
  const smallSince: number[] = [];
  let isQuick = false;

  const contentsHeld = () => held.part + held.read + downloadsHeld();
  const downloadsHeld = () => held.small + held.download;

  /** Whether the next one in this lane would have the last slot that is free for the likes of it. */
  function isLast(lane: Lane, isPoll: boolean): boolean {
    if (slots.taken + 1 >= (isPoll ? MOST_TAKEN.poll : MOST_TAKEN.message)) return true;
    if (lane === 'answer') return false;
    if (contentsHeld() + 1 >= MOST_CONTENTS) return true;
    if (lane === 'part') return false;
    return lane === 'read' ? held.read + 1 >= MOST_READS : downloadsHeld() + 1 >= MOST_DOWNLOADS;
  }

  function mayGo(lane: ContentsLane): boolean {
    if (lane === 'part') return true;
    if (lane === 'read') return held.read < MOST_READS;
    if (downloadsHeld() < MOST_DOWNLOADS) return true;
    return lane === 'small' && isQuick && now() - (smallSince[0] ?? now()) < QUICK && held.download === 0;
  }

  /** The lane whose turn it is among the contents, null when none may go. */
  function nextContents(most: number): ContentsLane | null {
    if (contentsHeld() >= most || slots.taken >= MOST_TAKEN.message) return null;
    return CONTENTS.find((lane) => mayGo(lane) && queues[lane].next() !== null) ?? null;
  }

  function serveContents(most: number): void {
    for (let lane = nextContents(most); lane !== null; lane = nextContents(most)) queues[lane].admit();
  }

  function serve(): void {
    serveContents(FIRST_CONTENTS);
    const { answer } = queues;
    for (let next = answer.next(); next !== null && slots.taken < MOST_TAKEN[next]; next = answer.next())
      answer.admit();
    serveContents(MOST_CONTENTS);
  }

  function take({ lane, hold }: Request): void {
    slots.taken += 1;
    if (lane !== 'answer') held[lane] += 1;
    if (hold) underWay.add(hold);
    if (lane === 'small') smallSince.push(now());
  }

  const slots = {
    taken: 0,
    waiting: 0,
    underWay,
    mayBegin({ lane, hold }: Request) {
      const isPassedOver = parts.passedOver(underWay, (isPoll) => isLast(lane, isPoll));
      return !hold || !isPassedOver?.(partOf(hold), hold.isPoll);
    },
    wait(request: Request) {
      const { lane, priority, hold, deadline } = request;
      return new Promise<void>((resolve, reject) => {
        const stopWaiting = () => {
          deadline.interrupt = null;
          slots.waiting -= 1;
        };
        const waiter = queues[lane].enter(
          priority,
          () => {
            stopWaiting();
            take(request);
            resolve();
          },
          hold && { part: partOf(hold), isPoll: hold.isPoll },
        );
        slots.waiting += 1;
        deadline.interrupt = () => {
          stopWaiting();
          queues[lane].leave(waiter);
          reject(reasonOf(deadline));
        };
        watchPatience(deadline);
        // Where all are taken, it changes nothing for anybody that one more waits.
        if (slots.taken < (lane === 'answer' ? MOST_TAKEN[priority] : MOST_TAKEN.message)) serve();
      });
    },
    answered({ hold }: Request) {
      if (hold) underWay.delete(hold);
      if (slots.waiting > 0) serve();
    },
    give({ lane, hold }: Request, since: number) {
      if (hold) underWay.delete(hold);
      slots.taken -= 1;
      if (lane !== 'answer') held[lane] -= 1;
      if (lane === 'small') {
        smallSince.splice(
          smallSince.findLastIndex((one) => one <= since),
          1,
        );
        isQuick = now() - since < QUICK;
      }
      if (slots.waiting > 0) serve();
    },
  };
  return slots;
}
