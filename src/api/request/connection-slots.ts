import type { Priority } from '../limits/budget';
import { MOST_CONNECTIONS } from '../limits/limits';
import { createPriorityQueue } from '../limits/priority-queue';
import type { Clock } from '../time/clock';
import type { HangingParts } from './hanging-parts';
import type { ContentsLane, Hold, Lane, Step } from './request';

/** Who takes a slot. The signal, which may end a wait, is asked for only when there is a wait. */
interface Taker {
  readonly lane: Lane;
  readonly priority: Priority;
  readonly hold: Hold | null;
  readonly deadline: { readonly signal: AbortSignal };
}

/**
 * One slot per connection. A request takes one before it asks for its turn in the budget and gives it back when its answer
 * is read, so no more requests are under way than there are connections, and none waits inside an agent where nobody could
 * go first. What is asked of a part of the platform that does not answer holds a few of them; see `createHangingParts`.
 */
interface ConnectionSlots {
  /** Resolves when there is one; rejects with the signal's reason when aborted first. Each is given back once. */
  take(taker: Taker): Promise<void> | void;
  /** The answer has begun, and is read on its connection. */
  answered(taker: Taker): void;
  /** `since`: when it was taken, ms of the monotonic clock. */
  give(taker: Taker, since: number): void;
}

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

export function createConnectionSlots(clock: Clock, parts: HangingParts): ConnectionSlots {
  const now = () => clock.monotonic();
  const createQueue = () => createPriorityQueue(now, undefined, parts.passedOver);
  const answers = createQueue();
  const waiting = {
    part: createQueue(),
    read: createQueue(),
    small: createQueue(),
    download: createQueue(),
  };
  const held = { answer: 0, part: 0, read: 0, small: 0, download: 0 };
  let taken = 0;
  /** Since when small files are held. */
  const smallSince: number[] = [];
  let isQuick = false;

  const contentsHeld = () => taken - held.answer;

  function mayGo(lane: ContentsLane): boolean {
    if (lane === 'part') return true;
    if (lane === 'read') return held.read < MOST_READS;
    if (held.small + held.download < MOST_DOWNLOADS) return true;
    return lane === 'small' && isQuick && now() - (smallSince[0] ?? now()) < QUICK && held.download === 0;
  }

  /** The lane whose turn it is among the contents, null when none may go. */
  function nextContents(most: number): ContentsLane | null {
    if (contentsHeld() >= most || taken >= MOST.message) return null;
    return CONTENTS.find((lane) => mayGo(lane) && waiting[lane].next() !== null) ?? null;
  }

  function serveContents(most: number): void {
    for (let lane = nextContents(most); lane !== null; lane = nextContents(most)) {
      occupy(lane);
      waiting[lane].admit();
    }
  }

  function occupy(lane: Lane): void {
    held[lane] += 1;
    taken += 1;
    if (lane === 'small') smallSince.push(now());
  }

  function serve(): void {
    serveContents(FIRST_CONTENTS);
    for (let next = answers.next(); next !== null && taken < MOST[next]; next = answers.next()) {
      occupy('answer');
      answers.admit();
    }
    serveContents(MOST_CONTENTS);
  }

  const contentsWait = () => CONTENTS.some((lane) => waiting[lane].length > 0);
  const somebodyWaits = () => answers.length > 0 || contentsWait();

  /** Beside those who wait: whether this one may go by its part. */
  const mayBegin = (hold: Hold | null) =>
    hold === null || parts.passedOver()?.(hold.part, hold.isPoll) !== true;

  function queue({ lane, priority, hold, deadline }: Taker): Promise<void> {
    const entrant = hold && { part: hold.part, isPoll: hold.isPoll, admitted: () => parts.begin(hold) };
    const turn = (lane === 'answer' ? answers : waiting[lane]).wait(priority, deadline.signal, entrant);
    serve();
    return turn;
  }

  return {
    take(taker) {
      const { lane, priority, hold } = taker;
      if (lane !== 'answer' || somebodyWaits() || taken >= MOST[priority] || !mayBegin(hold))
        return queue(taker);
      occupy(lane);
      if (hold) parts.begin(hold);
      return undefined;
    },
    answered({ hold }) {
      if (hold) parts.end(hold);
      if (somebodyWaits()) serve();
    },
    give({ lane, hold }, since) {
      if (hold) parts.end(hold);
      held[lane] -= 1;
      taken -= 1;
      if (lane === 'small') {
        smallSince.splice(
          smallSince.findLastIndex((one) => one <= since),
          1,
        );
        isQuick = now() - since < QUICK;
      }
      if (somebodyWaits()) serve();
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
