import 'should';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onEscapedFault } from '../../src/api/errors/guard';
import { systemClock } from '../../src/api/time/clock';
import type { LoadedFlow } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const planted = () => {
  throw new Error('planted');
};

/**
 * Anything that escapes here ends the test run, as it would end Node-RED. Each port throws for a while; afterwards the
 * watch must tell what happens all the same.
 */
describe('A port that throws', function () {
  this.timeout(120_000);
  const suite = nodesOnSimulator();
  let userDir: string;
  let restore = () => {};
  let faults = 0;
  const stopListening = onEscapedFault(() => (faults += 1));

  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'planted-'));
    faults = 0;
  });
  afterEach(() => {
    restore();
    return rm(userDir, { recursive: true, force: true, maxRetries: 3 });
  });
  after(() => stopListening());

  /** Replaces a function until `restore`. */
  const plant = (owner: object, name: string, instead: unknown = planted) => {
    const before = Reflect.get(owner, name) as unknown;
    Reflect.set(owner, name, instead);
    restore = () => void Reflect.set(owner, name, before);
  };
  const load = async (jobId: string): Promise<LoadedFlow> => {
    suite.simulator.createJob({ id: jobId, runs: [{ duration: null }, { duration: null }] });
    const watch = {
      type: 'rescale-watch-runs',
      jobs: jobId,
      interval: 5,
      outcome: false,
      events: ['completed'],
    };
    const flow = await suite.load(watch, {}, { settings: { userDir }, patience: 60_000 });
    await flow.status('node', ({ text }) => text?.endsWith('of 2') ?? false);
    return flow;
  };
  const end = (jobId: string, runId: string) => {
    suite.simulator.control(jobId, { action: 'end-run', runId });
    suite.simulator.advance(60);
  };
  const check = (flow: LoadedFlow) => flow.receive('node', { action: 'check' });
  const beat = () => new Promise((resolve) => setTimeout(resolve, 200));

  const files = module.require('node:fs/promises') as object;
  for (const [port, owner, name] of [
    ['monotonic clock', systemClock, 'monotonic'],
    ['time of day', systemClock, 'now'],
    ['sleep', systemClock, 'sleep'],
    ['file that can’t be opened', files, 'open'],
    ['file that can’t be renamed', files, 'rename'],
  ] as [string, object, string][]) {
    it(`for a while leaves the watch alive: ${port}`, async () => {
      const jobId = `planted-${name}`;
      const flow = await load(jobId);
      plant(owner, name);
      check(flow);
      end(jobId, '1');
      await beat();
      check(flow);
      await beat();
      restore();
      end(jobId, '2');
      check(flow);
      await flow.until('both ends to be told', () => {
        const told = new Set(flow.received('out').map(({ runId }) => runId));
        return told.size === 2 || undefined;
      });
    });
  }

  it('at the listener of statuses fails no message', async () => {
    suite.simulator.createJob({ id: 'statuses', runs: [{ duration: null }] });
    const flow = await suite.load({ type: 'rescale-get-run' });
    flow.RED.events.on('node-status', planted);
    try {
      flow.receive('node', { jobId: 'statuses', runId: '1' });
      (await flow.take('out')).should.have.property('runId', '1');
      await flow.take('completed');
      faults.should.be.above(0);
    } finally {
      flow.RED.events.removeListener('node-status', planted);
    }
  });

  it('at a message that can’t be copied sends each row without what throws', async () => {
    suite.simulator.createJob({ id: 'copies', runs: [{ duration: null }, { duration: null }] });
    const flow = await suite.load({ type: 'rescale-list-runs', emit: 'each' });
    const odd = Object.defineProperty({}, 'part', { enumerable: true, get: planted });
    flow.node('node').receive({ jobId: 'copies', odd, fine: { kept: true } });
    for (const message of await flow.takeAll('out', 2)) {
      message.should.have.property('fine', { kept: true });
      message.should.not.have.property('odd');
    }
    flow.received('caught').should.be.empty();
  });

  for (const type of ['rescale-wait-run', 'rescale-follow-file', 'rescale-watch-runs']) {
    it(`at msg.action is one error of ${type}`, async () => {
      suite.simulator.createJob({ id: 'actions', runs: [{ duration: null }] });
      const flow = await suite.load({ type, jobs: 'actions', jobsType: 'str', interval: 5 });
      const message = { jobId: 'actions', runId: '1', path: 'log', what: 'planted' };
      flow.node('node').receive(Object.defineProperty(message, 'action', { enumerable: true, get: planted }));
      const { error, what } = await flow.take('caught');
      error!.should.have.property('code', 'RESCALE_INPUT');
      what!.should.equal('planted');
      flow.received('out').should.be.empty();
    });
  }
});
