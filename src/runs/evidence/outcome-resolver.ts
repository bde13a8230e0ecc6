import type { CallOptions, RescaleClient } from '../../api/client/client';
import { CALLED_OFF } from '../../api/errors/abort';
import { hasBegun } from '../run/run-state';
import { formerEnd, seeLog } from '../run/seen-ends';
import { decideOutcome, type Outcome } from '../run/outcome';
import type { Clock } from '../tasks/ports';
import { readLogEvidence } from './exit-code';
import { endedLongAgo, quietly, type JobFacts } from './job-facts';
import { createLogSearch } from './log-search';
import { promptFirst } from './prompt-first';
import { endOfLack, lackedAgain } from './readable-time';
import type { RequestedStops } from './requested-stops';
import { LONGEST_READ, timelyReads } from './timely-read';
import { byTrial, wantedOutcome, type WantedOutcome } from './wanted-outcome';

/**
 * How long (ms, readable time) better evidence is waited for: the log comes with the output files. It counts for each run from
 * when its own evidence could have been read, so that neither hundreds of logs that wait for the rate limit, or for each other,
 * nor an outage condemn any.
 */
const PATIENCE = 120_000;
/** Nothing is waited for longer (ms, readable time), whatever keeps its evidence from being read. */
const LONGEST_PATIENCE = 3_600_000;
const READ_AT_ONCE = 4;
/** How often (ms) results are told while others are still being read. */
const TELL_EVERY = 250;

