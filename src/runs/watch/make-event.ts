import type { Run } from '../../api/client/types';
import { doubtedRuns, jobDuration, stateIn, type JobReading, type Progress } from '../run/job-reading';
import { copyRun } from '../run/copy-run';
import { endDoubt, type EndDoubt, instant } from '../run/run-state';
import type { Outcome } from '../run/outcome';
import {
  jobSummary,
  overdueSummary,
  runDuration,
  runSummary,
  startSummary,
  waitingSummary,
} from '../run/summary';
import { eventIdOf, type WatchEvent, type WatchEventKind } from './watch-event';
import type { WatchMoment, WatchSettings } from './watched-job';

/** What happened, before it is put into words. */
export interface Occurrence {
  event: WatchEventKind;
  runId: string | null;
  run: Run | null;
  outcome: Outcome | null;
  date: string | null;
  late: boolean;
  /** By this machine's clock, ms since the epoch; default now. */
  detectedAt?: number;
  /** How long it has computed or waited by now, ms. */
  taken?: number;
  filesReady?: boolean;
  /** It has happened before: the run has begun anew. */
  again?: boolean;
}

export function eventOf(
  settings: WatchSettings,
  reading: JobReading,
  moment: WatchMoment,
  progress: Progress,
  occurrence: Occurrence,
): WatchEvent {
  const { event, runId, run, outcome, date, filesReady, again } = occurrence;
  const { jobId } = reading;
  const doubt = run && event === 'completed' ? endDoubt(run, reading.platformNow) : null;
  const duration = doubt ? null : durationOf(reading, occurrence);
  // A run that is over with its job has no date of its own: its first end keeps its id when one comes.
  const idDate = run && event === 'completed' && !again ? run.dateCompleted : date;
  return {
    event,
    eventId: eventIdOf(settings.origin, jobId, runId, event, idDate),
    jobId,
    runId,
    run: run && copyRun(run),
    outcome,
    summary: summaryOf(settings, reading, occurrence, duration, doubt),
    duration: duration === null ? null : duration / 1000,
    occurredAt: Number.isNaN(instant(date)) ? null : date,
    detectedAt: new Date(occurrence.detectedAt ?? moment.now).toISOString(),
    late: occurrence.late,
    redelivered: moment.redelivered,
    progress,
    ...(filesReady !== undefined && { filesReady }),
  };
}

/** Milliseconds. */
function durationOf(reading: JobReading, { event, run, taken }: Occurrence): number | null {
  if (event === 'job') return jobDuration(reading);
  if (event === 'completed') return runDuration(run);
  return taken ?? null;
}

function summaryOf(
  settings: WatchSettings,
  reading: JobReading,
  { event, runId, run, outcome, taken }: Occurrence,
  duration: number | null,
  doubt: EndDoubt | null,
): string {
  const { jobId } = reading;
  switch (event) {
    case 'job':
      return jobSummary(jobId, outcome, duration, doubtedRuns(reading));
    case 'started':
      return startSummary(jobId, runId!);
    case 'overdue':
      return overdueSummary(jobId, runId!, taken!, settings.overdue);
    case 'waiting':
      return waitingSummary(jobId, runId, taken!);
    case 'completed':
      return runSummary(jobId, runId!, run, stateIn(reading, run!), outcome, doubt);
  }
}
