import { RescaleError, type ErrorText } from '../../api/errors/errors';
import type { Baseline } from '../../runs/watch/watched-job';
import { TOPICS, type WatchEvent, type WatchEventKind } from '../../runs/watch/watch-event';
import type { WatchNotice, WatchOverview } from '../../runs/watch/watch-listener';
import { sampleEvents } from '../../runs/watch/sample-events';
import { atLeastOf, type JobsNamed } from '../../runs/watch/job-set';
import { createWatcher, type Watcher } from '../../runs/watch/watcher';
import type { Behaviour, Control, NodeHost } from '../definition/definition';
import { showOutage } from './node-outage';
import { oddEndText, oddEndWarning } from '../status/odd-end';
import { unknownStatusText, unknownStatusWarning } from '../status/unknown-status';
import type { NamedJobs } from '../fields/watch-fields';
import { globFilter } from '../../runs/files/glob';
import { sharedPolling } from '../platform/shared-polling';
import { openStateStore, removeState, thisProcess } from '../state/state-place';

/** What the fields of the node say. */
export interface WatchFields {
  scope: 'jobs' | 'all';
  /** Null when the property they come from has no value now. */
  jobs: NamedJobs | null;
  /** Of a control message. */
  jobId: string;
  events: WatchEventKind[];
  /** Seconds. */
  interval: number;
  startFrom: 'now' | 'hours' | 'all';
  startFromHours: number;
  outcome: boolean;
  files: boolean;
  /** Hours; 0 = off. */
  overdue: number;
  waiting: number;
  /** A glob for names of jobs; blank = all. */
  search: string;
}

/** A watch as a node: it begins with the flows, sends what happens, and is told what to do by messages. */
export function watchNode(host: NodeHost<WatchFields>): Behaviour<WatchFields> {
  const store = openStateStore(host);
  let watcher: Watcher | null = null;
  let opening: Promise<Watcher> | null = null;
  /** After a failure, as of a platform or disk that is not ready, the next caller tries again. */
  const opened = () =>
    (opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    }));
  /** The last error of the field `jobs`, so that it is reported once and not at every round. */
  let lastReport = '';

  function reportOnce(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== lastReport) host.report(error);
    lastReport = text;
  }

  async function readJobs(): Promise<JobsNamed> {
    try {
      const jobs = await host.read('jobs');
      if (!jobs?.odd) {
        lastReport = '';
        return jobs && jobs.ids;
      }
      reportOnce(jobs.odd);
      return jobs.ids.length > 0 ? { atLeast: jobs.ids } : null;
    } catch (error) {
      reportOnce(error);
      return null;
    }
  }

  async function open(): Promise<Watcher> {
    const connection = await host.connect();
    const { scope, interval, search, ...settings } = await readSettings(host);
    // Closed meanwhile, for example while the simulator started: nobody would end it any more.
    if (host.signal.aborted) throw new RescaleError('RESCALE_CLOSED', 'closed');
    if (!store.durable) host.warn({ key: 'watch-not-durable' });
    watcher = createWatcher(
      {
        polling: sharedPolling(connection, host.clock),
        store,
        clock: host.clock,
        ...settings,
        origin: connection.origin,
        scope,
        matches: globFilter(search) ?? (() => true),
        interval: interval * 1000,
        readJobs,
        process: thisProcess,
      },
      {
        send,
        onChange: (overview) => show(host, overview, lastReport !== '', settings.outcome),
        onOutage: (error, jobId) => host.report(error, jobId === null ? undefined : { jobId }),
        onNotice: (notice) => reportNotice(host, notice),
        onFault: (error) => host.report(error),
      },
    );
    return watcher;
  }

  async function send(event: WatchEvent): Promise<boolean> {
    for (let sent = event; ; sent = { ...event, redelivered: true }) {
      const arrived = host.sending();
      await sendOnce(sent);
      if (host.signal.aborted) return false;
      if (await arrived()) return true;
    }
  }

  async function sendOnce(event: WatchEvent): Promise<void> {
    const { jobId, runId, outcome, summary, filesReady } = event;
    await host.send({
      // The flow may change what it gets, and this may have to be sent again.
      payload: structuredClone(event),
      set: { topic: TOPICS[event.event] },
      jobId,
      ...(runId !== null && { runId }),
      rescale: {
        state: stateOf(event),
        ...(outcome && { outcome }),
        summary,
        ...(filesReady !== undefined && { filesReady }),
      },
    });
  }

  const withWatcher =
    (action: (watcher: Watcher, control: Control<WatchFields>) => Promise<void>) =>
    async (control: Control<WatchFields>) =>
      action(await opened(), control);

  return {
    actions: {
      watch: withWatcher(async (watch, control) => watch.watch(await control.read('jobId'))),
      unwatch: withWatcher(async (watch, control) => watch.unwatch(await control.read('jobId'))),
      check: withWatcher((watch) => watch.check()),
      pause: withWatcher((watch) => watch.pause()),
      resume: withWatcher((watch) => watch.resume()),
      reset: withWatcher((watch) => watch.reset()),
      async 'restart-sweep'({ message }) {
        const { restart } = await host.connect();
        if (!restart)
          throw new RescaleError('RESCALE_INPUT', 'input-restart', { platform: host.platformName ?? '' });
        restart(typeof message.jobId === 'string' ? message.jobId : undefined);
      },
      async test() {
        const { events, overdue, waiting } = await readSettings(host);
        const [jobId] = atLeastOf(await readJobs());
        const samples = sampleEvents({
          events,
          jobId: jobId ?? 'sample',
          now: host.clock.now(),
          overdue,
          waiting,
        });
        for (const sample of samples) await send(sample);
      },
    },
    async started() {
      await (await opened()).start();
    },
    async closed({ configured }) {
      await watcher?.stop();
      if (!configured) await removeState(host);
    },
  };
}

