import type { MonitorOptions } from '../../insight/monitor/log-monitor';
import type { ErrorText } from '../../api/errors/errors';
import { startTimer } from '../../api/errors/guard';
import { readStored, toStored } from '../../runs/tasks/stored-format';
import type { LocalHost } from '../definition/definition';
import { retryStoring } from '../state/first-write';
import { stateReason } from '../state/state-reason';
import type { Journal, Journals } from '../state/journal';
import { createLogStream, monitoring, type LogStream } from './log-stream';
import {
  isStreamInfo,
  isEvent,
  streamFormat,
  type LogEvent,
  type StreamInfo,
  type StreamState,
} from './stream-events';

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

type StreamHost = Pick<LocalHost<never>, 'background' | 'clock' | 'warn' | 'trouble'>;

export interface DurableStreams {
  create(key: string, about: StreamInfo): DurableStream;
  /** What an earlier node of this id has stored of a log; null when there is nothing. */
  find(key: string): DurableStream | null;
  /** The keys of all logs that it has stored. */
  keys(): string[];
}

/** Milliseconds in which a node behind this one, such as one that stops a run, has done what a verdict asks of it. */
const GRACE = 5_000;

/** Bytes of entries after which the journal is compacted: a restart reads no more than this. */
const COMPACT = 256 * 1024;

/** What is shown for all logs that are not on disk together. */
const UNSTORED = { key: 'not-stored' } as const;

/** @param journals null where nothing is to outlive the node */
export function createDurableStreams(
  journals: Journals | null,
  options: MonitorOptions,
  host: StreamHost,
): DurableStreams {
  const { clock } = host;
  const warn = (text: ErrorText) => host.warn(text);
  const unstored = new Set<object>();
  /** Yellow while there is a log that a restart would lose. */
  const show = () => host.trouble(unstored.size > 0 ? UNSTORED : null);
  const reader = JSON.stringify(options.reader);
  const broken = new Set<string>();
  let warned = false;
  /** Once until a write succeeds: on a full disk every write fails. */
  const warnOnce = (error: unknown) => {
    if (!warned) warn({ key: 'log-not-stored', values: { reason: stateReason(error) } });
    warned = true;
  };

  function createStream(
    stream: LogStream,
    journal: Journal | null,
    from: { events: number; sent: number; unsent: DurableStream['unsent']; noted: boolean },
  ): DurableStream {
    let { events, sent } = from;
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
        warnOnce(error);
        storeAgain();
        return false;
      }
    }

    function storeAgain(): void {
      incomplete = true;
      if (storing) return;
      storing = new AbortController();
      unstored.add(storing);
      show();
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
      unstored.delete(storing);
      storing = null;
      show();
    }

    /** What could not be written is not tried again at each message. */
    async function compact(again = false): Promise<void> {
      if (!journal || open > 0 || unconfirmed.size > 0) return;
      if (incomplete ? !again : journal.size < COMPACT) return;
      try {
        const written = journal.compact(toStored(streamFormat, stream.state({ events, sent })));
        incomplete = false;
        await written;
        warned = false;
      } catch (error) {
        warnOnce(error);
        storeAgain();
      }
    }

    /** Before a close: what is missing on disk is written once more, unless there are events to be told again. */
    function compactNow(): void {
      if (!journal || open > 0 || !(incomplete || journal.removedByOthers)) return;
      try {
        journal.compactNow(toStored(streamFormat, stream.state({ events, sent })));
      } catch (error) {
        warnOnce(error);
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
          warnOnce(error);
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

  function readStream(key: string): DurableStream | null {
    const found = journals?.find(key);
    if (!found) return null;
    const entries = found.entries.filter((entry) => typeof entry === 'object' && entry !== null) as Record<
      string,
      unknown
    >[];
    const stored = readStored(streamFormat, found.whole);
    const whole = stored.unreadable === null ? stored.value : null;
    const about = whole?.about ?? entries.map((entry) => entry.about).find(isStreamInfo);
    if (!about) {
      found.journal.remove();
      return null;
    }
    const events = entries.map((entry) => entry.event).filter(isEvent);
    const sent = Math.max(whole?.sent ?? 0, ...entries.map((entry) => Number(entry.sent) || 0));
    // Read in another way, or by another version: what was read before is of no use, what comes is judged anew.
    const goesOn =
      whole !== null && whole.about.reader === reader && monitoring().isMonitorState(whole.monitor);
    const state = goesOn ? (whole as StreamState) : null;
    const dates = events.flatMap(({ kind, at }) => (kind === 'lines' ? [at] : []));
    const heardAt = dates.length > 0 ? Math.max(...dates) : (whole?.arrivals.heardAt ?? null);
    const stream = createLogStream({ ...about, reader }, options, clock, state, heardAt);
    const first = (whole?.events ?? 0) + 1;
    const unsent = events.map((event, place) => {
      stream.expect(event);
      return { number: first + place, event, known: first + place <= sent };
    });
    const numbers = { events: first - 1 + events.length, sent };
    return createStream(stream, found.journal, { ...numbers, unsent, noted: true });
  }

  return {
    create(key, about) {
      const journal = broken.has(key) ? null : (journals?.create(key) ?? null);
      const stream = createLogStream({ ...about, reader }, options, clock, null);
      let noted = true;
      try {
        journal?.append({ about: stream.about });
      } catch (error) {
        noted = false;
        warnOnce(error);
      }
      return createStream(stream, journal, { events: 0, sent: 0, unsent: [], noted });
    },
    find(key) {
      try {
        return readStream(key);
      } catch (error) {
        // What can't be read must not be mixed with what begins now.
        broken.add(key);
        warnOnce(error);
        return null;
      }
    },
    keys() {
      const { keys, unreadable } = journals?.keys() ?? { keys: [], unreadable: 0 };
      if (unreadable > 0) warn({ key: 'log-unreadable', values: { count: unreadable } });
      return keys;
    },
  };
}
