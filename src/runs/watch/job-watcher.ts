import { progressOf, terminalStatus, type JobReading, type Progress, type Trouble } from '../run/job-reading';
import type { JobSubscription, Poller } from '../polling/poller';
import type { Clock, StateStore } from '../work/ports';
import { stepWatch } from './watch';
import type { WatchEvent } from './watch-event';
import { readWatchedJob } from './watch-state';
import { beginWatch, isTold, type Baseline, type WatchedJob, type WatchSettings } from './watched-job';

/** What the watch of one job tells the watch it belongs to. */
export interface JobWatchListener {
  /** True when it was sent, false when it was not because everything is being closed. */
  send(event: WatchEvent): Promise<boolean>;
  onTrouble(trouble: Trouble | null): void;
  /** After every reading. */
  onChange(): void;
  /** Runs that were listed and that the platform no longer knows. */
  onGone(runIds: string[]): void;
  /** Something that should not happen: the watch goes on. */
  onFault(error: unknown): void;
  /** The state could not be written, or null: it can be again. */
  onStorage(error: unknown): void;
}

export interface JobWatchOptions {
  jobId: string;
  poller: Poller;
  store: StateStore;
  clock: Clock;
  settings: WatchSettings;
  /** For a job that is not stored yet; null = what the settings say. */
  baseline: Baseline | null;
  /** What the first round shows as new happened while nobody watched. */
  late: boolean;
}

/** One job of a watch: state is written before anything is sent, and again when it was. */
export interface JobWatcher {
  readonly jobId: string;
  readonly progress: Progress | null;
  /** The platform says that there is no such job. */
  readonly jobGone: boolean;
  /** Everything is told and sent. */
  readonly told: boolean;
  /**
   * Takes up the stored state, if there is one, sends what may not have been sent, and follows the job. `damage`:
   * what was stored is an older copy, because the newest could not be read; or nothing of it could be read.
   */
  start(): Promise<{ damage: 'recovered' | 'lost' | null }>;
  check(): void;
  /** Takes a new baseline: what has happened until now is not told. */
  reset(): Promise<void>;
  /** Ends it and keeps its state. Resolves when nothing is being written or sent any more. */
  stop(): Promise<void>;
}

export function jobKey(jobId: string): string {
  return `job:${jobId}`;
}

export function createJobWatcher(options: JobWatchOptions, listener: JobWatchListener): JobWatcher {
  const { jobId, poller, store, clock, settings } = options;
  let state: WatchedJob = beginWatch(jobId, clock.now(), options.baseline);
  let recovered = false;
  let subscription: JobSubscription | null = null;
  let next: JobReading | null = null;
  let starting: Promise<unknown> | null = null;
  let working: Promise<void> | null = null;
  let stopped = false;
  let progress: Progress | null = null;
  let jobGone = false;
  let followedAt = 0;
  let firstRound: number | null = null;
  let overAtFirst = false;

  async function save(): Promise<void> {
    try {
      await store.write(jobKey(jobId), state);
      listener.onStorage(null);
    } catch (error) {
      listener.onStorage(error);
    }
  }

  async function deliver(): Promise<void> {
    if (state.outbox.length === 0) return;
    const sent = new Set<WatchEvent>();
    for (const event of state.outbox) {
      if (!(await listener.send(event))) break;
      sent.add(event);
      if (stopped) break;
    }
    state = { ...state, outbox: state.outbox.filter((event) => !sent.has(event)) };
    if (sent.size > 0) await save();
  }

  /** Holds for the first round, and for what a job that was over by then brings in the next. */
  function isFirst(reading: JobReading): boolean {
    // What was known before this watch began says nothing about the time in which nobody watched.
    if (reading.at < followedAt) return true;
    firstRound ??= reading.round;
    if (reading.round === firstRound) overAtFirst ||= terminalStatus(reading) !== null;
    return reading.round === firstRound || overAtFirst;
  }

  async function take(reading: JobReading): Promise<void> {
    const first = isFirst(reading);
    const moment = { now: clock.now(), late: options.late && first, redelivered: recovered && first };
    const step = stepWatch(state, reading, settings, moment);
    for (const runId of step.wanted) subscription?.wantOutcome(runId);
    if (step.gone.length > 0) listener.onGone(step.gone);
    jobGone = reading.jobGone;
    progress = progressOf(reading);
    if (step.changed) {
      state = step.state;
      await save();
    }
    if (!stopped) await deliver();
    if (!stopped) listener.onChange();
  }

  /** One reading at a time; of those that come meanwhile the last one says it all. */
  function work(): void {
    working ??= (async () => {
      while (next && !stopped) {
        const reading = next;
        next = null;
        await take(reading);
      }
    })()
      .catch((error) => listener.onFault(error))
      .finally(() => {
        working = null;
        if (next && !stopped) work();
      });
  }

  function follow(): void {
    followedAt = clock.now();
    subscription = poller.followJob(jobId, {
      interval: settings.interval,
      onReading(reading) {
        next = reading;
        work();
      },
      onTrouble: (trouble) => {
        if (!stopped) listener.onTrouble(trouble);
      },
    });
    // The baseline is what is now, not what somebody else read before.
    if (!state.baselined) subscription.check();
  }

  async function start(): ReturnType<JobWatcher['start']> {
    const stored = await store.read(jobKey(jobId));
    const kept = stored && readWatchedJob(stored.value, jobId);
    if (kept) state = { ...kept, outbox: kept.outbox.map((event) => ({ ...event, redelivered: true })) };
    else await save();
    recovered = Boolean(kept && stored.recovered);
    if (!stopped) await deliver();
    if (!stopped) follow();
    return { damage: stored && !kept ? 'lost' : recovered ? 'recovered' : null };
  }

  return {
    jobId,
    get progress() {
      return progress;
    },
    get jobGone() {
      return jobGone;
    },
    get told() {
      return isTold(state);
    },
    start() {
      const started = start();
      starting = started;
      return started;
    },
    check: () => subscription?.check(),
    async reset() {
      state = beginWatch(jobId, clock.now(), { from: 'now' });
      await save();
      subscription?.check();
    },
    async stop() {
      stopped = true;
      subscription?.release();
      await starting;
      subscription?.release();
      await working;
    },
  };
}
