import type { Clock } from '../time/clock';
import type { Priority } from './budget';
import { MOST_CONNECTIONS } from './limits';
import { createPriorityQueue } from './priority-queue';

/**
 * For what a connection is used. `answer`: it is read at once. `read`: the contents of a file, as somebody waits for them.
 * `download`: the contents of a file, for as long as they take.
 */
export type Lane = 'answer' | 'read' | 'download';

/** What may end a wait. The signal is asked for only when there is a wait. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/**
 * One slot per connection. A request takes one before it asks for its turn in the budget and gives it back when its answer
 * is read, so no more requests are under way than there are connections, and none waits inside an agent where nobody could
 * go first.
 */
export interface ConnectionSlots {
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
  const contents = () => held.read + held.download;
  const taken = () => held.answer + contents();

  /** The lane whose turn it is among the contents, null when none may go. */
  function nextContents(most: number): 'read' | 'download' | null {
    if (contents() >= most || taken() >= MOST.message) return null;
    if (waiting.read.length > 0 && held.read < MOST_OF_LANE.read) return 'read';
    return waiting.download.length > 0 && held.download < MOST_OF_LANE.download ? 'download' : null;
  }

  function serveContents(most: number): void {
    for (let lane = nextContents(most); lane !== null; lane = nextContents(most)) {
      held[lane] += 1;
      waiting[lane].admit();
    }
  }

  function serve(): void {
    serveContents(FIRST_CONTENTS);
    for (let next = answers.next(); next !== null && taken() < MOST[next]; next = answers.next()) {
      held.answer += 1;
      answers.admit();
    }
    serveContents(MOST_CONTENTS);
  }

  function queue(lane: Lane, priority: Priority, wait: Abortable): Promise<void> {
    const turn = (lane === 'answer' ? answers : waiting[lane]).wait(priority, wait.signal);
    serve();
    return turn;
  }

  return {
    take(lane, priority, wait) {
      const nobodyWaits = answers.length + waiting.read.length + waiting.download.length === 0;
      if (lane !== 'answer' || !nobodyWaits || taken() >= MOST[priority]) return queue(lane, priority, wait);
      held.answer += 1;
      return undefined;
    },
    give(lane) {
      held[lane] -= 1;
      serve();
    },
  };
}
