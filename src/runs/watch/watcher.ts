import type { JobSummary } from '../../api/client/types';
import type { Trouble } from '../run/job-reading';
import { createJobWatcher, jobKey, type JobWatcher } from './job-watcher';
import { OVERLAP, type JobsList } from '../polling/jobs-list';
import { createOutage } from '../polling/outage';
import type { Poller } from '../polling/poller';
import type { Clock, StateStore } from '../work/ports';
import { instant } from '../run/run-state';
import type { WatchListener } from './watch-listener';
import { newRoot, readRoot, ROOT_KEY, type WatchRoot } from './watch-state';
import { beginWatch, type Baseline, type WatchSettings } from './watched-job';

export interface WatchOptions extends WatchSettings {
  poller: Poller;
  store: StateStore;
  clock: Clock;
  scope: WatchRoot['scope'];
  /** The jobs that the settings name now; null when that can't be told at the moment. Never rejects. */
  readJobs(): Promise<string[] | null>;
  /** A name for this process, another one after each start. */
  process: string;
}

/** A watch over several jobs, or all of them. Its calls are carried out one after the other. */
export interface Watcher {
  /** Takes up what is stored and begins. */
  start(): Promise<void>;
  watch(jobId: string): Promise<void>;
  unwatch(jobId: string): Promise<void>;
  check(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Jobs told to their end that are remembered, so that they are not taken for new ones. */
const REMEMBERED_JOBS = 1000;
/** The part of an outage that is not a job. */
const JOBS_LIST = '';

export function createWatcher(options: WatchOptions, listener: WatchListener): Watcher {
  const { poller, store, clock, scope } = options;
  const jobs = new Map<string, JobWatcher>();
  const outage = createOutage(clock);
  const goneJobs = new Set<string>();
  const ending = new AbortController();
  let root: WatchRoot = newRoot(options.origin, scope, options.process);
  let jobsSubscription: { release(): void; check(): void } | null = null;
  /** It is known which jobs there are, since the watch began or went on. */
  let listed = false;
  let stored = true;
  let stopped = false;
  let turn: Promise<unknown> = Promise.resolve();
  let loaded: Promise<void> | null = null;

  /** After everything that was asked for before. What is stored comes first: a message may be here before the start. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = turn.then(async () => {
      await (loaded ??= load());
      return work();
    });
    turn = done.catch(() => undefined);
    return done;
  }

  function change(): void {
    if (stopped) return;
    const progress = { total: 0, pending: 0, running: 0, completed: 0 };
    for (const job of jobs.values()) {
      for (const part of ['total', 'pending', 'running', 'completed'] as const) {
        progress[part] += job.progress?.[part] ?? 0;
      }
    }
    const { trouble, serious } = outage;
    const jobsGone = [...jobs.values()].filter((job) => job.jobGone).map(({ jobId }) => jobId);
    listener.onChange({ paused: root.paused, jobs: jobs.size, progress, trouble, serious, stored, jobsGone });
  }

  function note(part: string, trouble: Trouble | null): void {
    const error = outage.note(part, trouble);
    if (error && !stopped) listener.onOutage(error);
    change();
  }

  function noteStorage(error: unknown): void {
    if (error && stored) {
      listener.onNotice({
        notice: 'not-durable',
        reason: error instanceof Error ? error.message : 'unknown',
      });
    }
    stored = !error;
  }

  async function saveRoot(): Promise<void> {
    try {
      await store.write(ROOT_KEY, root);
      noteStorage(null);
    } catch (error) {
      noteStorage(error);
    }
  }

  function noteGoneJob(job: JobWatcher): void {
    if (!job.jobGone) goneJobs.delete(job.jobId);
    else if (!goneJobs.has(job.jobId)) {
      goneJobs.add(job.jobId);
      listener.onNotice({ notice: 'job-gone', jobId: job.jobId });
    }
  }

  async function follow(jobId: string, baseline: Baseline | null): Promise<void> {
    if (jobs.has(jobId) || stopped) return;
    const job = createJobWatcher(
      { ...options, settings: options, jobId, baseline, late: root.late },
      {
        send: (event) => listener.send(event),
        onTrouble: (trouble) => note(jobId, trouble),
        onStorage: noteStorage,
        onFault: (error) => listener.onFault(error),
        onGone: (runIds) => {
          for (const runId of runIds) listener.onNotice({ notice: 'run-gone', jobId, runId });
        },
        onChange() {
          noteGoneJob(job);
          change();
          endLateness();
          // Of all jobs only those that go on are followed; a told one is done with.
          if (scope === 'all' && job.told)
            void inTurn(() => finish(job)).catch((error) => listener.onFault(error));
        },
      },
    );
    jobs.set(jobId, job);
    const { damage } = await job.start();
    if (damage) listener.onNotice({ notice: damage, jobId });
  }

  /**
   * Only when every job was read is it over that what is new may have happened while nobody watched; until then it is
   * kept, because the next restart may come before.
   */
  function endLateness(): void {
    if (stopped || !root.late || !listed) return;
    if ([...jobs.values()].some((job) => job.progress === null)) return;
    root = { ...root, late: false };
    void inTurn(saveRoot);
  }

  /** For a job that is not followed at the moment: what is news is counted from now. */
  async function storeBeginning(jobId: string, baseline: Baseline | null): Promise<void> {
    const state = beginWatch(jobId, clock.now(), baseline);
    await store.write(jobKey(jobId), state).then(() => noteStorage(null), noteStorage);
  }

  async function finish(job: JobWatcher): Promise<void> {
    if (jobs.get(job.jobId) !== job || !job.told) return;
    root = {
      ...root,
      added: root.added.filter((id) => id !== job.jobId),
      done: [...root.done, job.jobId].slice(-REMEMBERED_JOBS),
    };
    await saveRoot();
    await leave(job.jobId, true);
  }

  async function leave(jobId: string, forget: boolean): Promise<void> {
    const job = jobs.get(jobId);
    jobs.delete(jobId);
    outage.drop(jobId);
    goneJobs.delete(jobId);
    await job?.stop();
    if (forget) await store.remove(jobKey(jobId)).catch(noteStorage);
  }

  async function leaveAll(forget: boolean): Promise<void> {
    jobsSubscription?.release();
    jobsSubscription = null;
    await Promise.all([...jobs.keys()].map((jobId) => leave(jobId, forget)));
  }

  async function storedJobs(): Promise<string[]> {
    const keys = await store.keys();
    return keys.filter((key) => key.startsWith(jobKey(''))).map((key) => key.slice(jobKey('').length));
  }

  /** Brings what is followed in line with what is wanted. */
  async function syncNamedJobs(known: string[]): Promise<void> {
    const named = await options.readJobs();
    if (stopped || root.paused || scope !== 'jobs') return;
    const wanted = new Set([...(named ?? []), ...root.added]);
    for (const jobId of root.removed) wanted.delete(jobId);
    if (named) {
      for (const jobId of new Set([...jobs.keys(), ...known])) {
        if (wanted.has(jobId)) continue;
        await leave(jobId, true);
        if (!root.removed.includes(jobId)) listener.onNotice({ notice: 'job-dropped', jobId });
      }
      // What a message removed is watched again once the settings drop the job and name it anew.
      const removed = root.removed.filter((jobId) => named.includes(jobId));
      if (removed.length < root.removed.length) {
        root = { ...root, removed };
        await saveRoot();
      }
    }
    await Promise.all([...wanted].map((jobId) => follow(jobId, null)));
    listed ||= named !== null;
    change();
    endLateness();
  }

  /** A job that was not there before is news from its beginning; of one that was, only what comes is. */
  async function takeJobsList(list: JobsList): Promise<void> {
    if (stopped || root.paused || scope !== 'all') return;
    const { newest } = root;
    const first = newest === null;
    const baseline: Baseline | null = first && root.anew ? { from: 'now' } : null;
    const drafts = list.active.filter(isDraft).map(({ id }) => id);
    const active = list.active.filter((job) => !isDraft(job));
    const submitted = root.drafts.filter((id) => !drafts.includes(id));
    const news = first ? [] : list.recent.filter((job) => !isDraft(job) && isUnseen(job, newest));
    const isNew = (id: string) => submitted.includes(id) || news.some((job) => job.id === id);

    const wanted = new Set([...active, ...news].map(({ id }) => id));
    for (const id of submitted) wanted.add(id);
    for (const id of root.done) wanted.delete(id);
    for (const id of root.removed) wanted.delete(id);
    await Promise.all([...wanted].map((id) => follow(id, isNew(id) ? { from: 'begin' } : baseline)));
    const seen = [...list.active, ...list.recent].map((job) => ({ ...job, at: instant(job.dateInserted) }));
    const newestNow = Math.max(newest ?? 0, ...seen.map(({ at }) => at).filter((at) => !Number.isNaN(at)));
    const recent = [
      ...new Set(seen.filter(({ at }) => at >= newestNow - OVERLAP).map(({ id }) => id)),
    ].sort();
    // The jobs' own states are written before this, so that a kill in between finds them new again and not old.
    const next = { ...root, newest: newestNow, recent, drafts: drafts.sort(), anew: false };
    if (JSON.stringify(next) !== JSON.stringify(root)) {
      root = next;
      await saveRoot();
    }
    listed = true;
    change();
    endLateness();
  }

  /** Dates may be equal, so it is the id that tells a new job. */
  function isUnseen(job: JobSummary, newest: number): boolean {
    return instant(job.dateInserted) >= newest - OVERLAP && !root.recent.includes(job.id);
  }

  async function begin(): Promise<void> {
    if (root.paused) return change();
    if (scope === 'jobs') {
      return syncNamedJobs(await storedJobs());
    }
    await Promise.all((await storedJobs()).map((jobId) => follow(jobId, null)));
    await Promise.all(root.added.map((jobId) => follow(jobId, null)));
    if (stopped) return;
    jobsSubscription = poller.followJobs({
      interval: options.interval,
      newest: () => root.newest,
      onJobs(list) {
        void inTurn(() => takeJobsList(list)).catch((error) => listener.onFault(error));
      },
      onTrouble: (trouble) => note(JOBS_LIST, trouble),
    });
    change();
  }

  async function load(): Promise<void> {
    const item = await store.read(ROOT_KEY);
    const kept = item && readRoot(item.value);
    if (item && !kept) listener.onNotice({ notice: 'lost', jobId: null });
    else if (item?.recovered) listener.onNotice({ notice: 'recovered', jobId: null });
    if (kept?.origin === options.origin && kept.scope === scope) {
      const elsewhere = kept.process !== options.process;
      const closed = kept.closedAt !== null && clock.now() - kept.closedAt > 2 * options.interval;
      root = { ...kept, late: kept.late || elsewhere || closed, process: options.process, closedAt: null };
    } else {
      const jobIds = await storedJobs();
      if (kept) {
        await Promise.all(jobIds.map((jobId) => store.remove(jobKey(jobId)).catch(noteStorage)));
        listener.onNotice({ notice: 'began-anew' });
      } else {
        // Nothing readable says which jobs were added by message; better too many than one lost.
        root = { ...root, added: jobIds, late: jobIds.length > 0 };
      }
    }
    await saveRoot();
  }

  /** The named jobs may come from a context or the environment, so they are read again and again. */
  async function keepInLine(): Promise<void> {
    while (!stopped) {
      await clock.sleep(options.interval, ending.signal);
      await inTurn(() => syncNamedJobs([])).catch((error) => listener.onFault(error));
    }
  }

  return {
    async start() {
      await inTurn(begin);
      if (scope === 'jobs') await keepInLine().catch(() => undefined);
    },
    watch: (jobId) =>
      inTurn(async () => {
        root = {
          ...root,
          added: [...new Set([...root.added, jobId])],
          removed: root.removed.filter((id) => id !== jobId),
          done: root.done.filter((id) => id !== jobId),
        };
        await saveRoot();
        if (!root.paused) await follow(jobId, null);
        else if (!(await store.read(jobKey(jobId)))) await storeBeginning(jobId, null);
        change();
      }),
    unwatch: (jobId) =>
      inTurn(async () => {
        root = {
          ...root,
          added: root.added.filter((id) => id !== jobId),
          removed: [...new Set([...root.removed, jobId])].slice(-REMEMBERED_JOBS),
        };
        await saveRoot();
        await leave(jobId, true);
        change();
      }),
    check: () =>
      inTurn(async () => {
        if (scope === 'jobs') await syncNamedJobs([]);
        jobsSubscription?.check();
        for (const job of jobs.values()) job.check();
      }),
    pause: () =>
      inTurn(async () => {
        root = { ...root, paused: true };
        listed = false;
        await leaveAll(false);
        await saveRoot();
        change();
      }),
    resume: () =>
      inTurn(async () => {
        if (!root.paused) return;
        root = { ...root, paused: false, late: true };
        await saveRoot();
        await begin();
      }),
    reset: () =>
      inTurn(async () => {
        await Promise.all([...jobs.values()].map((job) => job.reset()));
        const others = (await storedJobs()).filter((jobId) => !jobs.has(jobId));
        await Promise.all(others.map((jobId) => storeBeginning(jobId, { from: 'now' })));
        root = { ...root, newest: null, recent: [], drafts: [], anew: true };
        await saveRoot();
        jobsSubscription?.check();
      }),
    async stop() {
      stopped = true;
      ending.abort();
      await inTurn(async () => {
        await leaveAll(false);
        root = { ...root, closedAt: clock.now() };
        await saveRoot();
      });
    },
  };
}

/** A job that was never submitted has an empty status (rescale-platform.md 2.2). */
function isDraft(job: JobSummary): boolean {
  return job.jobStatus?.content === '';
}
