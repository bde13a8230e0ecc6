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

interface Ends {
  /** When the scripts let the first run start; Infinity when none does. */
  plannedStart: number;
  firstStart: number | null;
  lastEnd: number | null;
  failed: boolean;
  /** When the user asked for an end, as far as no other run went on. */
  stoppedAt: number | null;
}

function timelineOf(job: Job): Timeline {
  const ends = endsOf(job);
  const rows = [...opening(job, ends), ...(endedByHand(job) ? [] : closing(job, ends)), ...job.rowsByHand];
  // By instant; rows of one instant stay in the order of their making.
  rows.sort((one, other) => one.at - other.at);
  const completed = rows.find(({ status }) => isTerminal(status));
  return {
    rows,
    clusterRows: clusterRows(job, ends, earliest(completed?.at ?? null, job.shutDown)),
    clusterListedAt: job.submitted === null ? null : job.submitted + CLUSTER_LISTED_AFTER,
    lastEnd: ends.lastEnd,
  };
}

function endedByHand(job: Job): boolean {
  return job.rowsByHand.some(({ status }) => isTerminal(status));
}

function endsOf(job: Job): Ends {
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
 * `Pending` to `Executing`. What was told once stays: a run that is started by hand moves no row that has come to
 * pass. Rows of one instant are a millisecond apart, so that dates tell the order.
 */
function opening(job: Job, { plannedStart, firstStart }: Ends): StatusRow[] {
  if (job.submitted === null) return [];
  const { created, submitted } = job;
  const draft = job.plan.submittedAt === null;
  const onTheWay = (part: number) =>
    plannedStart === Infinity && draft
      ? submitted
      : Math.min(Math.round(submitted + (plannedStart - submitted) * part), firstStart ?? Infinity);
  const planned: [status: string, at: number][] = [
    ['Pending', draft ? submitted : created],
    ['Waiting for Queue', draft ? onTheWay(0.1) : submitted > created ? created : Infinity],
    ['Queued', draft ? onTheWay(0.3) : submitted],
    ['Started', onTheWay(0.5)],
    ['Validated', onTheWay(0.8)],
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
function closing(job: Job, ends: Ends): StatusRow[] {
  const { finalStatus } = job.plan;
  if (job.forced !== null)
    return [{ at: job.forced + 1000, status: 'Force Stop', reason: 'User Terminated' }];
  if (ends.lastEnd === null || finalStatus === null) return [];
  const at = ends.lastEnd + (job.plan.completesAfter ?? COMPLETED_AFTER) * 1000;
  if (finalStatus) return [{ at, status: finalStatus.status, reason: finalStatus.reason }];
  const stopping = ends.failed && job.cancelled === null ? 'A run failed' : 'User Terminated';
  if (!ends.failed && ends.stoppedAt === null) {
    return [{ at, status: 'Completed', reason: 'Completed successfully' }];
  }
  const stoppingAt =
    ends.failed && job.cancelled === null
      ? ends.lastEnd + STOPPING_AFTER
      : Math.min(ends.stoppedAt ?? Infinity, ends.lastEnd + STOPPING_AFTER);
  return [
    { at: stoppingAt, status: 'Stopping', reason: stopping },
    { at, status: 'Completed', reason: null },
  ];
}

function clusterRows(job: Job, { firstStart }: Ends, completed: number | null): StatusRow[] {
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
export function timeline(job: Job): Timeline {
  job.timeline ??= timelineOf(job);
  return job.timeline;
}

/** The job's status now; empty for a draft. */
export function jobStatus(job: Job, now: number): string {
  return visible(timeline(job).rows, now).at(-1)?.status ?? '';
}

export function clusterStatus(job: Job, now: number): string {
  return visible(timeline(job).clusterRows, now).at(-1)?.status ?? '';
}

/** The rows that have come to pass, oldest first. */
export function visible(rows: StatusRow[], now: number): StatusRow[] {
  return rows.filter((row) => row.at <= now);
}

const earliest = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
