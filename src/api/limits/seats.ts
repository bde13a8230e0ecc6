import type { Priority } from './budget';
import type { Clock } from '../time/clock';
import { MOST_CONNECTIONS } from './limits';
import { createWaitingLine } from './waiting-line';

/** Gives the connection back; a second call does nothing. */
export type LeaveSeat = () => void;

/**
 * One seat per connection. A request takes one before it asks for its turn in the budget and leaves it when its
 * answer is read, so no more requests are under way than there are connections, and none waits inside an agent where
 * nobody could go first.
 */
export interface Seats {
  /** For an answer that is read at once. Rejects with the signal's reason when aborted first. */
  take(priority: Priority, signal?: AbortSignal): Promise<LeaveSeat>;
  /** For an answer that is read for as long as it takes. */
  takeForContents(signal?: AbortSignal): Promise<LeaveSeat>;
}

/**
 * How many may be taken before this one is taken. The last is kept for a stop, the one before it for what a
 * message waits for; contents may hold five, and two of those before anything but a stop.
 */
const LIMITS: Record<Priority, number> = {
  action: MOST_CONNECTIONS,
  message: MOST_CONNECTIONS - 1,
  poll: MOST_CONNECTIONS - 2,
};
const MOST_CONTENTS = 5;
const FIRST_CONTENTS = 2;

export function createSeats(clock: Clock): Seats {
  const line = createWaitingLine(() => clock.now());
  const contentsLine = createWaitingLine(() => clock.now());
  let taken = 0;
  let takenByContents = 0;

  function serveContents(most: number): void {
    while (contentsLine.length > 0 && takenByContents < most && taken < LIMITS.message) {
      taken += 1;
      takenByContents += 1;
      contentsLine.admit();
    }
  }

  function serve(): void {
    serveContents(FIRST_CONTENTS);
    for (let next = line.next(); next !== null && taken < LIMITS[next]; next = line.next()) {
      taken += 1;
      line.admit();
    }
    serveContents(MOST_CONTENTS);
  }

  function leaver(contents: boolean): LeaveSeat {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      taken -= 1;
      if (contents) takenByContents -= 1;
      serve();
    };
  }

  return {
    async take(priority, signal) {
      if (line.length === 0 && contentsLine.length === 0 && taken < LIMITS[priority] && !signal?.aborted) {
        taken += 1;
        return leaver(false);
      }
      const turn = line.wait(priority, signal);
      serve();
      await turn;
      return leaver(false);
    },
    async takeForContents(signal) {
      const turn = contentsLine.wait('message', signal);
      serve();
      await turn;
      return leaver(true);
    },
  };
}
