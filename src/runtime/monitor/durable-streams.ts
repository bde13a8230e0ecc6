import type { MonitorOptions } from '../../insight/monitor/log-monitor';
import { RescaleError, type ErrorText } from '../../api/errors/errors';
import type { LocalHost } from '../definition/definition';
import { stateReason } from '../state/state-reason';
import type { Journal, Journals } from '../state/journal';
import { createDurableStream, type DurableStream } from './durable-stream';
import { createLogStream, monitoring } from './log-stream';
import { nameOfKey } from './log-input';
import { firstEntry, readJournal } from './stored-stream';
import type { LogEvent, StreamInfo, StreamState } from './stream-events';

type StreamHost = Pick<
  LocalHost<never>,
  'background' | 'clock' | 'warn' | 'report' | 'trouble' | 'showUnread'
>;

export interface DurableStreams {
  create(key: string, about: StreamInfo): DurableStream;
  /** What an earlier node of this id has stored of a log; null when there is nothing. */
  find(key: string): DurableStream | null;
  /** The keys of all logs that it has stored, as far as they can be read, and whether that is all. */
  keys(): { keys: string[]; all: boolean };
}

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
  const reader = JSON.stringify(options.reader);
  /** What was told of the files, which are looked at again and again. */
  const told = new Set<'unreadable' | 'unread'>();
  let warned = false;
  /** Once until a write succeeds: on a full disk every write fails. */
  const warnOnce = (error: unknown) => {
    if (!warned) warn({ key: 'log-not-stored', values: { reason: stateReason(error) } });
    warned = true;
  };

  const keeping = {
    host,
    showUnstored(log: object, is: boolean) {
      if (is) unstored.add(log);
      else unstored.delete(log);
      host.trouble(unstored.size > 0 ? UNSTORED : null);
    },
    notStored: warnOnce,
    stored: () => void (warned = false),
  };

  /** Another version of the package may be able to read it, or a person. */
  function setAside(key: string): void {
    journals!.setAside(key);
    const { jobId, runId, path } = nameOfKey(key);
    const log = `${path} (${[jobId, runId].filter(Boolean).join('/')})`;
    host.report(new RescaleError('RESCALE_PROTOCOL', 'log-set-aside', { log }), { jobId, runId, path });
  }

  /** False when it could not be written. */
  function begin(journal: Journal | null, about: StreamInfo, events: readonly LogEvent[]): boolean {
    try {
      journal?.append(firstEntry(about));
      for (const event of events) journal?.append({ event });
      return true;
    } catch (error) {
      warnOnce(error);
      return false;
    }
  }

  function readStream(key: string): DurableStream | null {
    const found = journals?.find(key);
    if (!found) return null;
    const { whole, about, state: stored, events, sent } = readJournal(found);
    if (!whole) setAside(key);
    if (!about) return null;
    // Read in another way, or by another version: what was read before is of no use, what comes is judged anew.
    const goesOn =
      stored !== null && stored.about.reader === reader && monitoring().isMonitorState(stored.monitor);
    const state = goesOn ? (stored as StreamState) : null;
    const dates = events.flatMap(({ kind, at }) => (kind === 'lines' ? [at] : []));
    const heardAt = dates.length > 0 ? Math.max(...dates) : (stored?.arrivals.heardAt ?? null);
    const stream = createLogStream({ ...about, reader }, options, clock, state, heardAt);
    const first = (stored?.events ?? 0) + 1;
    const unsent = events.map((event, place) => {
      stream.expect(event);
      return { number: first + place, event, known: first + place <= sent };
    });
    const journal = whole ? found.journal : journals!.create(key);
    const noted = whole || begin(journal, stream.about, events);
    const numbers = { events: first - 1 + events.length, sent };
    return createDurableStream(keeping, stream, journal, { ...numbers, unsent, noted }, null);
  }

  /** The journal of a log that begins. What a file is there of could not be gone on from when it was looked for. Throws. */
  function createJournal(key: string): Journal {
    if (journals!.find(key)) setAside(key);
    return journals!.create(key);
  }

  return {
    create(key, about) {
      const stream = createLogStream({ ...about, reader }, options, clock, null);
      const reopen = journals && (() => createJournal(key));
      const from = { events: 0, sent: 0, unsent: [], noted: true };
      try {
        const journal = reopen?.() ?? null;
        from.noted = begin(journal, stream.about, []);
        return createDurableStream(keeping, stream, journal, from, reopen);
      } catch (error) {
        // What can't be read must not be mixed with what begins now.
        warnOnce(error);
        return createDurableStream(keeping, stream, null, { ...from, noted: false }, reopen);
      }
    },
    find(key) {
      try {
        return readStream(key);
      } catch (error) {
        warnOnce(error);
        return null;
      }
    },
    keys() {
      const { keys, unreadable, unread } = journals?.keys() ?? { keys: [], unreadable: 0, unread: [] };
      if (unreadable > 0 && !told.has('unreadable')) {
        warn({ key: 'log-unreadable', values: { count: unreadable } });
        told.add('unreadable');
      }
      host.showUnread(unread.length > 0);
      if (unread.length === 0) return { keys, all: true };
      const reason = stateReason(unread[0]);
      if (!told.has('unread')) warn({ key: 'state-unread', values: { count: unread.length, reason } });
      told.add('unread');
      return { keys, all: false };
    },
  };
}
