import type { CallOptions, CallTrace, RescaleClient } from '../../api/client/client';
import { CALLED_OFF } from '../../api/errors/abort';
import { isRescaleError } from '../../api/errors/errors';
import type { RescaleFile } from '../../api/client/types';
import { decideOutcome, type LogEvidence, type Outcome } from '../run/outcome';
import { inParallel } from '../tasks/in-parallel';
import { pollOnce } from '../tasks/poll-until';
import type { Clock } from '../tasks/ports';
import { findLogOfRun, findRunLogs, readLogEvidence } from './exit-code';
import { endedLongAgo, hasBegun, quietly, type JobFacts } from './job-facts';
import type { RequestedStops } from './requested-stops';

/**
 * How long (ms) better evidence is waited for: the log comes with the output files. It counts from when the evidence of that
 * run could have been read, so that hundreds of logs that wait for the rate limit, or for each other, condemn none.
 */
const PATIENCE = 120_000;
/** Nothing is waited for longer (ms), whatever keeps its evidence from being read. */
const LONGEST_PATIENCE = 3_600_000;
/** One log, or the search for them, is given up for this time after so long (ms). */
const LONGEST_READ = 60_000;
const READ_AT_ONCE = 4;
/** Runs whose own files are listed in one look, where the job's list does not say which log is whose. */
const ASKED_FOR = 20;
/** How often (ms) results are told while others are still being read. */
const TELL_EVERY = 250;

/** Finds out how runs that are over have ended. Each is told when its own evidence is there. */
export interface OutcomeResolver {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly pending: boolean;
  /** True when it was not wanted before. */
  want(runId: string): boolean;
  /** The run has begun anew: what is known of its end holds no more. */
  forget(runId: string): void;
  /** When the next patience ends, on the monotonic clock. */
  nextEnd(): number;
  /** One look at all that is wanted. Calls `publish` as results come. */
  look(signal: AbortSignal, publish: () => void): Promise<void>;
}

/** Something came that may settle these. */
type OnResult = (runIds: Iterable<string>) => void;

/** Instants are of the monotonic clock, ms. */
interface Wanted {
  since: number;
  log: LogEvidence;
  /** Its log, once it is listed. */
  file: RescaleFile | null;
  /** What there is of it was looked at since it is wanted. */
  looked: boolean;
  /** Since when it is known that its evidence is not there or can't be read. */
  lackingSince: number | null;
}

