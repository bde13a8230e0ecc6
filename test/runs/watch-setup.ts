import 'should';
import { createJobPolling, type JobPolling } from '../../src/runs/polling/job-polling';
import type { StateStore } from '../../src/runs/tasks/ports';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import type { WatchNotice, WatchOverview } from '../../src/runs/watch/watch-listener';
import { createWatcher, type Watcher, type WatchOptions } from '../../src/runs/watch/watcher';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { fakePlatform, type FakePlatform } from './fake-platform';
import { plainWatch, shownEvents, throwing } from './plain-watch';
import { virtualClock, type VirtualClock } from './virtual-clock';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** A node, as far as a watch knows, and what it was told. */
interface WatchNode {
  jobs: string[] | null;
  events: WatchEvent[];
  outages: string[];
  notices: WatchNotice[];
  overview: WatchOverview | null;
  /** False as when Node-RED closes the node, or is killed. */
  open: boolean;
  /** Called after each event. */
  onSent: () => void;
  watcher: Watcher;
  /** As a kill would: nothing is sent or written any more. */
  kill(): void;
  told(): string[];
}

/** What the tests of a watch work with: new for each of them. */
export let clock: VirtualClock;
export let platform: FakePlatform;
let polling: JobPolling;
export let store: StateStore & { fail: boolean };
export const running: WatchNode[] = [];

/** For the `describe` of each file that uses it. */
export function newForEach(): void {
  beforeEach(() => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    polling = createJobPolling({ client: platform.client, clock });
    const memory = createMemoryStore();
    store = {
      ...memory,
      fail: false,
      write: (key, value) =>
        store.fail ? Promise.reject(new Error('ENOSPC: no space left')) : memory.write(key, value),
    };
    running.length = 0;
  });
  afterEach(async () => {
    await Promise.all(running.map(({ watcher }) => watcher.stop()));
    polling.close();
    await clock.advance(0);
    clock.timers.should.equal(0);
  });
}

export function watch(jobs: string[] | null, more: Partial<WatchOptions> = {}, started = true): WatchNode {
  const node: WatchNode = {
    jobs,
    events: [],
    outages: [],
    notices: [],
    overview: null,
    open: true,
    onSent: () => {},
    watcher: null as unknown as Watcher,
    kill() {
      node.open = false;
      killed = true;
    },
    told: () => shownEvents(node.events),
  };
  let killed = false;
  node.watcher = createWatcher(
    {
      polling,
      store: {
        ...store,
        write: (key, value) => (killed ? new Promise(() => {}) : store.write(key, value)),
      },
      clock,
      origin: 'https://fake.test',
      ...plainWatch,
      process: 'first',
      readJobs: () => Promise.resolve(node.jobs),
      ...more,
    },
    {
      send(event) {
        if (node.open) {
          node.events.push(event);
          node.onSent();
        }
        return Promise.resolve(node.open);
      },
      onChange: (overview) => (node.overview = overview),
      onOutage: (error) => node.outages.push(error.code),
      onNotice: (notice) => node.notices.push(notice),
      ...throwing,
    },
  );
  if (started) void node.watcher.start();
  running.push(node);
  return node;
}

export async function restart(node: WatchNode, more: Partial<WatchOptions> = {}): Promise<WatchNode> {
  await node.watcher.stop();
  running.splice(running.indexOf(node), 1);
  return watch(node.jobs, more);
}

/** As a killed process leaves it: what it knew is gone. */
export function pollAnew(): void {
  polling.close();
  polling = createJobPolling({ client: platform.client, clock });
}

/** A killed process has no timers; these ones still sleep on the clock of the test. */
export function leaveClock(): void {
  clock = virtualClock();
}
