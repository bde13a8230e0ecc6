import type { WatchEvent } from '../../src/runs/watch/watch-event';
import { WATCHES, type CrashReport } from './harness';

/** What must be zero, and what may be more. */
interface Verdict {
  lost: string[];
  /** Told again without saying so. */
  doubled: string[];
  /** Told of a run that never ended. */
  invented: string[];
  /** The same happening under two ids, or two under the same. */
  unstableIds: string[];
  /** Ended while Node-RED was down, and not told as late. */
  notLate: string[];
  /** Told again and saying so. */
  redelivered: number;
}

export function judge(report: CrashReport): Verdict {
  const verdict: Verdict = {
    lost: [],
    doubled: [],
    invented: [],
    unstableIds: [],
    notLate: [],
    redelivered: 0,
  };
  for (const name of WATCHES) judgeWatch(name, report.events[name] ?? [], report, verdict);
  judgeWaits(report, verdict);
  return verdict;
}

/** What tells how they were lost: what the watches knew of their jobs in the end, and when Node-RED was killed and deployed. */
export function evidenceOf({ lost }: Pick<Verdict, 'lost'>, { state, log, events }: CrashReport): string {
  const told = lost.flatMap((where) => {
    const [name, run] = where.split(' ') as [string, string];
    const jobId = run.split('/')[0]!;
    const known = (state[name] ?? []).filter((text) => text.includes(`"job:${jobId}"`));
    const others = (events[name] ?? []).filter((event) => event.jobId === jobId);
    return [
      where,
      ...known,
      ...others.map(({ runId, detectedAt, late, redelivered }) =>
        JSON.stringify({ runId, detectedAt, late, redelivered }),
      ),
    ];
  });
  return [...new Set(told), log].join('\n');
}

function judgeWatch(name: string, events: WatchEvent[], report: CrashReport, verdict: Verdict): void {
  const completed = events.filter(({ event }) => event === 'completed');
  const first = new Map<string, WatchEvent>();
  const runOfId = new Map<string, string>();
  for (const event of completed) {
    const run = `${event.jobId}/${event.runId}`;
    const where = `${name} ${run}`;
    const before = first.get(run);
    if (!report.ended.includes(run)) verdict.invented.push(where);
    if (before && !event.redelivered) verdict.doubled.push(where);
    if (before && before.eventId !== event.eventId) verdict.unstableIds.push(where);
    if ((runOfId.get(event.eventId) ?? run) !== run) verdict.unstableIds.push(where);
    if (event.redelivered) verdict.redelivered += 1;
    if (!before) first.set(run, event);
    runOfId.set(event.eventId, run);
  }
  for (const run of report.ended) {
    const event = first.get(run);
    if (!event) verdict.lost.push(`${name} ${run}`);
    else if (report.endedWhileDown.has(run) && !event.late) verdict.notLate.push(`${name} ${run}`);
  }
  const jobs = new Set(report.ended.map((run) => run.split('/')[0]!));
  for (const jobId of jobs) {
    const told = events.filter((event) => event.event === 'job' && event.jobId === jobId);
    if (told.length === 0) verdict.lost.push(`${name} job ${jobId}`);
    if (told.slice(1).some(({ redelivered }) => !redelivered)) verdict.doubled.push(`${name} job ${jobId}`);
  }
}

function judgeWaits(report: CrashReport, verdict: Verdict): void {
  const seen = new Set<string>();
  for (const { mark, jobId, runId, rescale } of report.releases) {
    if (mark !== `${jobId}/${runId}`) verdict.invented.push(`wait ${mark}`);
    if (!report.ended.includes(mark)) verdict.invented.push(`wait ${mark}`);
    if (seen.has(mark) && !rescale.redelivered) verdict.doubled.push(`wait ${mark}`);
    if (rescale.redelivered) verdict.redelivered += 1;
    seen.add(mark);
  }
  const closed = new Set(report.closed);
  for (const run of report.ended) {
    if (!seen.has(run) && !closed.has(run)) verdict.lost.push(`wait ${run}`);
    // Told that it does not go on, and gone on.
    if (seen.has(run) && closed.has(run)) verdict.doubled.push(`wait ${run} that was told closed`);
  }
}
