import { setImmediate as othersTurn } from 'node:timers/promises';
import { type DoubtedRun, type EndDoubt, endDoubt, oddEnds, unknownStatus } from '../run/run-state';
import { progressOf, terminalStatus, type JobReading, type Progress } from '../run/job-reading';
import type { JobSubscription, JobPolling } from '../polling/job-polling';
import { toStored } from '../tasks/stored-format';
import type { Clock } from '../tasks/ports';
import type { RetriedStore } from '../tasks/retried-store';
import { fillOutbox, type PendingEvent } from './pending-events';
import { stepWatch } from './watch';
import type { WatchEvent } from './watch-event';
import type { JobWatchListener } from './watch-listener';
import { findWatchState, watchedJobFormat } from './watch-state';
import {
  beginWatch,
  copyOf,
  isTold,
  lastEnd,
  type Baseline,
  type WatchedJob,
  type WatchSettings,
} from './watched-job';

/** When a watch began: by this machine's clock (ms since the epoch), and on the monotonic one. */
export interface Beginning {
  date: number;
  monotonic: number;
}

interface JobWatchOptions {
  jobId: string;
  polling: JobPolling;
  store: RetriedStore;
  clock: Clock;
  settings: WatchSettings;
  /** For a job that is not stored yet. */
  begun: Beginning;
  /** The same; null = what the settings say. */
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
  /** Its status, where nobody knows it and something of the job is still awaited. */
  readonly unknownStatus: string | null;
  /** Runs whose end date can't be right, while something of the job is still awaited. */
  readonly endDoubts: readonly DoubtedRun[];
  /** Runs that were seen to have ended and are not told, because their logs or files are waited for. */
  readonly awaited: number;
  /** Something was told or is known of it that its end does not settle. */
  readonly unsettled: boolean;
  /** Everything is told and sent. */
  readonly told: boolean;
  /** The platform's instant (ms) of the last end that was told. */
  readonly toldUntil: number;
  /**
   * Takes up the stored state, if there is one, sends what may not have been sent, and follows the job. `damage`:
   * what was stored is an older copy, because the newest could not be read; or nothing of it could be read.
   */
  start(): Promise<{ damage: 'recovered' | 'lost' | null }>;
  check(): void;
  /** For a job that the platform did not know: it may know it again. */
  lookAgain(): void;
  /** Takes a new baseline: what has happened until now is not told. */
  reset(): Promise<void>;
  /** Ends it and keeps its state. Resolves when nothing is being written or sent any more. */
  stop(): Promise<void>;
}

export function jobKey(jobId: string): string {
  return `job:${jobId}`;
}

