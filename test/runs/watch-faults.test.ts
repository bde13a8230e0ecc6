import 'should';
import { createJobPolling } from '../../src/runs/polling/job-polling';
import type { WatchEvent, WatchEventKind } from '../../src/runs/watch/watch-event';
import type { Progress } from '../../src/runs/run/job-reading';
import type { WatchNotice } from '../../src/runs/watch/watch-listener';
import { createWatcher } from '../../src/runs/watch/watcher';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import type { FaultRule } from '../../src/simulator';
import { runsOnSimulator } from '../support/runs-on-simulator';
import { plainWatch, throwing } from './plain-watch';

const RUNS = 6;
const lists = '^/jobs/[^/]+/runs/$';
const statuses = '^/jobs/[^/]+/statuses/$';

/** Everything that a poll may be answered and that is no news. Each lasts for a while, then the platform is well again. */
const faults: Record<string, FaultRule[]> = {
  'nothing wrong': [],
  '504 on statuses': [{ path: statuses, status: 504, html: true, times: 12 }],
  '504 on lists': [{ path: lists, status: 504, html: true, times: 12 }],
  '500 and 503 on everything': [
    { path: '^/jobs/', status: 500, times: 6 },
    { path: '^/jobs/', status: 503, times: 6 },
  ],
  'resets before the answer': [{ path: '^/jobs/', reset: 'before', times: 12 }],
  'resets within the answer': [{ path: '^/jobs/', reset: { at: 200 }, times: 8 }],
  'cut JSON': [{ path: '^/jobs/', cut: 150, times: 8 }],
  'HTML in a 200': [{ path: '^/jobs/', html: true, times: 8 }],
  'an answer without results': [{ path: '^/jobs/', body: {}, times: 8 }],
  'an error in a 200': [{ path: '^/jobs/', body: { detail: 'Try again.' }, times: 8 }],
  null: [{ path: '^/jobs/', body: null, times: 8 }],
  'rows of nothing': [{ path: lists, body: { count: 2, next: null, results: [null, 7, {}] }, times: 8 }],
  'an empty page': [{ path: lists, emptyPage: true, times: 2 }],
  'rows left out': [{ path: lists, missingRows: 4, times: 6 }],
  'rows twice': [{ path: lists, duplicateRows: 5, times: 10 }],
  'a key refused for a while': [{ path: '^/jobs/', status: 401, times: 6 }],
  'a job forbidden for a while': [{ path: '^/jobs/', status: 403, times: 6 }],
  'not found for a moment': [{ path: '^/jobs/', status: 404, times: 2 }],
  'a job that answers 404 for its list': [{ path: lists, status: 404, times: 6 }],
  'a search for logs that fails': [{ path: '^/jobs/[^/]+/files/$', status: 504, times: 4 }],
  'logs that can’t be read': [{ path: '^/files/', status: 500, times: 6 }],
};

/** What a watch told while the runs of a job ended one after the other and the platform was not well. */
interface Told {
  events: WatchEvent[];
  /** Events of runs that had not ended, and a job's before its last run had. */
  tooEarly: WatchEvent[];
  notices: WatchNotice[];
  progress: Progress;
}

async function watchThrough(rules: FaultRule[]): Promise<Told> {
  // The patience for evidence, 120 s, is six seconds of this machine, which may be a crowded one.
  const place = await runsOnSimulator({ speed: 20 });
  const { simulator, client, clock } = place;
  const runs = Array.from({ length: RUNS }, () => ({ duration: null, outputsAfter: 5 }));
  const jobId = simulator.createJob({ runs });
  const ended = new Set<string>();
  const told: Told = { events: [], tooEarly: [], notices: [], progress: null as unknown as Progress };
  const polling = createJobPolling({ client, clock });
  const watcher = createWatcher(
    {
      polling,
      store: createMemoryStore(),
      clock,
      origin: simulator.origin,
      ...plainWatch,
      events: new Set<WatchEventKind>(['completed', 'job']),
      outcome: true,
      process: 'test',
      readJobs: () => Promise.resolve([jobId]),
    },
    {
      send(event) {
        told.events.push(event);
        const due = event.runId === null ? ended.size === RUNS : ended.has(event.runId);
        if (!due) told.tooEarly.push(event);
        return Promise.resolve(true);
      },
      onChange: ({ progress }) => (told.progress = progress),
      onOutage: () => undefined,
      onNotice: (notice) => told.notices.push(notice),
      ...throwing,
    },
  );
  void watcher.start();
  try {
    await until(() => told.progress?.total === RUNS);
    simulator.setFaults(rules);
    for (let id = 1; id <= RUNS; id += 1) {
      ended.add(String(id));
      simulator.control(jobId, { action: 'end-run', runId: String(id), exitCode: codeOf(id) });
      await clock.sleep(20_000);
    }
    await until(() => told.events.some(({ event }) => event === 'job'));
    // What would come twice comes now.
    await clock.sleep(120_000);
    return told;
  } finally {
    await watcher.stop();
    polling.close();
    await place.close();
  }
}

function codeOf(runId: number): number {
  return runId % 4 === 0 ? 9 : 0;
}

describe('A watch of a platform that is not well', function () {
  this.timeout(300_000);
  const scenes = new Map<string, Promise<Told>>();

  before(() => {
    // All at once, each on a simulator of its own: they wait more than they work.
    for (const [name, rules] of Object.entries(faults)) {
      const scene = watchThrough(rules);
      scene.catch(() => undefined);
      scenes.set(name, scene);
    }
  });

  for (const name of Object.keys(faults)) {
    it(`tells everything once and nothing else: ${name}`, async () => {
      const { events, tooEarly, notices, progress } = await scenes.get(name)!;
      tooEarly.should.eql([]);
      notices.should.eql([]);
      const completed = events.filter(({ event }) => event === 'completed');
      const runIds = completed.map(({ runId }) => Number(runId)).sort((a, b) => a - b);
      runIds.should.eql(Array.from({ length: RUNS }, (_, index) => index + 1));
      events.length.should.equal(RUNS + 1);
      progress.completed.should.equal(RUNS);
      for (const { runId, outcome } of completed) {
        // Evidence that could not be read in time is no evidence, and never the wrong one.
        const right = codeOf(Number(runId)) === 0 ? 'succeeded' : 'failed';
        (/logs/.test(name) ? [right, 'unknown'] : [right]).should.containEql(outcome!.result);
      }
    });
  }

  it('asks nothing before the time that a 429 names', async () => {
    const place = await runsOnSimulator({ speed: 120 });
    const { simulator, client, clock } = place;
    const jobId = simulator.createJob({ runs: [{ duration: null }] });
    const polling = createJobPolling({ client, clock });
    let readings = 0;
    for (let party = 0; party < 5; party += 1) {
      const interest = { interval: 10_000, onReading: () => (readings += 1), onTrouble: () => undefined };
      polling.followJob(jobId, interest);
    }
    await until(() => readings > 0);
    // Two seconds of this machine, which are four minutes of the watch.
    simulator.setFaults([{ path: '^/jobs/', status: 429, retryAfter: { seconds: 2 } }]);
    await until(() => client.budget.pausedUntil !== null);
    const pausedAt = Date.now();
    simulator.clearRequests();
    await until(() => simulator.requests().length > 0);
    (Date.now() - pausedAt).should.be.aboveOrEqual(1900);
    polling.close();
    await place.close();
  });
});

async function until(happened: () => boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!happened()) {
    if (Date.now() > end) throw new Error('did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