/** `msg.rescale.state` of the run that the event is about. */
function stateOf({ event, run }: WatchEvent): string {
  if (event === 'waiting') return 'pending';
  if (event === 'started' || event === 'overdue') return 'running';
  return run && !run.dateCompleted ? 'ended' : 'completed';
}

const HOUR = 3_600_000;

/** The fields except `jobs`. `overdue` and `waiting` are chosen by their hours. */
async function readSettings(host: NodeHost<WatchFields>) {
  const [scope, ticked, interval, outcome, files, overdue, waiting, search, baseline] = await Promise.all([
    host.read('scope'),
    host.read('events'),
    host.read('interval'),
    host.read('outcome'),
    host.read('files'),
    host.read('overdue'),
    host.read('waiting'),
    host.read('search'),
    readBaseline(host),
  ]);
  const events = new Set<WatchEventKind>(ticked);
  for (const [event, hours] of Object.entries({ overdue, waiting }) as ['overdue' | 'waiting', number][]) {
    if (hours > 0) events.add(event);
    else events.delete(event);
  }
  const spans = { overdue: overdue * HOUR, waiting: waiting * HOUR };
  return { scope, events, interval, outcome, files, ...spans, search, baseline };
}

async function readBaseline(host: NodeHost<WatchFields>): Promise<Baseline> {
  const from = await host.read('startFrom');
  return from === 'hours' ? { from, hours: await host.read('startFromHours') } : { from };
}

/** A list of jobs that can't be read leaves the watch with those it has, which may be none. */
function show(
  host: NodeHost<WatchFields>,
  overview: WatchOverview,
  jobsUnusable: boolean,
  outcome: boolean,
): void {
  showOutage(host, overview);
  host.showUnread(overview.unread);
  const [goneJob] = overview.jobsGone;
  const { slowedTo, awaited } = overview;
  const { running, total } = overview.progress;
  const allEnded = overview.progress.completed === total;
  // What is not told yet is not done: its alert may still be to come.
  const completed = Math.max(0, overview.progress.completed - awaited);
  if (overview.paused) host.show('idle', { key: 'paused' });
  else if (goneJob !== undefined) host.show('failed', { key: 'no-such-job', values: { jobId: goneJob } });
  else if (!overview.stored) host.show('failed', { key: 'not-stored' });
  else if (jobsUnusable) host.show('failed', { key: 'failed-field', values: { field: 'jobs' } });
  else if (overview.unknownStatus !== null) host.show('trouble', unknownStatusText(overview.unknownStatus));
  else if (overview.doubted) host.show('trouble', oddEndText(overview.doubted.runId, overview.doubted.count));
  else if (overview.jobs === 0) host.show('idle', { key: 'no-jobs' });
  else if (total === 0) host.show('busy', { key: 'watching-jobs', values: { count: overview.jobs } });
  else if (allEnded && awaited > 0) {
    host.show(
      'busy',
      outcome ? { key: 'reading-logs', values: { count: awaited } } : { key: 'awaiting-files' },
    );
  } else if (slowedTo !== null) {
    host.show('busy', { key: 'watching-slowly', values: { completed, total, seconds: slowedTo } });
  } else {
    const kind = completed === total ? 'done' : 'busy';
    host.show(kind, { key: 'watching', values: { running, completed, total } });
  }
}

function reportNotice(host: NodeHost<WatchFields>, notice: WatchNotice): void {
  const platform = host.platformName ?? '';
  if (notice.notice === 'run-gone') {
    const { jobId, runId } = notice;
    host.report(new RescaleError('RESCALE_NOT_FOUND', 'run-gone', { jobId, runId }), { jobId, runId });
  } else if (notice.notice === 'job-gone') {
    const { jobId } = notice;
    const error = new RescaleError('RESCALE_NOT_FOUND', 'not-found-job', { jobId, platform }, 404);
    host.report(error, { jobId });
  } else if (notice.notice === 'lost') {
    // What ended meanwhile may never be told: who relies on that has to hear of it.
    const { jobId } = notice;
    const lost = jobId === null ? 'watch-lost' : 'watch-lost-job';
    const values: Record<string, string> = jobId === null ? {} : { jobId };
    host.report(new RescaleError('RESCALE_PROTOCOL', lost, values), values);
  } else host.warn(warningOf(notice));
}

function warningOf(notice: Exclude<WatchNotice, { notice: 'run-gone' | 'job-gone' | 'lost' }>): ErrorText {
  if (notice.notice === 'status-unknown') return unknownStatusWarning(notice);
  if (notice.notice === 'end-doubtful') return oddEndWarning(notice.jobId, notice.runId, notice.doubt);
  if (notice.notice === 'began-anew') return { key: 'watch-began-anew' };
  if (notice.notice === 'not-durable') {
    return { key: 'watch-not-stored', values: { reason: notice.reason } };
  }
  if (notice.notice === 'reported-also') {
    return { key: 'watch-reported-also', values: { jobs: notice.jobs, runs: notice.runs } };
  }
  const { notice: kind, jobId } = notice;
  if (jobId === null) return { key: `watch-${kind}` };
  return { key: kind === 'job-dropped' ? 'watch-job-dropped' : `watch-${kind}-job`, values: { jobId } };
}