/** Finds out how runs that are over have ended. Each is told when its own evidence is there. */
interface OutcomeResolver {
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

type Part = 'noLog' | 'noHistory';

export function createOutcomeResolver(
  client: RescaleClient,
  jobId: string,
  job: JobFacts,
  stops: RequestedStops,
  clock: Clock,
): OutcomeResolver {
  const outcomes = new Map<string, Outcome>();
  const wanted = new Map<string, WantedOutcome>();
  const { readable } = job;
  const reads = timelyReads(readable, clock);
  const { attempt, limited } = reads;
  /** When the look began, on the monotonic clock, and what lacked before the platform had answered at it. */
  let begun = -Infinity;
  let lacking: [WantedOutcome, Part][] = [];

  const isOnlyRun = () => job.complete && job.runs.size <= 1;
  const answersNow = () => readable.answeredAt >= begun;

  function lacks(entry: WantedOutcome, part: Part): void {
    if (answersNow()) entry[part] = lackedAgain(entry[part], readable.now(), PATIENCE);
    else lacking.push([entry, part]);
  }

  const lists = createLogSearch(client, jobId, job, reads, (entry) => lacks(entry, 'noLog'), clock);

  /** Settles which of these can be settled; true when one was. */
  function settle(runIds: Iterable<string>): boolean {
    const before = outcomes.size;
    for (const runId of runIds) {
      const entry = wanted.get(runId);
      if (!entry) continue;
      const run = job.runs.get(runId) ?? null;
      const former = formerEnd(client, jobId, run);
      const { outcome, conclusive } = decideOutcome({
        run,
        formerEnd: former,
        platformNow: client.platformNow(),
        onlyRun: isOnlyRun(),
        statuses: job.statuses,
        log: entry.log,
        ...stops.evidence(jobId, runId, run, former),
      });
      if (!isSettled(runId, entry, conclusive)) continue;
      outcomes.set(runId, outcome);
      if (run && entry.files[0]) seeLog(client, jobId, run, entry.files[0]);
      wanted.delete(runId);
    }
    return outcomes.size > before;
  }

  function isSettled(runId: string, entry: WantedOutcome, conclusive: boolean): boolean {
    if (!hasBegun(job.runs.get(runId))) return conclusive || entry.noHistory.over;
    if (readable.now() - entry.readableSince >= LONGEST_PATIENCE) return true;
    // Whether the job was stopped is known only when it was asked after the end of the run.
    if (job.statusesAt < entry.since && !entry.noHistory.over) return false;
    if (entry.noLog.over) return true;
    if (entry.looked && conclusive) return true;
    const longAgo = endedLongAgo(client, jobId, job.runs.get(runId), clock.monotonic());
    return longAgo && entry.lookedNow && !isContradicted(entry);
  }

  /** What was seen of the log can't be all there is of it: not even of a run that ended long ago does that settle anything. */
  function isContradicted({ log, own }: WantedOutcome): boolean {
    if (log.kind !== 'missing') return log.kind === 'partial' || log.kind === 'unread';
    return own === null || own.short;
  }

  async function lookForAll(signal: AbortSignal, onResult: OnResult): Promise<void> {
    begun = clock.monotonic();
    lacking = [];
    const looking = [...wanted];
    for (const [runId, entry] of looking) {
      entry.lookedNow = entry.log.kind === 'exit' || !hasBegun(job.runs.get(runId));
      entry.looked ||= entry.lookedNow;
    }
    const options: CallOptions = { signal, priority: 'poll' };
    const unread = looking.filter(([, { lookedNow }]) => !lookedNow);
    // Side by side, so that a history that can't be read does not keep the logs from being read.
    await Promise.all([
      readHistory(looking, options, onResult),
      unread.length > 0 ? readLogs(unread, options, onResult) : undefined,
    ]);
    await judgeLacking(options);
    onResult(wanted.keys());
  }

  async function readHistory(
    looking: [string, WantedOutcome][],
    options: CallOptions,
    onResult: OnResult,
  ): Promise<void> {
    const newest = Math.max(...looking.map(([, { since }]) => since));
    if (job.statusesAt >= newest && !isOnlyRun()) return;
    const read = (more: CallOptions) => job.readStatuses({ ...options, ...more }, newest).then(() => true);
    const unread = () => {
      for (const [, entry] of looking) if (job.statusesAt < entry.since) lacks(entry, 'noHistory');
    };
    if (await attempt(read, options, unread)) onResult(wanted.keys());
  }

  /**
   * What could not be read lacks only if something else of the job could: else it is the platform that can't be reached, and
   * that says nothing of the evidence.
   */
  async function judgeLacking(options: CallOptions): Promise<void> {
    if (lacking.length === 0) return;
    const read = (signal: AbortSignal) => job.readRuns({ ...options, signal });
    if (!answersNow()) await quietly(limited(read, options.signal));
    if (answersNow()) for (const [entry, part] of lacking.splice(0)) lacks(entry, part);
  }

  async function readLogs(
    unread: [string, WantedOutcome][],
    options: CallOptions,
    onResult: OnResult,
  ): Promise<void> {
    const found = await search(unread, options);
    // The run's files and results are there now, so what goes out with its outcome should have them.
    const stale = found?.some(([runId]) => !job.runs.get(runId)?.outputFileCount) ?? false;
    if (stale) await quietly(limited((signal) => job.readRuns({ ...options, signal }), options.signal));
    onResult(wanted.keys());
    const listed = unread.filter(([, { files }]) => files.length > 0);
    listed.sort(byTrial);
    const limits = { limit: READ_AT_ONCE, longest: LONGEST_READ, clock };
    await promptFirst(listed, limits, async ([runId, entry], most) => {
      const hadTime = await readLog(entry, options, most);
      onResult([runId]);
      return hadTime;
    });
  }

  /** Those of these whose log is listed. Null when no list could be read. */
  async function search(
    unread: [string, WantedOutcome][],
    options: CallOptions,
  ): Promise<[string, WantedOutcome][] | null> {
    const found = await lists.look(unread, options);
    for (const [runId, files] of found ?? []) {
      const entry = wanted.get(runId);
      if (!entry) continue;
      entry.files = files;
      const isListed = files.length > 0;
      if (entry.log.kind === 'unread' || entry.log.kind === 'missing')
        entry.log = { kind: isListed ? 'unread' : 'missing' };
      if (isListed) continue;
      entry.looked = entry.lookedNow = true;
      lacks(entry, 'noLog');
    }
    return found && unread.filter(([, { files }]) => files.length > 0);
  }

  /** False when it took longer than `most` (ms), though there is time for it. */
  async function readLog(entry: WantedOutcome, options: CallOptions, most: number): Promise<boolean> {
    const begin = clock.monotonic();
    const isCutOff = () => most < LONGEST_READ && clock.monotonic() - begin >= most;
    const log = await attempt(
      (more) => readLogEvidence(client, jobId, entry.files, { ...options, ...more }),
      options,
      () => {
        if (!isCutOff()) lacks(entry, 'noLog');
      },
      most,
    );
    if (!log) return !isCutOff();
    entry.log = log;
    entry.looked = entry.lookedNow = true;
    if (log.kind !== 'exit') lacks(entry, 'noLog');
    return true;
  }

  return {
    outcomes,
    get pending() {
      return wanted.size > 0;
    },
    want(runId) {
      if (outcomes.has(runId) || wanted.has(runId)) return false;
      wanted.set(runId, wantedOutcome(clock.monotonic(), readable.now()));
      return true;
    },
    forget(runId) {
      outcomes.delete(runId);
      wanted.delete(runId);
    },
    nextEnd: () =>
      Math.min(
        ...[...wanted.values()].flatMap(({ noLog, noHistory }) =>
          [noLog, noHistory].map((lack) => endOfLack(lack, PATIENCE, readable)),
        ),
      ),
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