export function createJobWatcher(options: JobWatchOptions, listener: JobWatchListener): JobWatcher {
  const { jobId, polling, store, clock, settings } = options;
  let begun: Beginning | null = options.begun;
  let state: WatchedJob = beginWatch(jobId, begun.date, options.baseline);
  let recovered = false;
  let subscription: JobSubscription | null = null;
  let next: JobReading | null = null;
  let starting: Promise<unknown> | null = null;
  let taking: Promise<void> | null = null;
  let stopped = false;
  let progress: Progress | null = null;
  let jobGone = false;
  let oddStatus: string | null = null;
  let firstRound: number | null = null;
  let firstLook: number | undefined;
  let overAtFirst = false;
  /** Runs that were told with a doubtful date; those of which it is not known whether they have ended are looked for at each reading. */
  const doubted = new Map<string, EndDoubt>();
  let perhapsEnded: DoubtedRun[] = [];
  let platformNow = Infinity;
  let wasEmpty = false;
  let resets = 0;

  const save = () => store.write(jobKey(jobId), toStored(watchedJobFormat, state));

  async function deliver(): Promise<void> {
    if (state.outbox.length === 0) return;
    const sent = new Set<WatchEvent>();
    for (const event of state.outbox) {
      noteDoubt(event);
      if (!(await listener.send(event))) break;
      sent.add(event);
      if (stopped) break;
    }
    state = { ...state, outbox: state.outbox.filter((event) => !sent.has(event)) };
    if (sent.size > 0) await save();
  }

  function noteDoubt({ event, run }: WatchEvent): void {
    const doubt = event === 'completed' && run ? endDoubt(run, platformNow) : null;
    if (run && doubt) doubted.set(run.id, doubt);
  }

  /** A date that was put right since, and an end that is gone, are no doubt any more. */
  function forgetSettledDoubts({ runs }: JobReading): void {
    for (const runId of doubted.keys()) {
      const run = runs.get(runId);
      if (!run || !endDoubt(run, platformNow)) doubted.delete(runId);
    }
  }

  /** Holds for the first round, and for what a job that was over by then brings in the next. */
  function isFirst(reading: JobReading): boolean {
    firstRound ??= reading.round;
    firstLook ??= reading.platformNow;
    if (reading.round === firstRound) overAtFirst ||= terminalStatus(reading) !== null;
    return reading.round === firstRound || overAtFirst;
  }

  /** Its beginning by the platform's clock, ms since the epoch: a span ago, or, over a restart, by the dates. */
  function sinceOnPlatform({ platformNow }: JobReading): number {
    if (begun) return platformNow - (clock.monotonic() - begun.monotonic);
    return state.since + platformNow - clock.now();
  }

  async function take(reading: JobReading): Promise<void> {
    jobGone = reading.jobGone;
    // Trouble is over and no news is there before the job was found; it says so only when it is believed.
    if (reading.missing > 0) {
      if (jobGone) listener.onChange();
      return;
    }
    const first = isFirst(reading);
    const firstRuns = wasEmpty && reading.runs.size > 0;
    wasEmpty = reading.runs.size === 0;
    const step = stepWatch(state, reading, settings, {
      now: clock.now(),
      since: sinceOnPlatform(reading),
      late: options.late && first,
      firstLook,
      firstRuns,
      redelivered: recovered && first,
    });
    for (const runId of step.wantedOutcomes) subscription?.wantOutcome(runId);
    for (const runId of step.wantedFiles) subscription?.wantFiles(runId);
    if (step.gone.length > 0) listener.onGone(step.gone);
    if (step.reportedAlso !== null) listener.onReportedAlso(step.reportedAlso);
    progress = progressOf(reading);
    oddStatus = unknownStatus(reading.statuses);
    perhapsEnded = oddEnds(reading.runs.values());
    platformNow = reading.platformNow;
    forgetSettledDoubts(reading);
    if (step.changed) {
      state = step.state;
      await save();
    }
    if (!stopped) await deliver();
    await sendRest(step.rest);
    if (!stopped) listener.onChange();
  }

  /** What is not told when this ends early is found anew at the next reading, here or after a restart. */
  async function sendRest(pending: PendingEvent[]): Promise<void> {
    const since = resets;
    for (let rest = pending; rest.length > 0 && state.outbox.length === 0;) {
      await othersTurn();
      if (stopped || resets !== since) return;
      const next = copyOf(state);
      rest = fillOutbox(next, rest);
      state = next;
      await save();
      if (!stopped) await deliver();
    }
  }

  /** One reading at a time; of those that come meanwhile the last one says it all. */
  function takeReadings(): void {
    taking ??= (async () => {
      while (next && !stopped) {
        const reading = next;
        next = null;
        await take(reading);
      }
    })()
      .catch((error) => listener.onFault(error))
      .finally(() => {
        taking = null;
        if (next && !stopped) takeReadings();
      });
  }

  function follow(): void {
    subscription = polling.followJob(jobId, {
      interval: settings.interval,
      onReading(reading) {
        next = reading;
        takeReadings();
      },
      onTrouble: (trouble) => {
        if (!stopped) listener.onTrouble(trouble);
      },
    });
  }

  /** What was asked for before says nothing any more. */
  function followAnew(): void {
    subscription?.release();
    if (!stopped) follow();
  }

  async function start(): ReturnType<JobWatcher['start']> {
    const { value: kept, damage } = await findWatchState(watchedJobFormat, store, jobKey(jobId));
    if (kept) {
      state = { ...kept, outbox: kept.outbox.map((event) => ({ ...event, redelivered: true })) };
      begun = null;
    } else await save();
    recovered = damage === 'recovered';
    if (!stopped) await deliver();
    if (!stopped) follow();
    return { damage };
  }

  return {
    jobId,
    get progress() {
      return progress;
    },
    get jobGone() {
      return jobGone;
    },
    get unknownStatus() {
      return jobGone || isTold(state) ? null : oddStatus;
    },
    get endDoubts() {
      if (jobGone || isTold(state)) return [];
      const odd = new Map(perhapsEnded.map((run) => [run.runId, run.doubt]));
      for (const [runId, doubt] of doubted) if (!odd.has(runId)) odd.set(runId, doubt);
      return [...odd].map(([runId, doubt]) => ({ runId, doubt }));
    },
    get awaited() {
      return jobGone ? 0 : Object.keys(state.awaiting).length;
    },
    get unsettled() {
      return Object.values(state.runs).includes('started') || Object.keys(state.awaiting).length > 0;
    },
    get told() {
      return isTold(state);
    },
    get toldUntil() {
      return lastEnd(state, platformNow);
    },
    start() {
      const started = start();
      starting = started;
      return started;
    },
    check: () => subscription?.check(),
    lookAgain() {
      jobGone = false;
      followAnew();
    },
    async reset() {
      resets += 1;
      begun = { date: clock.now(), monotonic: clock.monotonic() };
      state = beginWatch(jobId, begun.date, { from: 'now' });
      await save();
      // What was asked for before is no baseline.
      next = null;
      wasEmpty = false;
      followAnew();
    },
    async stop() {
      stopped = true;
      subscription?.release();
      await starting?.catch(() => undefined);
      subscription?.release();
      await taking;
    },
  };
}
