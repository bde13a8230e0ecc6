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

type StreamHost = Pick<LocalHost<never>, 'background' | 'clock' | 'warn' | 'report' | 'trouble'>;

export interface DurableStreams {
  create(key: string, about: StreamInfo): DurableStream;
  /** What an earlier node of this id has stored of a log; null when there is nothing. */
  find(key: string): DurableStream | null;
  /** The keys of all logs that it has stored. */
  keys(): string[];
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
  const broken = new Set<string>();
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
    return createDurableStream(keeping, stream, journal, {
      events: first - 1 + events.length,
      sent,
      unsent,
      noted,
    });
  }

  /** The journal of a log that begins. What a file is there of already could not be read when it was looked for. */
  function createJournal(key: string): Journal | null {
    if (!journals || broken.has(key)) return null;
    try {
      if (journals.find(key)) setAside(key);
    } catch (error) {
      broken.add(key);
      warnOnce(error);
      return null;
    }
    return journals.create(key);
  }

  return {
    create(key, about) {
      const journal = createJournal(key);
      const stream = createLogStream({ ...about, reader }, options, clock, null);
      const noted = begin(journal, stream.about, []);
      return createDurableStream(keeping, stream, journal, { events: 0, sent: 0, unsent: [], noted });
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
