import { isRecord } from '../../api/endpoints/rows';
import { currentVersion, readStored } from '../../runs/tasks/stored-format';
import type { FoundJournal } from '../state/journal';
import {
  isEvent,
  isStreamInfo,
  streamFormat,
  type LogEvent,
  type StoredStream,
  type StreamInfo,
} from './stream-events';

/** What the journal of a log says. */
interface JournalReading {
  /** False where it can't be gone on from: damage, and what a later version wrote. What can be read of it is there all the same. */
  whole: boolean;
  about: StreamInfo | null;
  /** As it was when the journal was compacted; null where it was not, or can't be read. */
  state: StoredStream | null;
  /** What has come since. */
  events: LogEvent[];
  /** The number of the last event that was sent, as far as that can be told. */
  sent: number;
}

/** The entry that a journal begins with. */
export function firstEntry(about: StreamInfo): object {
  return { about, version: currentVersion(streamFormat) };
}

export function readJournal(found: Pick<FoundJournal, 'whole' | 'entries'>): JournalReading {
  const entries = found.entries.filter(isRecord);
  const stored = found.whole === undefined ? null : readStored(streamFormat, found.whole);
  const state = stored?.unreadable === null ? stored.value : null;
  const about = state?.about ?? entries.map((entry) => entry.about).find(isStreamInfo) ?? null;
  // What an earlier version began has no version of its own.
  const isLater = entries.some(({ version }) => Number(version) > currentVersion(streamFormat));
  const whole = about !== null && !isLater && (stored === null || state !== null);
  return {
    whole,
    about,
    state: whole ? state : null,
    events: entries.map((entry) => entry.event).filter(isEvent),
    sent: whole ? Math.max(state?.sent ?? 0, ...entries.map((entry) => Number(entry.sent) || 0)) : 0,
  };
}
