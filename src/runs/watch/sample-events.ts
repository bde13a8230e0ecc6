import type { Run } from '../../api/client/types';
import type { Outcome } from '../run/outcome';
import {
  jobSummary,
  overdueSummary,
  runDuration,
  runSummary,
  startSummary,
  waitingSummary,
} from '../run/summary';
import { WATCH_EVENTS, type WatchEvent, type WatchEventKind } from './watch-event';

/** What the samples are made of. Instants and spans in ms. */
interface SampleOptions {
  events: ReadonlySet<WatchEventKind>;
  jobId: string;
  /** This machine's time of day. */
  now: number;
  overdue: number;
  waiting: number;
}

const HOUR = 3_600_000;
const RUN = '1';

/** In which state the only run of the sample is. */
const STATES: Record<WatchEventKind, 'pending' | 'running' | 'completed'> = {
  started: 'running',
  completed: 'completed',
  job: 'completed',
  overdue: 'running',
  waiting: 'pending',
};

/** One event of each chosen kind as a run that failed would bring it, for whoever wants to see that an alert arrives. */
export function sampleEvents({ events, jobId, now, overdue, waiting }: SampleOptions): WatchEvent[] {
  const iso = (ago: number) => new Date(now - ago).toISOString();
  const started: Run = {
    id: RUN,
    displayOrder: 1,
    type: 3,
    parent: null,
    isOptimal: false,
    dateStarted: iso(2 * HOUR),
    dateCompleted: null,
    outputFileCount: 0,
    outputFileSize: null,
    variables: [],
  };
  const ended: Run = { ...started, dateCompleted: iso(0), outputFileCount: 3, outputFileSize: 4096 };
  const evidence = ['This is a sample: nothing has happened.'];
  const failed: Outcome = { result: 'failed', reason: 'exited with code 1', evidence };
  const jobFailed: Outcome = { result: 'failed', reason: '1 of 1 run failed', evidence };
  const after = runDuration(ended);
  const long = overdue || 2 * HOUR;
  const samples: Record<WatchEventKind, Pick<WatchEvent, 'run' | 'outcome' | 'summary' | 'duration'>> = {
    started: { run: started, outcome: null, summary: startSummary(jobId, RUN), duration: null },
    completed: {
      run: ended,
      outcome: failed,
      summary: runSummary(jobId, RUN, ended, 'completed', failed),
      duration: seconds(after),
    },
    job: {
      run: null,
      outcome: jobFailed,
      summary: jobSummary(jobId, jobFailed, after),
      duration: seconds(after),
    },
    overdue: {
      run: { ...started, dateStarted: iso(long) },
      outcome: null,
      summary: overdueSummary(jobId, RUN, long, long),
      duration: seconds(long),
    },
    waiting: {
      run: { ...started, dateStarted: null },
      outcome: null,
      summary: waitingSummary(jobId, RUN, waiting || HOUR),
      duration: seconds(waiting || HOUR),
    },
  };
  return WATCH_EVENTS.filter((event) => events.has(event)).map((event) => ({
    event,
    eventId: `test-${event}-${now}`,
    jobId,
    runId: event === 'job' ? null : RUN,
    ...samples[event],
    // It lands in a mailbox or a chat: nobody is to run for a sample.
    summary: `Test: ${samples[event].summary}`,
    occurredAt: iso(0),
    detectedAt: iso(0),
    late: false,
    redelivered: false,
    progress: { total: 1, pending: 0, running: 0, completed: 0, [STATES[event]]: 1 },
    test: true,
  }));
}

function seconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / 1000;
}
