import type { Priority } from '../limits/budget';
import { MOST_CONNECTIONS } from '../limits/limits';
import { createPriorityQueue } from '../limits/priority-queue';
import type { Clock } from '../time/clock';
import type { Lane, Step } from './request';

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
  give(lane: Lane): void;
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
 * Contents may hold five, and two of those before anything but a stop. However slow the downloads are, one of the five is
 * left for those who read: the end of a log, the evidence of how a run ended.
 */
const MOST_CONTENTS = 5;
const FIRST_CONTENTS = 2;
const MOST_OF_LANE = { read: 3, download: 4 };

export function createConnectionSlots(clock: Clock): ConnectionSlots {
  const now = () => clock.monotonic();
  const answers = createPriorityQueue(now);
  const waiting = { read: createPriorityQueue(now), download: createPriorityQueue(now) };
  const held = { answer: 0, read: 0, download: 0 };
  let taken = 0;

  /** The lane whose turn it is among the contents, null when none may go. */
  function nextContents(most: number): 'read' | 'download' | null {
    if (held.read + held.download >= most || taken >= MOST.message) return null;
    if (waiting.read.length > 0 && held.read < MOST_OF_LANE.read) return 'read';
    return waiting.download.length > 0 && held.download < MOST_OF_LANE.download ? 'download' : null;
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
  }

  function serve(): void {
    serveContents(FIRST_CONTENTS);
    for (let next = answers.next(); next !== null && taken < MOST[next]; next = answers.next()) {
      hold('answer');
      answers.admit();
    }
    serveContents(MOST_CONTENTS);
  }

  const somebodyWaits = () => answers.length + waiting.read.length + waiting.download.length > 0;

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
    give(lane) {
      held[lane] -= 1;
      taken -= 1;
      if (somebodyWaits()) serve();
    },
  };
}

/** Holds a connection from before a request is sent until its answer is read. The patience begins with the first. */
export function connectionSlot(slots: ConnectionSlots): Step {
  return async (request, next) => {
    const { lane, priority, deadline } = request;
    const turn = slots.take(lane, priority, deadline);
    if (turn) await turn;
    let streaming = false;
    try {
      deadline.begin();
      const response = await next(request);
      if (response.chunks) {
        streaming = true;
        response.chunks.onClose(() => slots.give(lane));
      }
      return response;
    } finally {
      if (!streaming) slots.give(lane);
    }
  };
}
