import { createHash } from 'node:crypto';
import type { Run } from '../../api/client/types';
import type { Progress } from '../run/job-reading';
import type { Outcome } from '../run/outcome';
import { instant } from '../run/run-state';

export type WatchEventKind = 'started' | 'completed' | 'job' | 'overdue' | 'waiting';

export const WATCH_EVENTS: readonly WatchEventKind[] = ['started', 'completed', 'job', 'overdue', 'waiting'];

/** What a watch tells: `payload` of its message. Survives JSON. */
export interface WatchEvent {
  event: WatchEventKind;
  /** The same for the same happening, on every machine and after every restart. */
  eventId: string;
  jobId: string;
  /** Null for `job`, and for a job that waits without a run being listed. */
  runId: string | null;
  run: Run | null;
  /** Null for what is no end, and where outcomes are not asked for. */
  outcome: Outcome | null;
  summary: string;
  /** Seconds; null when the platform's dates don't tell. */
  duration: number | null;
  /** The platform's date of the happening, ISO 8601; null when it gives none. */
  occurredAt: string | null;
  /** When it was seen here, ISO 8601. */
  detectedAt: string;
  /** It happened while nobody watched: Node-RED was down, the watch paused, or before it began. */
  late: boolean;
  /** It may have been sent before: Node-RED was ended between the sending and the note of it. */
  redelivered: boolean;
  progress: Progress;
  /** Only where files are waited for: whether they are all listed. */
  filesReady?: boolean;
  /** Only of a sample that somebody asked for. */
  test?: true;
}

export const TOPICS: Record<WatchEventKind, string> = {
  started: 'run/started',
  completed: 'run/completed',
  job: 'job/completed',
  overdue: 'run/overdue',
  waiting: 'run/waiting',
};

/** A hash of origin, job, run, event and date. The date counts as an instant, because its form varies. */
export function eventIdOf(
  origin: string,
  jobId: string,
  runId: string | null,
  event: WatchEventKind,
  date: string | null,
): string {
  const moment = instant(date);
  const parts = [origin, jobId, runId, event, Number.isNaN(moment) ? date : moment];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** What the place of an event hangs on. */
type Placed = Pick<WatchEvent, 'event' | 'jobId' | 'runId' | 'occurredAt' | 'detectedAt'>;

const RANK: Record<WatchEventKind, number> = { waiting: 0, started: 1, overdue: 2, completed: 3, job: 4 };

/**
 * In the order in which things happened. A run starts before it ends and its job ends after it, whatever their dates say: some
 * are written in whole seconds, and one without a date counts by this machine's clock.
 */
export function inOrder<Event extends Placed>(events: readonly Event[]): Event[] {
  const latest = new Map<string, number>();
  const placed = [...events]
    .sort((a, b) => RANK[a.event] - RANK[b.event])
    .map((event) => {
      const { jobId, runId, occurredAt, detectedAt } = event;
      const ofJob = JSON.stringify([jobId]);
      const before = latest.get(event.event === 'job' ? ofJob : JSON.stringify([jobId, runId])) ?? -Infinity;
      const told = instant(occurredAt);
      const at = Math.max(Number.isNaN(told) ? instant(detectedAt) : told, before);
      latest.set(JSON.stringify([jobId, runId]), at);
      latest.set(ofJob, Math.max(latest.get(ofJob) ?? -Infinity, at));
      return { event, at };
    });
  return placed
    .sort((a, b) => a.at - b.at || RANK[a.event.event] - RANK[b.event.event])
    .map(({ event }) => event);
}
