import type { WatchListener } from '../../src/runs/watch/watch-listener';
import type { WatchEvent, WatchEventKind } from '../../src/runs/watch/watch-event';
import type { WatchOptions } from '../../src/runs/watch/watcher';

/** A watch of named jobs as a test takes it unless it says otherwise: no evidence, no files, from now on, every 30 seconds. */
export const plainWatch = {
  scope: 'jobs',
  events: new Set<WatchEventKind>(['started', 'completed', 'job']),
  outcome: false,
  files: false,
  overdue: 0,
  waiting: 0,
  matches: () => true,
  baseline: { from: 'now' },
  interval: 30_000,
} satisfies Partial<WatchOptions>;

/** A fault of the watch is one of the test. */
export const throwing: Pick<WatchListener, 'onFault'> = {
  onFault(error) {
    throw error;
  },
};

/** `started job/1`, `job job`. */
export const shownEvents = (events: readonly WatchEvent[]): string[] =>
  events.map(({ event, jobId, runId }) => `${event} ${jobId}${runId ? `/${runId}` : ''}`);
