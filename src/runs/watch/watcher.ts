import type { Trouble } from '../run/job-reading';
import { createListedJobs, planJobs } from './all-jobs';
import { atLeastOf, createJobSet, type WatchOptions } from './job-set';
import { createJobWatcher, type Beginning, type JobWatcher } from './job-watcher';
import type { JobsList } from '../polling/jobs-list';
import { byId } from '../tasks/by-id';
import { firstFailure } from '../tasks/in-parallel';
import { tellFaultsOnce, type WatchListener } from './watch-listener';
import { withAdded, withDone, withRemoved } from './watch-state';
import { createWatchStore } from './watch-store';
import type { Baseline } from './watched-job';

export type { WatchOptions } from './job-set';

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

/** The part of an outage that is not a job. */
const JOBS_LIST = '';

export function createWatcher(options: WatchOptions, listener: WatchListener): Watcher {
  const { polling, clock, scope } = options;
  const memory = createWatchStore(options, listener, change);
  const ofEachJob = { ...options, store: memory.store, settings: options };
  const set = createJobSet(clock);
  const { jobs } = set;
  const ending = new AbortController();
  let jobsSubscription: { release(): void; check(): void } | null = null;
  /** It is known which jobs there are, since the watch began or went on. */
  let listed = false;
  const listedJobs = createListedJobs(clock);
  const faults = tellFaultsOnce(listener);
  let stopped = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** After everything that was asked for before. What is stored comes first: a message may be here before the start. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = turn.then(async () => {
      await memory.load();
      return work();
    });
    turn = done.catch(() => undefined);
    return done;
  }

  function inBackground(work: () => Promise<void>): void {
    inTurn(work).catch(faults.tell);
  }

  function change(): void {
    if (stopped) return;
    const slowedTo = polling.slowdown > 1 ? Math.round((polling.slowdown * options.interval) / 1000) : null;
    listener.onChange({ ...set.overview, paused: memory.root.paused, stored: memory.stored, slowedTo });
  }

  function note(part: string, trouble: Trouble | null): void {
    const error = set.note(part, trouble);
    if (error && !stopped) listener.onOutage(error, part === JOBS_LIST ? null : part);
    change();
  }

  /** Of all jobs those that were deleted are done with; a job that somebody named stays, and is told. */
  function noteGoneJob(job: JobWatcher): void {
    const named = scope === 'jobs' || memory.root.added.includes(job.jobId);
    if (set.isNewlyGone(job) && (named || job.unsettled)) {
      listener.onNotice({ notice: 'job-gone', jobId: job.jobId });
    }
    if (isGone(job)) inBackground(() => dismiss(job));
  }

  /** Of all jobs, one that no list shows any more. */
  function isGone(job: JobWatcher): boolean {
    return scope === 'all' && listed && job.jobGone && !listedJobs.shows(job.jobId);
  }

  /** What every reading and every list may settle for the watch as a whole. */
  function settle(): void {
    change();
    if (!listed || !set.allRead || set.overview.unread) return;
    const reportedAlso = set.takeReportedAlso();
    if (reportedAlso) listener.onNotice({ notice: 'reported-also', ...reportedAlso });
    // Only now is it over that what is new may have happened while nobody watched: the next restart might have come before.
    if (!stopped && memory.root.late) inBackground(() => memory.update({ late: false }));
  }

  async function follow(jobId: string, baseline: Baseline | null): Promise<void> {
    if (jobs.has(jobId) || stopped) return;
    const job = createJobWatcher(
      { ...ofEachJob, jobId, baseline, begun: beginning(), late: memory.root.late },
      {
        send: (event) => listener.send(event),
        onTrouble: (trouble) => note(jobId, trouble),
        onFault: (error) => listener.onFault(error),
        onReportedAlso: (runs) => set.noteReportedAlso(runs),
        onGone: (runIds) => {
          for (const runId of runIds) listener.onNotice({ notice: 'run-gone', jobId, runId });
        },
        onChange() {
          noteGoneJob(job);
          for (const notice of set.newDoubts(job)) listener.onNotice(notice);
          settle();
          // Of all jobs only those that go on are followed; a told one is done with.
          if (scope === 'all' && job.told) inBackground(() => finish(job));
        },
      },
    );
    set.add(job);
    const { damage } = await job.start().catch(async (error: unknown) => {
      // Its state can't be read now. The next list, or the next look at the names, tries again.
      await leave(jobId, false);
      set.noteUnread(jobId, true);
      change();
      throw error;
    });
    set.noteUnread(jobId, false);
    if (damage) listener.onNotice({ notice: damage, jobId });
  }

  /** What the first list finds was there when the watch began; what comes later begins when it comes. */
  function beginning(): Beginning {
    if (listed) memory.beginNow();
    return memory.begun;
  }

  /** The job does not exist any more. */
  async function dismiss(job: JobWatcher): Promise<void> {
    if (jobs.get(job.jobId) !== job || !isGone(job)) return;
    await memory.update({ added: memory.root.added.filter((id) => id !== job.jobId) });
    await leave(job.jobId, true);
    change();
  }

  /** What a list shows is newer than that there was no such job, and so is that it showed it a moment ago. */
  async function takeGoneJob(job: JobWatcher): Promise<void> {
    if (listedJobs.shows(job.jobId)) job.check();
    else if (listedJobs.hasLeft(job.jobId)) job.lookAgain();
    else await dismiss(job);
  }

  async function finish(job: JobWatcher): Promise<void> {
    if (jobs.get(job.jobId) !== job || !job.told) return;
    listedJobs.noteTold(job.jobId);
    await memory.update(withDone(memory.root, job.jobId, job.toldUntil));
    await leave(job.jobId, true);
  }

  async function leave(jobId: string, forget: boolean): Promise<void> {
    await set.remove(jobId);
    if (forget) await memory.forgetJob(jobId);
  }

  async function leaveAll(): Promise<void> {
    jobsSubscription?.release();
    jobsSubscription = null;
    await Promise.all([...jobs.keys()].map((jobId) => leave(jobId, false)));
  }

  async function syncNamedJobs(known: string[]): Promise<void> {
    const read = await options.readJobs();
    const named = Array.isArray(read) ? read : null;
    const { added, removed, paused } = memory.root;
    if (stopped || paused || scope !== 'jobs') return;
    const wanted = new Set([...atLeastOf(read), ...added]);
    for (const jobId of removed) wanted.delete(jobId);
    if (named) {
      for (const jobId of new Set([...jobs.keys(), ...known])) {
        if (wanted.has(jobId)) continue;
        await leave(jobId, true);
        if (!removed.includes(jobId)) listener.onNotice({ notice: 'job-dropped', jobId });
      }
      // What a message removed is watched again once the settings drop the job and name it anew.
      const still = removed.filter((jobId) => named.includes(jobId));
      if (still.length < removed.length) await memory.update({ removed: still });
    }
    set.forgetUnread();
    const trouble = await firstFailure([...wanted].map((jobId) => follow(jobId, null)));
    listed ||= read !== null;
    settle();
    if (trouble) throw trouble;
  }

  async function takeJobsList(list: JobsList): Promise<void> {
    if (stopped || memory.root.paused || scope !== 'all') return;
    const since = list.platformNow - (clock.monotonic() - memory.begun.monotonic);
    listedJobs.take(list);
    const again = listedJobs.takeBegunAnew(memory.root.done);
    const plan = planJobs(memory.root, list, { matches: options.matches, since, again });
    const trouble = await firstFailure(plan.follow.map(({ jobId, baseline }) => follow(jobId, baseline)));
    for (const jobId of plan.unwatch) if (jobs.has(jobId)) await leave(jobId, true);
    if (trouble) throw trouble;
    // The jobs' own states are written before this, so that a kill in between finds them new again and not old.
    const { newest, recent, drafts, anew } = memory.root;
    const known = JSON.stringify({ newest, recent, drafts, anew });
    if (JSON.stringify(plan.known) !== known) await memory.update(plan.known);
    listed = true;
    faults.allWell();
    for (const job of [...jobs.values()]) if (job.jobGone) await takeGoneJob(job);
    settle();
  }

  async function begin(): Promise<void> {
    if (memory.root.paused) return change();
    const { jobIds: known, unreadBecause } = await memory.jobs();
    if (scope === 'jobs') return syncNamedJobs(known);
    const jobIds = [...new Set([...known, ...memory.root.added])];
    const trouble = await firstFailure(jobIds.map((jobId) => follow(jobId, null)));
    if (stopped) return;
    jobsSubscription ??= polling.followJobs({
      interval: options.interval,
      newest: () => memory.root.newest,
      onJobs: (list) => inBackground(() => takeJobsList(list)),
      onTrouble: (trouble) => note(JOBS_LIST, trouble),
    });
    // Which jobs that would be nothing tells. Whoever starts it tries again.
    set.noteUnread(JOBS_LIST, unreadBecause !== null);
    change();
    const failed = unreadBecause ?? trouble;
    if (failed) throw failed;
  }

  /** The named jobs may come from a context or the environment, so they are read again and again. */
  async function keepInLine(): Promise<void> {
    while (!stopped) {
      await clock.sleep(options.interval, ending.signal);
      await inTurn(() => syncNamedJobs([])).then(faults.allWell, faults.tell);
    }
  }

  return {
    async start() {
      await inTurn(begin);
      if (scope === 'jobs') await keepInLine().catch(() => undefined);
    },
    watch: (jobId) =>
      inTurn(async () => {
        await memory.update(withAdded(memory.root, jobId));
        if (!memory.root.paused) await follow(jobId, null);
        else if (!(await memory.hasJob(jobId))) await memory.beginJob(jobId, null);
        change();
      }),
    unwatch: (jobId) =>
      inTurn(async () => {
        await memory.update(withRemoved(memory.root, jobId));
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
        listed = false;
        await leaveAll();
        await memory.update({ paused: true });
        change();
      }),
    resume: () =>
      inTurn(async () => {
        if (!memory.root.paused) return;
        if (scope === 'jobs') memory.beginNow();
        await memory.update({ paused: false, late: true });
        await begin();
      }),
    reset: () =>
      inTurn(async () => {
        await Promise.all([...jobs.values()].map((job) => job.reset()));
        const others = (await memory.jobs()).jobIds.filter((jobId) => !jobs.has(jobId));
        await Promise.all(others.map((jobId) => memory.beginJob(jobId, { from: 'now' })));
        memory.beginNow();
        listed = false;
        const since = memory.begun.date;
        const untold = { newest: null, recent: [], drafts: [], doneUntil: byId<number>() };
        await memory.update({ ...untold, anew: true, since });
        jobsSubscription?.check();
      }),
    async stop() {
      stopped = true;
      ending.abort();
      await inTurn(async () => {
        await leaveAll();
        await memory.close();
      });
    },
  };
}
