import { progressOf, type JobReading, type Progress } from '../run/job-reading';
import { eventOf, type Occurrence } from './make-event';
import { inOrder, type WatchEvent, type WatchEventKind } from './watch-event';
import type { WatchedJob, WatchMoment, WatchSettings } from './watched-job';

/** Of so many events the state is written and they are sent before others are made: each takes some 20 µs, and as long to be written. */
const AT_ONCE = 250;

/** Something to tell that is not in the state yet. */
export interface News {
  event: WatchEventKind;
  jobId: string;
  runId: string | null;
  occurredAt: string | null;
  detectedAt: string;
  late: boolean;
  /** Marks it in the state as told, and puts it into words; null where nobody wants it told. Once, in the order of the news. */
  tell: (state: WatchedJob) => WatchEvent | null;
}

type Found = Omit<Occurrence, 'outcome'> & Partial<Pick<Occurrence, 'outcome'>>;

/** Changes the state so that it is not told again. What it returns is known only when all news before it was told. */
type Mark = (state: WatchedJob) => Pick<Occurrence, 'outcome'> | void;

/** What is to be told of one reading, as it is found. */
export interface NewsList {
  /**
   * Where the settings don't want it told it is marked at once, unless it must not be marked before other news. False when it was.
   */
  add(occurrence: Found, mark: Mark, afterOthers?: boolean): boolean;
  inOrder(): News[];
}

export function createNewsList(
  state: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  moment: WatchMoment,
): NewsList {
  const found: News[] = [];
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
      const standing = (progress ??= progressOf(reading));
      const tell = (told: WatchedJob) => {
        const more = mark(told);
        if (!wanted) return null;
        const full = { outcome: null, ...occurrence, ...more };
        return eventOf(settings, reading, moment, { ...standing }, full);
      };
      const detectedAt = new Date(occurrence.detectedAt ?? moment.now).toISOString();
      found.push({ event, jobId, runId, occurredAt: date, detectedAt, late, tell });
      return true;
    },
    inOrder: () => inOrder(found),
  };
}

/**
 * The first of the news go into the outbox of the state, which is changed in place; the rest is returned. When its runs were seen to
 * start or end is noted, so that whoever finds them anew after a restart tells them as they would be told here.
 */
export function tellNews(state: WatchedJob, news: readonly News[]): News[] {
  const rest = news.slice(AT_ONCE);
  for (const { event, runId, detectedAt, late } of rest) {
    if (runId === null || (event !== 'started' && event !== 'completed')) continue;
    state.awaiting[runId] ??= { detectedAt: Date.parse(detectedAt), late };
  }
  const told = news.slice(0, AT_ONCE).flatMap(({ tell }) => tell(state) ?? []);
  if (told.length > 0) state.outbox = [...state.outbox, ...told];
  return rest;
}
