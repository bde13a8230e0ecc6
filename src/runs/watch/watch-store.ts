import { diskReasonAt } from '../tasks/disk-reason';
import type { Clock, StateStore } from '../tasks/ports';
import { retryWrites, type RetriedStore } from '../tasks/retried-store';
import { toStored } from '../tasks/stored-format';
import { jobKey, type Beginning } from './job-watcher';
import type { WatchListener } from './watch-listener';
import {
  findWatchState,
  newRoot,
  ROOT_KEY,
  rootFormat,
  watchedJobFormat,
  type WatchRoot,
} from './watch-state';
import { beginWatch, type Baseline } from './watched-job';

interface WatchStoreOptions {
  store: StateStore;
  clock: Clock;
  origin: string;
  scope: WatchRoot['scope'];
  /** ms. */
  interval: number;
  /** A name for this process, another one after each start. */
  process: string;
}

/** What a watch keeps beside its jobs, in memory and on disk. */
interface WatchStore {
  readonly root: WatchRoot;
  /** Where the jobs keep theirs. */
  readonly store: RetriedStore;
  /** Since when jobs are watched that are not stored yet. */
  readonly begun: Beginning;
  /** From now on that is now. */
  beginNow(): void;
  /** Everything is on disk. */
  readonly stored: boolean;
  /** Takes up what is on disk, once, unless it belongs to another platform or scope. */
  load(): Promise<void>;
  /** Resolves when the change is written, or was tried to. */
  update(change: Partial<WatchRoot>): Promise<void>;
  /** The jobs of which something is stored, as far as that can be read, and why the rest can't be; null = it is all. */
  jobs(): Promise<{ jobIds: string[]; unreadBecause: Error | null }>;
  hasJob(jobId: string): Promise<boolean>;
  /** For a job that is not followed at the moment: what is news is counted from now. */
  beginJob(jobId: string, baseline: Baseline | null): Promise<void>;
  forgetJob(jobId: string): Promise<void>;
  /** Notes that the watch ends, and writes for the last time what could not be written. */
  close(): Promise<void>;
}

export function createWatchStore(
  options: WatchStoreOptions,
  listener: Pick<WatchListener, 'onNotice'>,
  onStored: () => void,
): WatchStore {
  const { clock, origin, scope, process } = options;
  const store = retryWrites(options.store, clock, noteStorage);
  let root = newRoot(origin, scope, process, clock.now());
  let begun: Beginning = { date: root.since, monotonic: clock.monotonic() };
  let loaded: Promise<void> | null = null;

  function noteStorage(error: unknown): void {
    if (error === null) return onStored();
    const reason = diskReasonAt(error) ?? (error instanceof Error ? error.message : 'unknown');
    listener.onNotice({ notice: 'not-durable', reason });
  }

  const save = () => store.write(ROOT_KEY, toStored(rootFormat, root));

  function update(change: Partial<WatchRoot>): Promise<void> {
    root = { ...root, ...change };
    return save();
  }

  async function jobs(): ReturnType<WatchStore['jobs']> {
    const { keys, unreadBecause } = await store.keys();
    const ofJobs = keys.filter((key) => key.startsWith(jobKey('')));
    return { jobIds: ofJobs.map((key) => key.slice(jobKey('').length)), unreadBecause };
  }

  const forgetJob = (jobId: string) => store.remove(jobKey(jobId));

  const rightNow = (): Beginning => ({ date: clock.now(), monotonic: clock.monotonic() });

  /** A beginning before this process. */
  function longAgo(date: number): Beginning {
    return { date, monotonic: clock.monotonic() - Math.max(0, clock.now() - date) };
  }

  /** The root as it goes on in this process. */
  function takenUp(kept: WatchRoot): WatchRoot {
    const elsewhere = kept.process !== process;
    const closed = kept.closedAt !== null && clock.now() - kept.closedAt > 2 * options.interval;
    // Nobody has listed the jobs yet: what there was when the watch began is what counts.
    if (scope === 'all' && kept.newest === null && kept.since > 0) begun = longAgo(kept.since);
    const late = kept.late || elsewhere || closed;
    return { ...kept, since: begun.date, late, process, closedAt: null };
  }

  async function takeUp(): Promise<void> {
    const { value: kept, damage } = await findWatchState(rootFormat, store, ROOT_KEY);
    if (damage) listener.onNotice({ notice: damage, jobId: null });
    const { jobIds } = await jobs();
    if (kept?.origin === origin && kept.scope === scope) root = takenUp(kept);
    else if (kept) {
      await Promise.all(jobIds.map(forgetJob));
      listener.onNotice({ notice: 'began-anew' });
    }
    // Nothing readable says which jobs were added by message; better too many than one lost.
    else root = { ...root, added: jobIds, late: jobIds.length > 0 };
    await save();
  }

  return {
    get root() {
      return root;
    },
    get begun() {
      return begun;
    },
    beginNow: () => void (begun = rightNow()),
    store,
    get stored() {
      return store.stored;
    },
    // What can't be read now is read again by the next who asks: nothing may be written over it.
    load: () =>
      (loaded ??= takeUp().catch((error: unknown) => {
        loaded = null;
        throw error;
      })),
    update,
    jobs,
    hasJob: async (jobId) => (await store.read(jobKey(jobId))) !== null,
    async beginJob(jobId, baseline) {
      const state = beginWatch(jobId, clock.now(), baseline);
      await store.write(jobKey(jobId), toStored(watchedJobFormat, state));
    },
    forgetJob,
    async close() {
      await update({ closedAt: clock.now() });
      await store.close();
    },
  };
}
