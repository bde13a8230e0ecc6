import type { JobStatus, Run } from '../../src/api/client/types';
import type { JobReading } from '../../src/runs/run/job-reading';
import type { Outcome } from '../../src/runs/run/outcome';
import type { WatchEvent, WatchEventKind } from '../../src/runs/watch/watch-event';
import { readStored, toStored } from '../../src/runs/tasks/stored-format';
import { stepWatch } from '../../src/runs/watch/watch';
import { watchedJobFormat } from '../../src/runs/watch/watch-state';
import { beginWatch, type Baseline, type WatchSettings } from '../../src/runs/watch/watched-job';
import { runOf } from './fake-platform';

export const T0 = Date.parse('2026-01-01T00:00:00Z');
export const HOUR = 3_600_000;
export const iso = (at: number) => new Date(at).toISOString();

export const succeeded: Outcome = { result: 'succeeded', reason: 'exited with code 0', evidence: [] };
export const failed: Outcome = { result: 'failed', reason: 'exited with code 1', evidence: [] };

const executing: JobStatus = {
  status: 'Executing',
  statusReason: null,
  statusDate: iso(T0 - 100 * HOUR),
};

export function run(id: string, started: number | null, completed: number | null = null): Run {
  return {
    ...runOf(id, Number(id)),
    dateStarted: started === null ? null : iso(started),
    dateCompleted: completed === null ? null : iso(completed),
  };
}

export function read(runs: Run[], more: Partial<JobReading> = {}): JobReading {
  return {
    jobId: 'sweep',
    platformNow: T0,
    round: 1,
    runs: new Map(runs.map((one) => [one.id, one])),
    complete: true,
    unread: 0,
    gone: new Set(),
    statuses: [executing],
    terminalReadings: 0,
    listedSinceTerminal: false,
    missing: 0,
    jobGone: false,
    notFound: null,
    outcomes: new Map(),
    filesListed: new Map(),
    ...more,
  };
}

export function over(
  runs: Run[],
  at: number,
  more: Partial<JobReading> = {},
  reason = 'Completed successfully',
) {
  const completed: JobStatus = { status: 'Completed', statusReason: reason, statusDate: iso(at) };
  const statuses = [completed, executing];
  return read(runs, { statuses, terminalReadings: 2, listedSinceTerminal: true, ...more });
}

const all: WatchEventKind[] = ['started', 'completed', 'job'];
const now: Baseline = { from: 'now' };

/** A watch that is fed readings and gives the events of each. */
export function watch(more: Partial<WatchSettings> = {}) {
  const settings: WatchSettings = {
    origin: 'https://platform.rescale.com',
    events: new Set(all),
    outcome: false,
    files: false,
    overdue: 0,
    waiting: 0,
    baseline: now,
    interval: 30_000,
    ...more,
  };
  const self = {
    state: beginWatch('sweep', T0, null),
    wanted: [] as string[],
    wantedFiles: [] as string[],
    reportedAlso: null as number | null,
    settings,
    gone: [] as string[],
    firstLook: undefined as number | undefined,
    feed(reading: JobReading, at = T0, { late = false, redelivered = false } = {}): WatchEvent[] {
      self.firstLook ??= at;
      const moment = { now: at, since: T0, late, firstLook: self.firstLook, redelivered };
      const step = stepWatch(self.state, { ...reading, platformNow: at }, self.settings, moment);
      // What is not said to be changed is not written, and must not be needed.
      const kept = step.changed ? step.state : self.state;
      self.wanted = step.wantedOutcomes;
      self.wantedFiles = step.wantedFiles;
      self.reportedAlso = step.reportedAlso;
      self.gone = step.gone;
      const { outbox } = kept;
      const stored: unknown = JSON.parse(JSON.stringify(toStored(watchedJobFormat, { ...kept, outbox: [] })));
      const found = readStored(watchedJobFormat, stored);
      if (found.unreadable !== null) throw new Error('a watch can’t read what it wrote');
      // Rounds are counted anew after a restart only.
      self.state = { ...found.value, baselineRound: kept.baselineRound };
      return outbox;
    },
  };
  return self;
}
export const names = (events: WatchEvent[]) =>
  events.map(({ event, runId }) => `${event} ${runId ?? ''}`.trim());
