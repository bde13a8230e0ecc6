import { startTimer } from '../../api/errors/guard';
import { toStored } from '../../runs/tasks/stored-format';
import type { LocalHost } from '../definition/definition';
import type { Journal } from '../state/journal';
import { retryStoring } from '../state/first-write';
import type { LogStream } from './log-stream';
import { streamFormat, type LogEvent } from './stream-events';

/** A log that is being judged, with its journal on disk. */
export interface DurableStream {
  readonly stream: LogStream;
  /** Writes an event to the journal when it comes, and gives its number. False in `stored` when it is in memory only. */
  note(event: LogEvent): { number: number; stored: boolean };
  /**
   * What the event gave has been sent. Where that was a verdict (`told`), it is noted a little later: a kill takes along
   * what the next nodes had not yet done with it, so it is told again then.
   */
  sent(number: number, told: boolean): Promise<void>;
  /** Its end was noted. */
  readonly ended: boolean;
  /** Events of which that is not known, oldest first, from before a restart. */
  readonly unsent: readonly { number: number; event: LogEvent; known: boolean }[];
  /** After the end of the log: removes it as late as a verdict counts as sent. */
  removeLater(removed: () => void): void;
  remove(): void;
  close(): void;
}

/** What the logs of one node share where they are written. */
interface StreamKeeping {
  host: Pick<LocalHost<never>, 'background' | 'clock'>;
  /** Yellow while there is a log that a restart would lose. */
  showUnstored: (log: object, unstored: boolean) => void;
  notStored: (error: unknown) => void;
  stored: () => void;
}

/** Milliseconds in which a node behind this one, such as one that stops a run, has done what a verdict asks of it. */
const GRACE = 5_000;

/** Bytes of entries after which the journal is compacted: a restart reads no more than this. */
const COMPACT = 256 * 1024;

/** @param reopen makes the journal of a log that has none yet, because its place could not be used; throws while it can't be. */
export function createDurableStream(
  { host, showUnstored, notStored, stored }: StreamKeeping,
  stream: LogStream,
  journalSoFar: Journal | null,
  from: { events: number; sent: number; unsent: DurableStream['unsent']; noted: boolean },
  reopen: (() => Journal) | null,
): DurableStream {
  let { events, sent } = from;
  let journal = journalSoFar;
  /** An entry could not be written, so that those after it alone would tell another story. */
  let incomplete = false;
  let open = from.unsent.length;
  /** The last event that was handled, and those whose verdicts are not yet confirmed as sent. */
  let handled = sent;
  const unconfirmed = new Set<number>();
  const timers = new Set<() => void>();
  /** Set while a failed write is being retried. */
  let storing: AbortController | null = null;
  let ended = from.unsent.some(({ event }) => event.kind === 'end');

  function afterGrace(task: () => unknown): void {
    const stop = startTimer(
      GRACE,
      () => {
        timers.delete(stop);
        return task();
      },
      { background: true },
    );
    timers.add(stop);
  }

  function confirm(): void {
    const until = unconfirmed.size > 0 ? Math.min(...unconfirmed) - 1 : handled;
    if (until <= sent) return;
    sent = until;
    append({ sent });
  }

  function append(entry: unknown): boolean {
    if (!journal) return false;
    try {
      journal.append(entry);
      return true;
    } catch (error) {
      notStored(error);
      storeAgain();
      return false;
    }
  }

  function storeAgain(): void {
    incomplete = true;
    if (storing) return;
    storing = new AbortController();
    showUnstored(storing, true);
    const attempt = async () => {
      await compact(true);
      if (!incomplete) endStoring();
      return !incomplete;
    };
    retryStoring(host, attempt, storing.signal);
  }

  function endStoring(): void {
    if (!storing) return;
    storing.abort();
    showUnstored(storing, false);
    storing = null;
  }

  /** What could not be written is not tried again at each message. */
  async function compact(again = false): Promise<void> {
    if (open > 0 || unconfirmed.size > 0) return;
    if (incomplete ? !again : (journal?.size ?? 0) < COMPACT) return;
    try {
      journal ??= reopen?.() ?? null;
      if (!journal) return;
      const written = journal.compact(toStored(streamFormat, stream.state({ events, sent })));
      incomplete = false;
      await written;
      stored();
    } catch (error) {
      notStored(error);
      storeAgain();
    }
  }

  /** Before a close: what is missing on disk is written once more, unless there are events to be told again. */
  function compactNow(): void {
    if (open > 0 || !(incomplete || journal?.removedByOthers)) return;
    try {
      journal ??= reopen?.() ?? null;
      journal?.compactNow(toStored(streamFormat, stream.state({ events, sent })));
    } catch (error) {
      notStored(error);
    }
  }

  if (!from.noted) storeAgain();
  return {
    stream,
    unsent: from.unsent,
    note(event) {
      events += 1;
      open += 1;
      ended ||= event.kind === 'end';
      stream.expect(event);
      return { number: events, stored: !incomplete && append({ event }) };
    },
    get ended() {
      return ended;
    },
    async sent(number, told) {
      open = Math.max(0, open - 1);
      handled = Math.max(handled, number);
      if (told && journal && number > sent) {
        unconfirmed.add(number);
        afterGrace(() => {
          unconfirmed.delete(number);
          confirm();
          return compact();
        });
      }
      confirm();
      await compact();
    },
    removeLater(removed) {
      afterGrace(() => {
        this.remove();
        removed();
      });
    },
    remove() {
      for (const stop of timers) stop();
      timers.clear();
      endStoring();
      try {
        journal?.remove();
      } catch (error) {
        notStored(error);
      }
    },
    close() {
      for (const stop of timers) stop();
      // A node that closes in order has given everything to the next ones.
      unconfirmed.clear();
      if (ended && handled === events) this.remove();
      else {
        confirm();
        compactNow();
      }
      journal?.close();
    },
  };
}
