import type { Priority } from '../limits/budget';
import { MOST_CONNECTIONS } from '../limits/limits';
import { createPriorityQueue } from '../limits/priority-queue';
import type { Clock } from '../time/clock';
import type { HangingParts } from './hanging-parts';
import type { ContentsLane, Hold, Lane, Request, Step } from './request';

/**
 * How many may be taken before this one is taken. The last is kept for a stop, the one before it for what a
 * message waits for.
 */
const MOST: Record<Priority, number> = {
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

interface ConnectionSlots {
  /** Resolves when there is one; rejects when the deadline ends before. Each is given back once. */
  take(request: Request): Promise<void> | void;
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
  const waiting = {
    answer: createQueue('answer'),
    part: createQueue('part'),
    read: createQueue('read'),
    small: createQueue('small'),
    download: createQueue('download'),
  };
  const held = { answer: 0, part: 0, read: 0, small: 0, download: 0 };
  let taken = 0;
  let waitingNow = 0;
  /** What has a connection and no answer yet. */
  const underWay = new Set<Hold>();
  /** Since when small files are held. */
  const smallSince: number[] = [];
  let isQuick = false;

  const contentsHeld = () => taken - held.answer;
  const downloadsHeld = () => held.small + held.download;

  /** Whether the next one in this lane would have the last slot that is free for the likes of it. */
  function isLast(lane: Lane, isPoll: boolean): boolean {
    if (taken + 1 >= (isPoll ? MOST.poll : MOST.message)) return true;
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
    if (contentsHeld() >= most || taken >= MOST.message) return null;
    return CONTENTS.find((lane) => mayGo(lane) && waiting[lane].next() !== null) ?? null;
  }

  function serveContents(most: number): void {
    for (let lane = nextContents(most); lane !== null; lane = nextContents(most)) waiting[lane].admit();
  }

  function serve(): void {
    serveContents(FIRST_CONTENTS);
    const { answer } = waiting;
    for (let next = answer.next(); next !== null && taken < MOST[next]; next = answer.next()) answer.admit();
    serveContents(MOST_CONTENTS);
  }

  function occupy({ lane, hold }: Request): void {
    held[lane] += 1;
    taken += 1;
    if (hold) underWay.add(hold);
    if (lane === 'small') smallSince.push(now());
  }

  /** Whether one may go by its part, where nobody waits before it. */
  const mayBegin = ({ lane, hold }: Request) =>
    !hold || parts.passedOver(underWay, (isPoll) => isLast(lane, isPoll))?.(hold.part, hold.isPoll) !== true;

  function wait(request: Request): Promise<void> {
    const { lane, priority, hold, deadline } = request;
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        deadline.interrupt = null;
        waitingNow -= 1;
      };
      const waiter = waiting[lane].enter(
        priority,
        () => {
          stopWaiting();
          occupy(request);
          resolve();
        },
        hold,
      );
      waitingNow += 1;
      deadline.interrupt = () => {
        stopWaiting();
        waiting[lane].leave(waiter);
        reject(deadline.reason());
      };
      // Where all are taken, it changes nothing for anybody that one more waits.
      if (taken < (lane === 'answer' ? MOST[priority] : MOST.message)) serve();
    });
  }

  return {
    take(request) {
      const { lane, priority, deadline } = request;
      if (deadline.aborted || deadline.isOver) throw deadline.reason();
      if (lane !== 'answer' || waitingNow > 0 || taken >= MOST[priority]) return wait(request);
      if (underWay.size > 0 && !mayBegin(request)) return wait(request);
      occupy(request);
      return undefined;
    },
    answered({ hold }) {
      if (hold) underWay.delete(hold);
      if (waitingNow > 0) serve();
    },
    give({ lane, hold }, since) {
      if (hold) underWay.delete(hold);
      held[lane] -= 1;
      taken -= 1;
      if (lane === 'small') {
        smallSince.splice(
          smallSince.findLastIndex((one) => one <= since),
          1,
        );
        isQuick = now() - since < QUICK;
      }
      if (waitingNow > 0) serve();
    },
  };
}

/** Holds a connection from before a request is sent until its answer is read. The patience begins with the first. */
export function connectionSlot(slots: ConnectionSlots, clock: Clock): Step {
  return async (request, next) => {
    const turn = slots.take(request);
    if (turn) await turn;
    const since = clock.monotonic();
    let streaming = false;
    try {
      request.deadline.begin();
      const response = await next(request);
      if (response.chunks) {
        streaming = true;
        response.chunks.onClose(() => slots.give(request, since));
        slots.answered(request);
      }
      return response;
    } finally {
      if (!streaming) slots.give(request, since);
    }
  };
}
