import type { Run } from '../../api/client/types';
import { isJobOver, type JobReading } from '../run/job-reading';
import { rowsOfAttempt } from '../run/attempts';
import { instant } from '../run/run-state';
import { isMarkedOver, type WatchedJob, type WatchMoment, type WatchSettings } from './watched-job';

/** Something that takes too long. Instants and spans in ms. */
interface RunAlert {
  kind: 'overdue' | 'waiting';
  /** Null for a job of which no run is listed. */
  runId: string | null;
  run: Run | null;
  /** How long it has taken by now. */
  taken: number;
  /** When it took too long, by the platform's clock. */
  at: number;
  late: boolean;
  /** To be called when it is told: it is not told again. */
  mark: (state: WatchedJob) => void;
}

/** Of a job of which no run is listed. */
const WHOLE_JOB = '';

/**
 * The runs that compute, or wait to start, for too long and were not told. All by the platform's clock. A run that begins
 * anew may be told again.
 */
export function findAlerts(
  state: WatchedJob,
  reading: JobReading,
  settings: WatchSettings,
  moment: WatchMoment,
): RunAlert[] {
  // Most watches want neither, and hundreds of dates would be read at each look.
  if ((settings.overdue <= 0 && settings.waiting <= 0) || isJobOver(reading)) return [];
  const alerts: RunAlert[] = [];
  const look = (kind: RunAlert['kind'], runId: string, run: Run | null, from: number) => {
    const limit = settings[kind];
    const taken = reading.platformNow - from;
    if (limit <= 0 || !(taken >= limit) || state[kind][runId] === from) return;
    const mark = (told: WatchedJob) => void (told[kind][runId] = from);
    const late = moment.late || from + limit < moment.since;
    alerts.push({
      kind,
      runId: runId === WHOLE_JOB ? null : runId,
      run,
      taken,
      at: from + limit,
      late,
      mark,
    });
  };
  const submitted = submittedAt(reading);
  for (const [runId, run] of reading.runs) {
    // A run without an end was over because its job was: until it is known to go on it is.
    if (run.dateCompleted || isMarkedOver(state.runs[runId])) continue;
    if (run.dateStarted) look('overdue', runId, run, instant(run.dateStarted));
    else look('waiting', runId, run, submitted);
  }
  // Runs may not be listed before their job executes (docs/platform.md).
  if (reading.runs.size === 0 && reading.complete) look('waiting', WHOLE_JOB, null, submitted);
  return alerts;
}

/** When the job's last attempt was submitted, by its first row that has a date; NaN while there is none. */
function submittedAt({ statuses }: JobReading): number {
  const dates = rowsOfAttempt(statuses ?? [])
    .map(({ statusDate }) => instant(statusDate))
    .filter((date) => !Number.isNaN(date));
  return dates.length === 0 ? NaN : Math.min(...dates);
}
