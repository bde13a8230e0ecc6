import type { JobDefinition } from '../definition/job-definition';
import { plainDefinition } from '../definition/plain-definition';
import type { JobScript } from '../scripts/job-script';
import { createRun, type Run, type RunPlan } from './run';
import type { RunFrame } from './run-facts';

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
  /** Virtual seconds from the end of the last run until the job is `Completed`; 2 unless told. */
  completesAfter?: number;
  definition?: JobDefinition;
  /** Makes the runs of a draft when it is submitted, from the definition that it has by then. */
  runsAtSubmission?: (job: Job) => RunPlan[];
  /** Virtual seconds that it is older than the simulator; 0 unless told. */
  olderBy?: number;
  /** When it begins anew, it does so at its first instant: an exhibit that is always open. */
  keepsDates?: boolean;
  /** How many snapshots of a run are kept; all unless told. */
  keepsSnapshots?: number;
  /** The home directory on the cluster, as `fileType` shows it. */
  home?: string;
  /** What `file` calls its text files. */
  textType?: string;
  /** Virtual seconds that a snapshot takes; 45 unless told. */
  snapshotTakes?: number;
}

export interface Job extends RunFrame {
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
  /** Forgets the timeline; everything that changes a job calls for it. */
  timeline: Timeline | null;
}

export function createJob(index: number, id: string, plan: JobPlan, now: number): Job {
  const created = plan.createdAt ?? now - (plan.olderBy ?? 0) * 1000;
  const plans = typeof plan.runs === 'number' ? Array.from({ length: plan.runs }, () => PLAIN) : plan.runs;
  const name = plan.name ?? plan.definition?.name ?? id;
  const submittedAt = plan.submittedAt === undefined ? 0 : plan.submittedAt;
  return {
    index,
    id,
    name,
    definition: plan.definition ?? plainDefinition(name),
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

const PLAIN: RunPlan = {};

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
