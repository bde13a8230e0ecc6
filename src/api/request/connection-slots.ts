import type { Priority } from '../limits/budget';
import { MOST_CONNECTIONS } from '../limits/limits';
import { createPriorityQueue } from '../limits/priority-queue';
import type { Clock } from '../time/clock';
import type { ContentsLane, Lane, Step } from './request';

/** What may end a wait. The signal is asked for only when there is a wait. */
interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/**
 * One slot per connection. A request takes one before it asks for its turn in the budget and gives it back when its answer
 * is read, so no more requests are under way than there are connections, and none waits inside an agent where nobody could
 * go first.
 */
interface ConnectionSlots {
  /** Resolves when there is one; rejects with the signal's reason when aborted first. Each is given back once. */
  take(lane: Lane, priority: Priority, wait: Abortable): Promise<void> | void;
  /** `since`: when it was taken, ms of the monotonic clock. */
  give(lane: Lane, since: number): void;
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

export function createConnectionSlots(clock: Clock): ConnectionSlots {
  const now = () => clock.monotonic();
  const answers = createPriorityQueue(now);
  const waiting = {
    part: createPriorityQueue(now),
    read: createPriorityQueue(now),
    small: createPriorityQueue(now),
    download: createPriorityQueue(now),
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
    return CONTENTS.find((lane) => waiting[lane].length > 0 && mayGo(lane)) ?? null;
  }

  function serveContents(most: number): void {
    for (let lane = nextContents(most); lane !== null; lane = nextContents(most)) {
      hold(lane);
      waiting[lane].admit();
    }
  }

  function hold(lane: Lane): void {
    held[lane] += 1;
    taken += 1;
    if (lane === 'small') smallSince.push(now());
  }

  function serve(): void {
    serveContents(FIRST_CONTENTS);
    for (let next = answers.next(); next !== null && taken < MOST[next]; next = answers.next()) {
      hold('answer');
      answers.admit();
    }
    serveContents(MOST_CONTENTS);
  }

  const contentsWait = () => CONTENTS.some((lane) => waiting[lane].length > 0);
  const somebodyWaits = () => answers.length > 0 || contentsWait();

  function queue(lane: Lane, priority: Priority, wait: Abortable): Promise<void> {
    const turn = (lane === 'answer' ? answers : waiting[lane]).wait(priority, wait.signal);
    serve();
    return turn;
  }

  return {
    take(lane, priority, wait) {
      if (lane !== 'answer' || somebodyWaits() || taken >= MOST[priority]) return queue(lane, priority, wait);
      hold(lane);
      return undefined;
    },
    give(lane, since) {
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
    const { lane, priority, deadline } = request;
    const turn = slots.take(lane, priority, deadline);
    if (turn) await turn;
    const since = clock.monotonic();
    let streaming = false;
    try {
      deadline.begin();
      const response = await next(request);
      if (response.chunks) {
        streaming = true;
        response.chunks.onClose(() => slots.give(lane, since));
      }
      return response;
    } finally {
      if (!streaming) slots.give(lane, since);
    }
  };
}
