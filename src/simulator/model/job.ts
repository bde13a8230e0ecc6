import type { JobDefinition } from '../definition/job-definition';
import { defaultDefinition } from '../definition/default-definition';
import type { JobScript } from '../scripts/job-script';
import { createRun, type Run, type RunPlan } from './run';
import type { JobTimes } from './run-facts';

export interface StatusRow {
  /** ms since the epoch */
  at: number;
  status: string;
  reason: string | null;
}

/** A job's status history, including what is still to come. Oldest first. */
export interface Timeline {
  rows: StatusRow[];
  clusterRows: StatusRow[];
  /** Before this instant cluster_statuses answers 404. */
  clusterListedAt: number | null;
  /** When the last run ends; null when that is not known to come. */
  lastEnd: number | null;
}

/** A job's script with plans for its runs. */
export interface JobPlan extends Omit<JobScript, 'runs'> {
  runs: number | RunPlan[];
  /** Virtual seconds from the end of the last run until the job is `Completed`; default 2. */
  completesAfter?: number;
  definition?: JobDefinition;
  /** Makes the runs of a draft when it is submitted, from the definition that it has by then. */
  runsAtSubmission?: (job: Job) => RunPlan[];
  /** Virtual seconds that it is older than the simulator; default 0. */
  olderBy?: number;
  /** A restart begins at the original dates: a sample that looks the same at any time. */
  keepsDates?: boolean;
  /** How many snapshots of a run are kept; default all. */
  keepsSnapshots?: number;
  /** The home directory on the cluster, as `fileType` shows it. */
  home?: string;
  /** What `file` calls its text files. */
  textType?: string;
  /** Virtual seconds that a snapshot takes; default 45. */
  snapshotTakes?: number;
}

export interface Job extends JobTimes {
  /** In the order of creation; part of its file ids. */
  readonly index: number;
  readonly id: string;
  name: string;
  definition: JobDefinition;
  tags: string[];
  customFields: Map<string, unknown>;
  storageDevices: string[];
  priority: unknown;
  readonly plan: JobPlan;
  readonly created: number;
  runs: Run[];
  lastRunNumber: number;
  /** Status rows set by hand. */
  rowsByHand: StatusRow[];
  /** When it was forced to end, or its cluster was shut down, ms since the epoch. */
  forced: number | null;
  shutDown: number | null;
  /** Cache; whatever changes the job sets it to null. */
  timeline: Timeline | null;
}

export function createJob(index: number, id: string, plan: JobPlan, now: number): Job {
  const created = plan.createdAt ?? now - (plan.olderBy ?? 0) * 1000;
  const plans =
    typeof plan.runs === 'number' ? Array.from({ length: plan.runs }, () => DEFAULT_RUN) : plan.runs;
  const name = plan.name ?? plan.definition?.name ?? id;
  const submittedAt = plan.submittedAt === undefined ? 0 : plan.submittedAt;
  return {
    index,
    id,
    name,
    definition: plan.definition ?? defaultDefinition(name),
    tags: [],
    customFields: new Map(),
    storageDevices: [],
    priority: null,
    forced: null,
    shutDown: null,
    plan,
    created,
    submitted: submittedAt === null ? null : created + Math.round(submittedAt * 1000),
    cancelled: plan.cancelledAt === undefined ? null : created + Math.round(plan.cancelledAt * 1000),
    runs: plans.map((run, position) => createRun(position + 1, run)),
    lastRunNumber: plans.length,
    rowsByHand: [],
    timeline: null,
  };
}

const DEFAULT_RUN: RunPlan = {};

/** The runs that the platform tells about: none until some time after the submission. */
export function listedRuns(job: Job, now: number): Run[] {
  if (job.submitted === null) return [];
  return now < job.submitted + Math.round((job.plan.runsListedAfter ?? 0) * 1000) ? [] : job.runs;
}

export function findRun(job: Job, runId: string, now: number): Run | null {
  return runOf(listedRuns(job, now), runId);
}

/** Also a run that is not listed yet, for actions by hand. */
export function anyRun(job: Job, runId: string): Run | null {
  return runOf(job.runs, runId);
}

function runOf(runs: Run[], runId: string): Run | null {
  if (!/^[1-9]\d*$/.test(runId)) return null;
  const number = Number(runId);
  const inPlace = runs[number - 1];
  return inPlace?.number === number ? inPlace : (runs.find((run) => run.number === number) ?? null);
}