export function createOutcomeResolver(
  client: RescaleClient,
  jobId: string,
  job: JobFacts,
  stops: RequestedStops,
  clock: Clock,
): OutcomeResolver {
  const outcomes = new Map<string, Outcome>();
  const wanted = new Map<string, Wanted>();
  /** When evidence of any run was last read well. */
  let readAt = -Infinity;

  const isOnlyRun = () => job.complete && job.runs.size <= 1;
  const lacks = (entry: Wanted) => void (entry.lackingSince ??= clock.monotonic());

  /** Settles which of these can be settled; true when one was. */
  function settle(runIds: Iterable<string>): boolean {
    const before = outcomes.size;
    for (const runId of runIds) {
      const entry = wanted.get(runId);
      if (!entry) continue;
      const { outcome, conclusive } = decideOutcome({
        run: job.runs.get(runId) ?? null,
        onlyRun: isOnlyRun(),
        statuses: job.statuses,
        log: entry.log,
        stopRequested: stops.has(jobId, runId, job.runs.get(runId) ?? null),
      });
      if (!isSettled(runId, entry, conclusive)) continue;
      outcomes.set(runId, outcome);
      wanted.delete(runId);
    }
    return outcomes.size > before;
  }

  function isSettled(runId: string, entry: Wanted, conclusive: boolean): boolean {
    if (clock.monotonic() >= endOfPatience(entry)) return true;
    if (!hasBegun(job.runs.get(runId))) return conclusive;
    // Whether the job was stopped is known only when it was asked after the end of the run.
    if (!entry.looked || job.statusesAt < entry.since) return false;
    return conclusive || endedLongAgo(client, jobId, job.runs.get(runId), clock.monotonic());
  }

  function endOfPatience({ since, lackingSince }: Wanted): number {
    const own = lackingSince ?? Infinity;
    return Math.min(own + PATIENCE, Math.max(since, readAt) + PATIENCE, since + LONGEST_PATIENCE);
  }

  async function lookForAll(signal: AbortSignal, onResult: OnResult): Promise<void> {
    const looking = [...wanted];
    const newest = Math.max(...looking.map(([, { since }]) => since));
    const asksJob = job.statusesAt < newest || isOnlyRun();
    const options: CallOptions = { signal, priority: 'poll' };
    // Side by side, so that a history that can't be read does not keep the logs from being read.
    const history = asksJob
      ? quietly(
          limited((end) => job.readStatuses({ ...options, signal: end }, newest), signal).then(() =>
            onResult(wanted.keys()),
          ),
        )
      : Promise.resolve();
    for (const [runId, entry] of looking) if (!hasBegun(job.runs.get(runId))) entry.looked = true;
    const unread = looking.filter(([runId, { log }]) => log.kind !== 'exit' && hasBegun(job.runs.get(runId)));
    await Promise.all([history, unread.length > 0 ? readLogs(unread, options, onResult) : undefined]);
    onResult(wanted.keys());
  }

  async function readLogs(
    unread: [string, Wanted][],
    options: CallOptions,
    onResult: OnResult,
  ): Promise<void> {
    const found = await search(unread, options);
    // The run's files and results are there now, so what goes out with its outcome should have them.
    const stale = found?.some(([runId]) => !job.runs.get(runId)?.outputFileCount) ?? false;
    if (stale) await quietly(limited((signal) => job.readRuns({ ...options, signal }), options.signal));
    onResult(wanted.keys());
    const listed = unread.filter(([, { file }]) => file !== null);
    // Those first that were never tried: what can't be read must not stand before what can.
    listed.sort(([, a], [, b]) => Number(a.lackingSince !== null) - Number(b.lackingSince !== null));
    await inParallel(listed, READ_AT_ONCE, async ([runId, entry]) => {
      await readLog(entry, options);
      onResult([runId]);
    });
  }

  /** Null when the files of the job could not be listed. */
  async function search(
    unread: [string, Wanted][],
    options: CallOptions,
  ): Promise<[string, Wanted][] | null> {
    const runIds = new Set(unread.map(([runId]) => runId));
    const logs = await attempt(
      (more) => findRunLogs(client, jobId, runIds, job.runs, { ...options, ...more }),
      options,
    );
    if (!logs) return null;
    const unplaced = logs.someUnplaced ? unread.filter(([runId]) => !logs.byRun.has(runId)) : [];
    await inParallel(unplaced.slice(0, ASKED_FOR), READ_AT_ONCE, async ([runId]) => {
      const file = await attempt(
        (more) => findLogOfRun(client, jobId, runId, job.runs.get(runId), { ...options, ...more }),
        options,
      );
      if (file) logs.byRun.set(runId, file);
    });
    for (const [runId, entry] of unread) {
      entry.file = logs.byRun.get(runId) ?? null;
      if (entry.file) continue;
      entry.looked = true;
      lacks(entry);
    }
    return unread.filter(([, { file }]) => file !== null);
  }

  async function readLog(entry: Wanted, options: CallOptions): Promise<void> {
    const file = entry.file!;
    const log = await attempt(
      (more) => readLogEvidence(client, file, { ...options, ...more }),
      options,
      () => lacks(entry),
    );
    if (!log) return;
    entry.log = log;
    entry.looked = true;
    if (log.kind !== 'exit') lacks(entry);
  }

  /**
   * Reads within its time; null when that failed. `failed` is called when the platform had its chance: what was only held up
   * by the rate limit says nothing about the evidence.
   */
  async function attempt<Read>(
    read: (more: { signal: AbortSignal; trace: CallTrace }) => Promise<Read>,
    { signal }: CallOptions,
    failed: () => void = () => undefined,
  ): Promise<Read | null> {
    const trace: CallTrace = { attempts: 0, status: null };
    try {
      const value = await limited((end) => read({ signal: end, trace }), signal);
      if (value !== null) readAt = clock.monotonic();
      else if (trace.attempts > 0) failed();
      return value;
    } catch (error) {
      if (signal?.aborted) throw error;
      if (isRescaleError(error) && error.code === 'RESCALE_RATE_LIMIT') readAt = clock.monotonic();
      else failed();
      return null;
    }
  }

  function limited<Read>(
    read: (end: AbortSignal) => Promise<Read>,
    signal: AbortSignal | undefined,
  ): Promise<Read | null> {
    return pollOnce(read, LONGEST_READ, { clock, signal });
  }

  return {
    outcomes,
    get pending() {
      return wanted.size > 0;
    },
    want(runId) {
      if (outcomes.has(runId) || wanted.has(runId)) return false;
      const entry = { log: { kind: 'missing' }, file: null, looked: false, lackingSince: null } as const;
      wanted.set(runId, { ...entry, since: clock.monotonic() });
      return true;
    },
    forget(runId) {
      outcomes.delete(runId);
      wanted.delete(runId);
    },
    nextEnd: () => Math.min(...[...wanted.values()].map(endOfPatience)),
    async look(signal, publish) {
      if (wanted.size === 0) return;
      let news = false;
      const tell = () => {
        if (news) publish();
        news = false;
      };
      const done = new AbortController();
      const work = lookForAll(signal, (runIds) => void (news = settle(runIds) || news)).finally(() =>
        done.abort(CALLED_OFF),
      );
      const telling = (async () => {
        for (;;) {
          await clock.sleep(TELL_EVERY, done.signal);
          tell();
        }
      })().catch(() => undefined);
      await work;
      await telling;
      tell();
    },
  };
}
