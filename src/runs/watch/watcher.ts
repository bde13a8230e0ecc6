import type { Trouble } from '../run/job-reading';
import { planJobs } from './all-jobs';
import { createJobSet } from './job-set';
import { createJobWatcher, jobKey, type Beginning, type JobWatcher } from './job-watcher';
import type { JobsList } from '../polling/jobs-list';
import type { Poller } from '../polling/poller';
import type { Clock, StateStore } from '../work/ports';
import type { WatchListener } from './watch-listener';
import {
  newRoot,
  readWatchState,
  ROOT_KEY,
  rootFormat,
  watchedJobFormat,
  type WatchRoot,
} from './watch-state';
import { toStored } from '../work/stored-format';
import { beginWatch, type Baseline, type WatchSettings } from './watched-job';

export interface WatchOptions extends WatchSettings {
  poller: Poller;
  store: StateStore;
  clock: Clock;
  scope: WatchRoot['scope'];
  /** Of all jobs, those with such a name are watched. */
  matches: (name: string) => boolean;
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
  const set = createJobSet(clock);
  const { jobs } = set;
  const ending = new AbortController();
  let root: WatchRoot = newRoot(options.origin, scope, options.process, clock.now());
  let jobsSubscription: { release(): void; check(): void } | null = null;
  /** It is known which jobs there are, since the watch began or went on. */
  let listed = false;
  /** Of all jobs, those that the last list had as going on. */
  let active = new Set<string>();
  /** Since when jobs are watched that are not stored yet. */
  let begun: Beginning = { date: root.since, monotonic: clock.monotonic() };
  let reportedAlso: { jobs: number; runs: number } | null = null;
  let stored = true;
  let stopped = false;
  let turn: Promise<unknown> = Promise.resolve();
  let loaded: Promise<void> | null = null;

  /** After everything that was asked for before. What is stored comes first: a message may be here before the start. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = turn.then(async () => {
      // What can't be read now is read again by the next who asks: nothing may be written over it.
      await (loaded ??= load().catch((error: unknown) => {
        loaded = null;
        throw error;
      }));
      return work();
    });
    turn = done.catch(() => undefined);
    return done;
  }

  function change(): void {
    if (stopped) return;
    const { progress, gone: jobsGone, trouble, serious } = set;
    const slowed = poller.stretch > 1 ? Math.round((poller.stretch * options.interval) / 1000) : null;
    const shared = { paused: root.paused, jobs: jobs.size, progress, trouble, serious };
    listener.onChange({ ...shared, stored, jobsGone, slowedTo: slowed });
  }

  function note(part: string, trouble: Trouble | null): void {
    const error = set.note(part, trouble);
    if (error && !stopped) listener.onOutage(error, part === JOBS_LIST ? null : part);
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
      await store.write(ROOT_KEY, toStored(rootFormat, root));
      noteStorage(null);
    } catch (error) {
      noteStorage(error);
    }
  }

  /** Of all jobs those that were deleted are done with; a job that somebody named stays, and is told. */
  function noteGoneJob(job: JobWatcher): void {
    const named = scope === 'jobs' || root.added.includes(job.jobId);
    if (set.isNewlyGone(job) && (named || job.unsettled)) {
      listener.onNotice({ notice: 'job-gone', jobId: job.jobId });
    }
    if (scope !== 'all' || !job.jobGone || active.has(job.jobId)) return;
    void inTurn(() => dismiss(job)).catch((error) => listener.onFault(error));
  }

  /** After all known jobs have said how many of their older runs are told now. */
  function noteReportedAlso(runs: number): void {
    reportedAlso ??= { jobs: 0, runs: 0 };
    reportedAlso = { jobs: reportedAlso.jobs + 1, runs: reportedAlso.runs + runs };
  }

  function tellReportedAlso(): void {
    if (!reportedAlso || !listed || !set.allRead) return;
    listener.onNotice({ notice: 'reported-also', ...reportedAlso });
    reportedAlso = null;
  }

  async function follow(jobId: string, baseline: Baseline | null): Promise<void> {
    if (jobs.has(jobId) || stopped) return;
    const job = createJobWatcher(
      { ...options, settings: options, jobId, baseline, begun: beginning(), late: root.late },
      {
        send: (event) => listener.send(event),
        onTrouble: (trouble) => note(jobId, trouble),
        onStorage: noteStorage,
        onFault: (error) => listener.onFault(error),
        onReportedAlso: noteReportedAlso,
        onGone: (runIds) => {
          for (const runId of runIds) listener.onNotice({ notice: 'run-gone', jobId, runId });
        },
        onChange() {
          noteGoneJob(job);
          change();
          tellReportedAlso();
          endLateness();
          // Of all jobs only those that go on are followed; a told one is done with.
          if (scope === 'all' && job.told)
            void inTurn(() => finish(job)).catch((error) => listener.onFault(error));
        },
      },
    );
    set.add(job);
    const { damage } = await job.start().catch(async (error: unknown) => {
      // Its state can't be read now. The next list, or the next look at the names, tries again.
      await leave(jobId, false);
      throw error;
    });
    if (damage) listener.onNotice({ notice: damage, jobId });
  }

