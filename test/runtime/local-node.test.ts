import 'should';
import should from 'should';
import { defineLocalNode } from '../../src/runtime/node/define-node';
import { startSimulator, type Simulator } from '../../src/simulator';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';

const PROBE = 'rescale-probe';

describe('a node that needs no platform', () => {
  let simulator: Simulator;
  let flow: LoadedFlow | null = null;

  before(async () => {
    simulator = await startSimulator({ speed: 0 });
  });
  after(() => simulator.close());
  afterEach(() => flow?.unload());

  const load = async (result: Record<string, unknown>): Promise<LoadedFlow> => {
    const module = defineLocalNode({ type: PROBE, fields: {}, input: () => Promise.resolve(result) });
    const [nodes, options] = flowAround({ type: PROBE }, platformOf(simulator));
    for (const node of nodes) delete node.platform;
    flow = await loadFlow(nodes, { ...options, own: { [PROBE]: module } });
    return flow;
  };

  it('works without one, and adds to what earlier nodes said of job, run and platform', async () => {
    const loaded = await load({ payload: 'result', rescale: { log: { step: 3 } } });
    const earlier = {
      platform: 'https://eu.rescale.com',
      jobId: 'j1',
      runId: '2',
      link: 'page',
      status: 200,
    };
    loaded.receive('node', { payload: 'asked', jobId: 'j1', runId: '2', rescale: earlier });
    const message = await loaded.take('out');
    message.should.have.properties({ payload: 'result', jobId: 'j1', runId: '2' });
    message.rescale!.should.deepEqual({ ...earlier, log: { step: 3 } });
    loaded
      .statuses('node')
      .filter(({ fill }) => fill === 'red')
      .should.eql([]);
  });

  it('makes up no platform for a message that comes from elsewhere', async () => {
    const loaded = await load({ rescale: { log: { step: 3 } } });
    loaded.receive('node', { payload: 'asked' });
    const message = await loaded.take('out');
    message.rescale!.should.deepEqual({ log: { step: 3 } });
    message.should.not.have.properties(['jobId', 'runId']);
  });

  it('removes what would mean something else to the next node', async () => {
    const loaded = await load({ remove: ['action'] });
    loaded.receive('node', { payload: 'kept', action: 'stop' });
    const message = await loaded.take('out');
    message.payload!.should.equal('kept');
    should('action' in message).be.false();
  });
});
