import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import type { JobStatus, RescaleFile, Run } from '../../api/client/types';
import { findRunLogs, readLogEvidence } from './exit-code';
import { decideOutcome, type LogEvidence, type Outcome } from '../run/outcome';
import { lookAtFiles, type FilesLook } from '../files/files-listed';
import type { Clock } from '../work/ports';
import { lookOnce } from '../work/polling';
import type { RequestedStops } from './requested-stops';
import { instant } from '../run/run-state';

/** How long (ms) after the end is seen better evidence is waited for; the log comes with the output files. */
const EVIDENCE_PATIENCE = 120_000;
/** How long (ms) after the end is seen it is looked whether the files are listed. */
const FILES_PATIENCE = 300_000;
/** A run that ended longer ago than this (ms) has all its evidence; generous to clocks that differ. */
const LONG_AGO = 900_000;
/** Between two looks, ms. */
const LONGEST_PAUSE = 30_000;
/** The shortest time (ms) that a look gets for its requests. */
const SHORTEST_LOOK = 10_000;
/** Logs that are read at the same time, and how many results are gathered before they are told. */
const AT_ONCE = 3;
const BATCH = 24;

/** What the desk needs to know about the job, and the two ways to know it better. */
export interface JobFacts {
  readonly runs: ReadonlyMap<string, Run>;
  readonly complete: boolean;
  readonly statuses: readonly JobStatus[] | null;
  /** When `statuses` were read, ms since the epoch. */
  readonly statusesAt: number;
  readStatuses(options: CallOptions): Promise<void>;
  readRuns(options: CallOptions): Promise<void>;
}

/** Finds out how runs that are over have ended, and whether their files are listed. */
export interface OutcomeDesk {
  /** For runs that are over. Asking again changes nothing. */
  wantOutcome(runId: string): void;
  wantFiles(runId: string): void;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly filesReady: ReadonlySet<string>;
  /** When to look, ms since the epoch; null when nothing is wanted. */
  due(interval: number): number | null;
  /** One look: a search over the job's files, then the logs that are new. Calls `publish` as results come. */
  look(signal: AbortSignal, publish: () => void): Promise<void>;
}

interface Wanted {
  since: number;
  log: LogEvidence;
  /** The job's files were searched for its log since it is wanted. */
  searched: boolean;
}

interface WantedFiles {
  since: number;
  look: FilesLook | null;
}