  /** A job that is found by the first list was there when the watch began; one that comes later begins when it comes. */
  function beginning(): Beginning {
    return listed ? { date: clock.now(), monotonic: clock.monotonic() } : begun;
  }

  /**
   * Only when every job was read is it over that what is new may have happened while nobody watched; until then it is
   * kept, because the next restart may come before.
   */
  function endLateness(): void {
    if (stopped || !root.late || !listed) return;
    if (!set.allRead) return;
    root = { ...root, late: false };
    inTurn(saveRoot).catch((error) => listener.onFault(error));
  }

  /** For a job that is not followed at the moment: what is news is counted from now. */
  async function storeBeginning(jobId: string, baseline: Baseline | null): Promise<void> {
    const state = beginWatch(jobId, clock.now(), baseline);
    await store
      .write(jobKey(jobId), toStored(watchedJobFormat, state))
      .then(() => noteStorage(null), noteStorage);
  }

  /** The job does not exist any more. */
  async function dismiss(job: JobWatcher): Promise<void> {
    if (jobs.get(job.jobId) !== job || !job.jobGone || active.has(job.jobId)) return;
    if (root.added.includes(job.jobId)) {
      root = { ...root, added: root.added.filter((id) => id !== job.jobId) };
      await saveRoot();
    }
    await leave(job.jobId, true);
    change();
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
    await set.remove(jobId);
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
    tellReportedAlso();
    endLateness();
  }

  async function takeJobsList(list: JobsList): Promise<void> {
    if (stopped || root.paused || scope !== 'all') return;
    const since = list.platformNow - (clock.monotonic() - begun.monotonic);
    const plan = planJobs(root, list, { matches: options.matches, since });
    active = new Set(list.active.map(({ id }) => id));
    await Promise.all(plan.follow.map(({ jobId, baseline }) => follow(jobId, baseline)));
    for (const jobId of plan.leave) if (jobs.has(jobId)) await leave(jobId, true);
    for (const job of [...jobs.values()]) if (job.jobGone) await dismiss(job);
    // The jobs' own states are written before this, so that a kill in between finds them new again and not old.
    if (JSON.stringify(plan.root) !== JSON.stringify(root)) {
      root = plan.root;
      await saveRoot();
    }
    listed = true;
    change();
    tellReportedAlso();
    endLateness();
  }

  async function begin(): Promise<void> {
    if (root.paused) return change();
    if (scope === 'jobs') return syncNamedJobs(await storedJobs());
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

  /** A beginning before this process. */
  function longAgo(date: number): Beginning {
    return { date, monotonic: clock.monotonic() - Math.max(0, clock.now() - date) };
  }

  async function load(): Promise<void> {
    const item = await store.read(ROOT_KEY);
    const kept = item && readWatchState(rootFormat, item.value);
    if (item && !kept) listener.onNotice({ notice: 'lost', jobId: null });
    else if (item?.recovered) listener.onNotice({ notice: 'recovered', jobId: null });
    if (kept?.origin === options.origin && kept.scope === scope) {
      const elsewhere = kept.process !== options.process;
      const closed = kept.closedAt !== null && clock.now() - kept.closedAt > 2 * options.interval;
      // Nobody has listed the jobs yet: what there was when the watch began is what counts.
      if (scope === 'all' && kept.newest === null && kept.since > 0) begun = longAgo(kept.since);
      root = {
        ...kept,
        since: begun.date,
        late: kept.late || elsewhere || closed,
        process: options.process,
        closedAt: null,
      };
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
        if (scope === 'jobs') begun = { date: clock.now(), monotonic: clock.monotonic() };
        await saveRoot();
        await begin();
      }),
    reset: () =>
      inTurn(async () => {
        await Promise.all([...jobs.values()].map((job) => job.reset()));
        const others = (await storedJobs()).filter((jobId) => !jobs.has(jobId));
        await Promise.all(others.map((jobId) => storeBeginning(jobId, { from: 'now' })));
        begun = { date: clock.now(), monotonic: clock.monotonic() };
        root = { ...root, newest: null, recent: [], drafts: [], anew: true, since: begun.date };
        listed = false;
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
