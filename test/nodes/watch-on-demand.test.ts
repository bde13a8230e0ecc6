import 'should';
import { sampleEvents } from '../../src/runs/watch/sample-events';
import { WATCH_EVENTS, type WatchEvent } from '../../src/runs/watch/watch-event';
import { leaseSimulator } from '../../src/runtime/platform/simulator-lease';
import { startSimulator, type Simulator } from '../../src/simulator';
import { flowAround, loadFlow } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';
import { userFolderForEach } from '../support/user-folder';

const type = 'rescale-watch-runs';
/** No other suite asks for this clock, so that the simulator in the process is this one's. */
const SPEED = 7;

describe('rescale-watch-runs, on demand', function () {
  this.timeout(120_000);
  const suite = nodesOnSimulator();
  const userFolder = userFolderForEach('watch-on-demand');

  it('sends a sample of each chosen event, and tells no real one less for it', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }] });
    const node = {
      type,
      jobs: jobId,
      events: ['completed', 'started'],
      overdue: 3,
      interval: 5,
      outcome: false,
    };
    const flow = await suite.load(node, {}, { settings: { userDir: userFolder.path } });
    await flow.status('node', ({ text }) => text?.endsWith('of 1') ?? false);
    flow.receive('node', { action: 'test' });
    const samples = (await flow.takeAll('out', 3)).map(({ topic, payload }) => ({
      topic,
      ...(payload as WatchEvent),
    }));
    samples.map(({ topic }) => topic).should.eql(['run/started', 'run/completed', 'run/overdue']);
    for (const sample of samples) {
      sample.should.have.properties({ test: true, jobId, runId: '1' });
      sample.summary.should.startWith('Test: ');
    }
    suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
    flow.receive('node', { action: 'check' });
    const real = (await flow.take('out')).payload as WatchEvent;
    real.should.have.properties({ event: 'completed', runId: '1' });
    real.should.not.have.property('test');
  });

  it('begins the sweep of the simulator anew, and says on a real platform why it can’t', async () => {
    const lease = await leaseSimulator(startSimulator, SPEED);
    const inside = lease.simulator as Simulator;
    const began = async () => {
      const headers = { authorization: `Token ${inside.token}` };
      const answer = await fetch(`${inside.origin}/api/v2/jobs/foamSweep/`, { headers });
      return ((await answer.json()) as { dateInserted: string }).dateInserted;
    };
    const platform = {
      node: { id: 'platform', type: 'rescale-platform', url: 'simulator', speed: SPEED },
      credentials: {},
    };
    const [nodes] = flowAround({ type, jobs: 'foamSweep', interval: 3600 }, platform);
    const flow = await loadFlow(nodes, { settings: { userDir: userFolder.path } });
    const first = await began();
    inside.advance(100);
    flow.receive('node', { action: 'restart-sweep' });
    await flow.take('completed');
    (await began()).should.not.equal(first);
    flow.receive('node', { action: 'restart-sweep', jobId: 'nobody' });
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_NOT_FOUND');
    await flow.unload();
    lease.release();

    const real = await suite.load(
      { type, jobs: 'x', interval: 3600 },
      {},
      { settings: { userDir: userFolder.path } },
    );
    real.receive('node', { action: 'restart-sweep' });
    const { error } = await real.take('caught');
    error!.should.have.property('code', 'RESCALE_INPUT');
    error!.should.have.property('message').match(/simulator/);
  });
});

describe('sample events', () => {
  const HOUR = 3_600_000;
  const NOW = Date.parse('2026-03-01T12:00:00Z');
  const all = { events: new Set(WATCH_EVENTS), jobId: 'job', now: NOW, overdue: 3 * HOUR, waiting: HOUR };

  it('come once for each chosen event, in one order, and never twice with one id', () => {
    sampleEvents(all)
      .map(({ event }) => event)
      .should.eql([...WATCH_EVENTS]);
    sampleEvents({ ...all, events: new Set(['job']) }).length.should.equal(1);
    new Set(sampleEvents(all).map(({ eventId }) => eventId)).size.should.equal(WATCH_EVENTS.length);
  });

  it('are what such an event would be, and say that they are none', () => {
    const by = Object.fromEntries(sampleEvents(all).map((sample) => [sample.event, sample]));
    for (const sample of Object.values(by)) {
      sample.should.have.properties({ jobId: 'job', test: true, late: false, redelivered: false });
      sample.summary.should.match(/^Test: .*job/);
      sample.detectedAt.should.equal('2026-03-01T12:00:00.000Z');
    }
    by['completed']!.should.have.properties({ runId: '1', duration: 7200 });
    by['completed']!.outcome!.result.should.equal('failed');
    by['completed']!.progress.should.eql({ total: 1, pending: 0, running: 0, completed: 1 });
    by['overdue']!.should.have.properties({ duration: 10_800 });
    by['overdue']!.progress.running.should.equal(1);
    by['waiting']!.progress.pending.should.equal(1);
    (by['waiting']!.run!.dateStarted === null).should.be.true();
    (by['job']!.runId === null && by['job']!.run === null).should.be.true();
  });
});