export function createOutcomeDesk(
  client: RescaleClient,
  jobId: string,
  job: JobFacts,
  stops: RequestedStops,
  clock: Clock,
): OutcomeDesk {
  const outcomes = new Map<string, Outcome>();
  const filesReady = new Set<string>();
  const wantedOutcomes = new Map<string, Wanted>();
  const wantedFiles = new Map<string, WantedFiles>();
  let lastLook = -Infinity;
  /** Since when something is wanted that was not looked for yet. */
  let freshSince: number | null = null;

  const hasRun = (runId: string) => {
    const run = job.runs.get(runId);
    return Boolean(run?.dateStarted || run?.dateCompleted);
  };
  const isLongAgo = (runId: string) => clock.now() - instant(job.runs.get(runId)?.dateCompleted) > LONG_AGO;
  const isOnlyRun = () => job.complete && job.runs.size <= 1;

  /** Settles what can be settled; true when something was. */
  function settle(): boolean {
    const before = outcomes.size;
    for (const [runId, wanted] of wantedOutcomes) {
      const { outcome, conclusive } = decideOutcome({
        run: job.runs.get(runId) ?? null,
        onlyRun: isOnlyRun(),
        statuses: job.statuses,
        log: wanted.log,
        stopRequested: stops.has(jobId, runId),
      });
      if (!isSettled(runId, wanted, conclusive)) continue;
      outcomes.set(runId, outcome);
      wantedOutcomes.delete(runId);
    }
    return outcomes.size > before;
  }

  function isSettled(runId: string, wanted: Wanted, conclusive: boolean): boolean {
    if (clock.now() - wanted.since >= EVIDENCE_PATIENCE) return true;
    if (!hasRun(runId)) return conclusive;
    // Whether the job was stopped is known only when it was asked after the end of the run.
    if (!wanted.searched || job.statusesAt < wanted.since) return false;
    return conclusive || isLongAgo(runId);
  }

  async function lookForOutcomes(options: CallOptions, publish: () => void): Promise<void> {
    const looking = [...wantedOutcomes];
    if (looking.length === 0) return;
    const newest = Math.max(...looking.map(([, { since }]) => since));
    const asksJob = job.statusesAt < newest || isOnlyRun();
    // Side by side, so that a history that can't be read does not keep the logs from being read.
    const history = asksJob ? quietly(job.readStatuses(options)) : Promise.resolve();
    const unread = looking.filter(([runId, { log }]) => log.kind !== 'exit' && hasRun(runId));
    const runIds = new Set(unread.map(([runId]) => runId));
    await Promise.all([history, runIds.size > 0 ? readLogs(runIds, options, publish) : undefined]);
    for (const [, wanted] of looking) wanted.searched = true;
    if (settle()) publish();
  }

  async function readLogs(runIds: Set<string>, options: CallOptions, publish: () => void): Promise<void> {
    const logs = [...(await findRunLogs(client, jobId, runIds, options))];
    // The run's files and results are there now, so what goes out with its outcome should have them.
    if (logs.some(([runId]) => !job.runs.get(runId)?.outputFileCount)) await quietly(job.readRuns(options));
    while (logs.length > 0) {
      await inParallel(logs.splice(0, BATCH), ([runId, log]) => readLog(runId, log, options));
      if (settle()) publish();
    }
  }

  async function readLog(runId: string, log: RescaleFile, options: CallOptions): Promise<void> {
    const wanted = wantedOutcomes.get(runId);
    if (!wanted) return;
    wanted.log = await readLogEvidence(client, log, options);
    wanted.searched = true;
  }

  async function lookForFiles(options: CallOptions, publish: () => void): Promise<void> {
    const before = filesReady.size;
    const unknown = [...wantedFiles.keys()].some((runId) => !job.runs.get(runId)?.outputFileCount);
    if (unknown) await quietly(job.readRuns(options));
    await inParallel([...wantedFiles], async ([runId, wanted]) => {
      const run = job.runs.get(runId);
      if (run && !isLongAgo(runId)) wanted.look = await lookAtFiles(client, jobId, run, wanted.look, options);
      if (run && (isLongAgo(runId) || wanted.look?.ready)) {
        filesReady.add(runId);
        wantedFiles.delete(runId);
      } else if (clock.now() - wanted.since >= FILES_PATIENCE) wantedFiles.delete(runId);
    });
    if (filesReady.size > before) publish();
  }

  return {
    outcomes,
    filesReady,
    wantOutcome(runId) {
      if (outcomes.has(runId) || wantedOutcomes.has(runId)) return;
      wantedOutcomes.set(runId, { since: clock.now(), log: { kind: 'missing' }, searched: false });
      freshSince ??= clock.now();
    },
    wantFiles(runId) {
      if (filesReady.has(runId) || wantedFiles.has(runId)) return;
      wantedFiles.set(runId, { since: clock.now(), look: null });
      freshSince ??= clock.now();
    },
    due(interval) {
      if (wantedOutcomes.size === 0 && wantedFiles.size === 0) return null;
      // Ahead of the rounds, which on a short budget are all late: an event waits for this.
      if (freshSince !== null) return Math.min(freshSince - LONGEST_PAUSE, clock.now());
      // The clock was set back: by what it says now, the last look is still to come.
      if (lastLook > clock.now()) return clock.now();
      const endsOfPatience = [...wantedOutcomes.values()].map(({ since }) => since + EVIDENCE_PATIENCE);
      return Math.min(lastLook + Math.min(interval, LONGEST_PAUSE), ...endsOfPatience);
    },
    async look(signal, publish) {
      freshSince = null;
      lastLook = clock.now();
      // Nothing is wanted since later than now: a clock that was set back would make patience as much longer.
      for (const wanted of [...wantedOutcomes.values(), ...wantedFiles.values()])
        wanted.since = Math.min(wanted.since, lastLook);
      const patience = [...wantedOutcomes.values()].map(({ since }) => since + EVIDENCE_PATIENCE - lastLook);
      const work = { clock, signal };
      const options = (end: AbortSignal): CallOptions => ({ signal: end, priority: 'poll' });
      const longest = Math.max(SHORTEST_LOOK, Math.min(EVIDENCE_PATIENCE, ...patience));
      await quietly(
        lookOnce((end) => lookForOutcomes(options(end), publish).then(() => null), longest, work),
      );
      if (settle()) publish();
      await quietly(lookOnce((end) => lookForFiles(options(end), publish).then(() => null), longest, work));
    },
  };
}

/** A failure here says nothing about a run, and the rounds that read the list tell of it; patience decides. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isRescaleError(error)) throw error;
  }
}

/** Some at a time, so that hundreds of runs that end together leave room for everybody else's requests. */
async function inParallel<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
