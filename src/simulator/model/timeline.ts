import type { Job, StatusRow, Timeline } from './job';
import { timesOf } from './run';

/** No public source knows a status `Failed`; all of these are taken as ends (docs/platform.md, "Outcome"). */
const TERMINAL = /^(Completed|Force Stop(ped)?|Stopped|Failed|Terminated|Cancelled)$/;

export function isTerminal(status: string): boolean {
  return TERMINAL.test(status);
}

/** From the last run's end to the rows that say so, and until the cluster is gone (docs/platform.md, "Outcome"). */
const STOPPING_AFTER = 1000;
const COMPLETED_AFTER = 2;
const CLUSTER_STOP_AFTER = 1000;
const CLUSTER_GONE_AFTER = 46_000;
/** "It takes a while before cluster statuses are available" (docs/platform.md, "Jobs"). */
const CLUSTER_LISTED_AFTER = 15_000;

interface Milestones {
  /** When the scripts let the first run start; Infinity when none does. */
  plannedStart: number;
  firstStart: number | null;
  lastEnd: number | null;
  failed: boolean;
  /** When the user asked for an end; Infinity when other runs of the job went on. */
  stoppedAt: number | null;
}

function buildTimeline(job: Job): Timeline {
  const milestones = milestonesOf(job);
  const rows = [
    ...openingRows(job, milestones),
    ...(endedByHand(job) ? [] : closingRows(job, milestones)),
    ...job.rowsByHand,
  ];
  // By instant; rows of one instant stay in the order of their making.
  rows.sort((one, other) => one.at - other.at);
  const completed = rows.find(({ status }) => isTerminal(status));
  return {
    rows,
    clusterRows: clusterRows(job, milestones, earliest(completed?.at ?? null, job.shutDown)),
    clusterListedAt: job.submitted === null ? null : job.submitted + CLUSTER_LISTED_AFTER,
    lastEnd: milestones.lastEnd,
  };
}

function endedByHand(job: Job): boolean {
  return job.rowsByHand.some(({ status }) => isTerminal(status));
}

function milestonesOf(job: Job): Milestones {
  let plannedStart = Infinity;
  let firstStart: number | null = null;
  let lastEnd: number | null = job.cancelled ?? (job.runs.length > 0 ? job.submitted : null);
  let failed = false;
  let stoppedAt: number | null = job.cancelled;
  for (const run of job.runs) {
    const times = timesOf(run, job);
    const { startsAt } = run.plan;
    if (startsAt !== null)
      plannedStart = Math.min(plannedStart, (job.submitted ?? 0) + (startsAt ?? 0) * 1000);
    if (times.start !== null && (firstStart === null || times.start < firstStart)) firstStart = times.start;
    if (times.end !== null) {
      if (lastEnd !== null) lastEnd = Math.max(lastEnd, times.end);
      if (!times.stopped && times.exitCode !== null && times.exitCode !== 0) failed = true;
      if (times.stopped && job.cancelled === null) {
        stoppedAt = job.runs.length === 1 ? run.stopRequestedAt : Infinity;
      }
    } else if (job.cancelled === null) {
      lastEnd = null;
    }
  }
  return { plannedStart, firstStart, lastEnd, failed, stoppedAt };
}

/**
 * `Pending` to `Executing`. A row that was answered once stays: a run that is started by hand moves no row of the
 * past. Rows of one instant are a millisecond apart, so that dates tell the order.
 */
function openingRows(job: Job, { plannedStart, firstStart }: Milestones): StatusRow[] {
  if (job.submitted === null) return [];
  const { created, submitted } = job;
  const draft = job.plan.submittedAt === null;
  const beforeStart = (part: number) =>
    plannedStart === Infinity && draft
      ? submitted
      : Math.min(Math.round(submitted + (plannedStart - submitted) * part), firstStart ?? Infinity);
  const planned: [status: string, at: number][] = [
    ['Pending', draft ? submitted : created],
    ['Waiting for Queue', draft ? beforeStart(0.1) : submitted > created ? created : Infinity],
    ['Queued', draft ? beforeStart(0.3) : submitted],
    ['Started', beforeStart(0.5)],
    ['Validated', beforeStart(0.8)],
    ['Executing', firstStart ?? Infinity],
  ];
  return planned
    .filter(([, at]) => at < Infinity && (job.cancelled === null || at <= job.cancelled))
    .map(([status, at], position, all) => ({
      status,
      at: at - all.slice(position + 1).filter(([, later]) => later === at).length,
      reason: null,
    }));
}

/** The end. A bad one is `Completed` too; only a `Stopping` row with its reason tells (docs/platform.md, "Jobs"). */
function closingRows(job: Job, milestones: Milestones): StatusRow[] {
  const { finalStatus } = job.plan;
  if (job.forced !== null)
    return [{ at: job.forced + 1000, status: 'Force Stop', reason: 'User Terminated' }];
  if (milestones.lastEnd === null || finalStatus === null) return [];
  const at = milestones.lastEnd + (job.plan.completesAfter ?? COMPLETED_AFTER) * 1000;
  if (finalStatus) return [{ at, status: finalStatus.status, reason: finalStatus.reason }];
  const stopping = milestones.failed && job.cancelled === null ? 'A run failed' : 'User Terminated';
  if (!milestones.failed && milestones.stoppedAt === null) {
    return [{ at, status: 'Completed', reason: 'Completed successfully' }];
  }
  const stoppingAt =
    milestones.failed && job.cancelled === null
      ? milestones.lastEnd + STOPPING_AFTER
      : Math.min(milestones.stoppedAt ?? Infinity, milestones.lastEnd + STOPPING_AFTER);
  return [
    { at: stoppingAt, status: 'Stopping', reason: stopping },
    { at, status: 'Completed', reason: null },
  ];
}

function clusterRows(job: Job, { firstStart }: Milestones, completed: number | null): StatusRow[] {
  if (job.submitted === null) return [];
  const { submitted } = job;
  const rows: [string, number][] = [
    ['Not Started', submitted],
    ['Queued', submitted + 1],
  ];
  if (firstStart !== null) {
    const at = (part: number) => Math.round(submitted + 1 + Math.max(0, firstStart - submitted - 1) * part);
    rows.push(['Starting', at(0.3)], ['Started', at(0.7)]);
  }
  if (completed !== null) {
    rows.push(['Stop Requested', completed + CLUSTER_STOP_AFTER]);
    rows.push(
      ['Stopping', completed + CLUSTER_STOP_AFTER + 500],
      ['Stopped', completed + CLUSTER_GONE_AFTER],
    );
  }
  return rows.map(([status, at]) => ({ status, at, reason: null }));
}

/** The history that follows from the job as it is now; kept until the job is changed. */
export function timelineOf(job: Job): Timeline {
  job.timeline ??= buildTimeline(job);
  return job.timeline;
}

/** The job's status now; empty for a draft. */
export function jobStatus(job: Job, now: number): string {
  return rowsUntil(timelineOf(job).rows, now).at(-1)?.status ?? '';
}

export function clusterStatus(job: Job, now: number): string {
  return rowsUntil(timelineOf(job).clusterRows, now).at(-1)?.status ?? '';
}

/** The rows that are not in the future, oldest first. */
export function rowsUntil(rows: StatusRow[], now: number): StatusRow[] {
  return rows.filter((row) => row.at <= now);
}

const earliest = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
