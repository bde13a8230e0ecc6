import 'should';
import { createJobPolling, type JobPolling } from '../../src/runs/polling/job-polling';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import type { WatchNotice, WatchOverview } from '../../src/runs/watch/watch-listener';
import { createWatcher, type Watcher, type WatchOptions } from '../../src/runs/watch/watcher';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { fakePlatform, type FakePlatform } from './fake-platform';
import { plainWatch, shownEvents, throwing } from './plain-watch';
import { virtualClock, type VirtualClock } from './virtual-clock';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

interface Watch {
  watcher: Watcher;
  events: WatchEvent[];
  outages: { code: string; jobId: string | null }[];
  notices: WatchNotice[];
  overview: WatchOverview | null;
  told(): string[];
}

/** What the tests of a watch through trouble work with: new for each of them. */
export let clock: VirtualClock;
export let platform: FakePlatform;
let polling: JobPolling;
let watches: Watch[];

/** For the `describe` of each file that uses it. */
export function newForEach(): void {
  beforeEach(() => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    polling = createJobPolling({ client: platform.client, clock });
    watches = [];
  });
  afterEach(async () => {
    await Promise.all(watches.map(({ watcher }) => watcher.stop()));
    polling.close();
  });
}

export function watch(more: Partial<WatchOptions> = {}): Watch {
  const one: Watch = {
    watcher: null as unknown as Watcher,
    events: [],
    outages: [],
    notices: [],
    overview: null,
    told: () => shownEvents(one.events),
  };
  one.watcher = createWatcher(
    {
      polling: more.polling ?? polling,
      store: createMemoryStore(),
      clock,
      origin: 'https://fake.test',
      ...plainWatch,
      process: 'one',
      readJobs: () => Promise.resolve(['one']),
      ...more,
    },
    {
      send: (event) => Promise.resolve(one.events.push(event) > 0),
      onChange: (overview) => (one.overview = overview),
      onOutage: (error, jobId) => one.outages.push({ code: error.code, jobId }),
      onNotice: (notice) => one.notices.push(notice),
      ...throwing,
    },
  );
  void one.watcher.start();
  watches.push(one);
  return one;
}

/** A watch of all jobs. */
export const all = (more: Partial<WatchOptions> = {}) =>
  watch({ scope: 'all', readJobs: () => Promise.resolve([]), ...more });
