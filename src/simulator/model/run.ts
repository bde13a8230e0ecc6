import type { RunScript } from '../scripts/job-script';
import type { FileSource } from './file-source';
import type { FileFacts, RunFacts, JobTimes, RunTimes } from './run-facts';

/** Virtual seconds between a stop request and the end: processes are killed, then the run is wound up. */
const STOP_TAKES = 10;
/** What a process ended by SIGTERM leaves. */
const STOPPED_EXIT_CODE = 143;

/** A run's script, and where its files come from when they are more than the script says. */
export interface RunPlan extends RunScript {
  sources?: (facts: RunFacts) => FileSource[];
  /** Instead of the ten seconds that a stop takes. */
  stopTakes?: number;
  /** Files in the storage before the run has ended, as the API page's second sample job has them. */
  storedEarly?: boolean;
}

interface Snapshot {
  fileIndex: number;
  requestedAt: number;
  readyAt: number;
  bytes: number;
}

/** A run and what was done to it by requests and by hand; all else follows from its plan and the time. */
export interface Run {
  readonly number: number;
  readonly plan: RunPlan;
  startedByHand: number | null;
  endedByHand: number | null;
  exitCodeByHand: number | null | undefined;
  stopRequestedAt: number | null;
  snapshots: Snapshot[];
  /** Live files edited by hand, by live path; null = removed. Such a file grows by hand only. */
  edits: Map<string, Buffer[] | null>;
  /** Sizes and checksums of output files, by file index; each is computed once. */
  fileFacts: Map<number, FileFacts>;
  /** Number and bytes of all outputs, once it has ended. */
  outputs: { count: number; size: number } | null;
}

export function createRun(number: number, plan: RunPlan): Run {
  return {
    number,
    plan,
    startedByHand: null,
    endedByHand: null,
    exitCodeByHand: undefined,
    stopRequestedAt: null,
    snapshots: [],
    edits: new Map(),
    fileFacts: new Map(),
    outputs: null,
  };
}

export function timesOf(run: Run, job: JobTimes): RunTimes {
  const { plan } = run;
  let start = run.startedByHand;
  if (start === null && job.submitted !== null && plan.startsAt !== null) {
    start = job.submitted + Math.round((plan.startsAt ?? 0) * 1000);
  }
  const stopRequested = earliest(run.stopRequestedAt, job.cancelled);
  const takes = (plan.stopTakes ?? STOP_TAKES) * 1000;
  if (start !== null && stopRequested !== null && start > stopRequested) start = null;

  let end = run.endedByHand;
  if (end === null && start !== null && plan.duration !== null) {
    end = start + Math.round((plan.duration ?? 600) * 1000);
  }
  let stopped = false;
  if (stopRequested !== null && (end === null || end > stopRequested + takes)) {
    // A cancelled job's pending runs never get a date; a pending run that is stopped by itself ends.
    end = start === null && run.stopRequestedAt === null ? null : stopRequested + takes;
    stopped = true;
  } else if (stopRequested !== null && run.endedByHand !== null && run.endedByHand >= stopRequested) {
    // A hand that ends a run which was asked to stop ends it as stopped, unless it says how.
    stopped = run.exitCodeByHand === undefined;
  }
  const exitCode = stopped ? STOPPED_EXIT_CODE : (run.exitCodeByHand ?? plan.exitCode ?? 0);
  const silent = !stopped && (run.exitCodeByHand === undefined ? plan.exitCode : run.exitCodeByHand) === null;
  return { start, end, stopped, exitCode: silent ? null : exitCode };
}

function earliest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

type RunState = 'pending' | 'running' | 'completed';

export function stateAt(times: RunTimes, now: number): RunState {
  if (times.end !== null && times.end <= now) return 'completed';
  return times.start !== null && times.start <= now ? 'running' : 'pending';
}

/** The instant from which all outputs are listed. */
export function outputsListedAt(run: Run, times: RunTimes): number | null {
  return times.end === null ? null : times.end + Math.round((run.plan.outputsAfter ?? 20) * 1000);
}
