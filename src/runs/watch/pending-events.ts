import { progressOf, type JobReading, type Progress } from '../run/job-reading';
import { eventOf, type Occurrence } from './make-event';
import { inOrder, type WatchEvent, type WatchEventKind } from './watch-event';
import type { WatchedJob, WatchMoment, WatchSettings } from './watched-job';

/** So many events are written and sent before others are made: each takes some 20 µs, and as long to be written. */
const OUTBOX_BATCH = 250;

/** An event that is not in the state yet. */
export interface PendingEvent {
  event: WatchEventKind;
  jobId: string;
  runId: string | null;
  occurredAt: string | null;
  detectedAt: string;
  late: boolean;
  /** Marks it in the state as reported, and makes the event; null where nobody wants it. Once, in the order of the events. */
  tell: (state: WatchedJob) => WatchEvent | null;
}

type Found = Omit<Occurrence, 'outcome'> & Partial<Pick<Occurrence, 'outcome'>>;

/** Changes the state so that it is not reported again. What it returns is known only when all events before it were made. */
type MarkReported = (state: WatchedJob) => Pick<Occurrence, 'outcome'> | void;

/** Collects the events of one reading. */
export interface PendingEvents {
  /**
   * An event that the settings don't want is marked at once, unless it must not be marked before other events. False when it was.
   */
  add(occurrence: Found, mark: MarkReported, afterOthers?: boolean): boolean;
  inOrder(): PendingEvent[];
}

export function createPendingEvents(
  state: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  moment: WatchMoment,
): PendingEvents {
  const found: PendingEvent[] = [];
  const { jobId } = reading;
  /** It looks at every run, so once for all. */
  let progress: Progress | null = null;

  return {
    add(occurrence, mark, afterOthers = false) {
      const { event, runId, date, late } = occurrence;
      const wanted = settings.events.has(event);
      if (!wanted && !afterOthers) {
        mark(state);
        return false;
      }
      const counts = (progress ??= progressOf(reading));
      const tell = (told: WatchedJob) => {
        const more = mark(told);
        if (!wanted) return null;
        const full = { outcome: null, ...occurrence, ...more };
        return eventOf(settings, reading, moment, { ...counts }, full);
      };
      const detectedAt = new Date(occurrence.detectedAt ?? moment.now).toISOString();
      found.push({ event, jobId, runId, occurredAt: date, detectedAt, late, tell });
      return true;
    },
    inOrder: () => inOrder(found),
  };
}

/**
 * The first events go into the outbox of the state, which is changed in place; the rest is returned. When its runs were seen to
 * start or end is noted, so that after a restart they are reported as they would be here.
 */
export function fillOutbox(state: WatchedJob, events: readonly PendingEvent[]): PendingEvent[] {
  const rest = events.slice(OUTBOX_BATCH);
  for (const { event, runId, detectedAt, late } of rest) {
    if (runId === null || (event !== 'started' && event !== 'completed')) continue;
    state.awaiting[runId] ??= { detectedAt: Date.parse(detectedAt), late };
  }
  const ready = events.slice(0, OUTBOX_BATCH).flatMap(({ tell }) => tell(state) ?? []);
  if (ready.length > 0) state.outbox = [...state.outbox, ...ready];
  return rest;
}
