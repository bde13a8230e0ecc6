import 'should';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../src/simulator';
import { loadFlow, platformOf, type FlowNode, type LoadedFlow } from '../support/flow';

type Place = 'subflow' | 'tab' | 'group';

/** Node-RED does not know that these use the platform, so a deploy that restarts it leaves them as they are. */
describe('A platform that is named by an environment property, edited and deployed', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let userDir: string;
  let flow: LoadedFlow | null = null;
  let jobs = 0;
  let jobId: string;

  before(async () => {
    simulator = await startSimulator({ speed: 0 });
  });
  after(() => simulator.close());
  beforeEach(async () => {
    simulator.clearRequests();
    userDir = await mkdtemp(join(tmpdir(), 'environment-'));
    jobId = `job-${(jobs += 1)}`;
    simulator.createJob({
      id: jobId,
      runs: [{ duration: null, files: [{ path: 'log', content: 'one\n' }] }],
    });
  });
  afterEach(async () => {
    await flow?.unload();
    flow = null;
    await rm(userDir, { recursive: true, force: true, maxRetries: 3 });
  });

  /** Nodes in a place that names their platform, what comes of each in a collector of its own, and of Catch in `caught`. */
  function flowIn(place: Place, nodes: FlowNode[], platform: Record<string, unknown> | null = {}) {
    const env = [{ name: 'PF', type: 'str', value: 'platform' }];
    const z = place === 'subflow' ? 'template' : 'tab';
    const ends = nodes.map(({ id }) => `${id} out`);
    const inPlace = nodes.map((node) => ({
      ...{ x: 0, y: 0, z, platform: '${PF}', wires: [[`${node.id} out`]] },
      ...(place === 'group' && { g: 'group' }),
      ...node,
    }));
    const around: Record<Place, FlowNode[]> = {
      tab: [{ id: 'tab', type: 'tab', env }, ...inPlace],
      group: [
        { id: 'tab', type: 'tab' },
        {
          id: 'group',
          type: 'group',
          z: 'tab',
          x: 0,
          y: 0,
          w: 9,
          h: 9,
          nodes: nodes.map(({ id }) => id),
          env,
        },
        ...inPlace,
      ],
      subflow: [
        { id: 'tab', type: 'tab' },
        {
          ...{ id: 'template', type: 'subflow', name: 'template', env },
          in: [{ x: 0, y: 0, wires: nodes.filter(({ id }) => id !== 'watch').map(({ id }) => ({ id })) }],
          out: nodes.map(({ id }) => ({ x: 0, y: 0, wires: [{ id, port: 0 }] })),
        },
        ...inPlace.map((node) => ({ ...node, wires: [[]] })),
        { id: 'instance', type: 'subflow:template', z: 'tab', env: [], wires: ends.map((id) => [id]) },
      ],
    };
    return [
      ...around[place],
      ...(platform ? [platformOf(simulator, platform).node] : []),
      ...ends.map((id) => ({ id, type: 'collector', z: 'tab' })),
      { id: 'catcher', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['caught']] },
      { id: 'caught', type: 'collector', z: 'tab' },
    ];
  }

  const job = () => ({ jobId, jobIdType: 'str', runId: '1', runIdType: 'str' });
  const wait = (fields = {}): FlowNode => ({
    ...{ id: 'wait', type: 'rescale-wait-run', ...job(), outcome: false, files: false, interval: 5 },
    ...fields,
  });
  const holding = (): FlowNode[] => [
    wait(),
    { id: 'follow', type: 'rescale-follow-file', ...job(), path: 'log', pathType: 'str', interval: 2 },
    {
      ...{ id: 'watch', type: 'rescale-watch-runs', jobs: jobId, jobsType: 'str', interval: 5 },
      ...{ events: ['completed'], outcome: false, files: false, startFrom: 'now' },
    },
  ];

  async function load(nodes: FlowNode[]): Promise<LoadedFlow> {
    const credentials = { platform: { token: simulator.token } };
    return (flow = await loadFlow(nodes, { credentials, settings: { userDir } }));
  }

  /** Gives a message to the nodes; those in a subflow have ids that Node-RED has made. */
  const begin = (place: Place, ...ids: string[]) => {
    for (const id of place === 'subflow' ? ['instance'] : ids) flow!.receive(id, { payload: 'asked' });
  };

  /** The job is asked for: what is held is on disk by then. The simulator tells nobody of its requests. */
  const asked = async () => {
    while (!simulator.requests().some(({ url }) => /\/runs\//.test(url)))
      await new Promise((resolve) => setTimeout(resolve, 5));
  };

  for (const [place, type] of [
    ['subflow', 'nodes'],
    ['subflow', 'flows'],
    ['tab', 'nodes'],
    ['group', 'nodes'],
  ] as const) {
    it(`what a node in a ${place} holds goes on with the new one, once (deploys of type ${type})`, async () => {
      await load(flowIn(place, holding()));
      begin(place, 'wait', 'follow');
      (await flow!.take('follow out')).payload!.should.eql(['one']);
      for (const timeout of [29, 28]) {
        simulator.clearRequests();
        await flow!.deploy(flowIn(place, holding(), { timeout }), type);
        await asked();
      }
      simulator.control(jobId, { action: 'append', runId: '1', path: 'log', text: 'two\n' });
      simulator.control(jobId, { action: 'end-run', runId: '1' });
      simulator.advance(60);
      (await flow!.take('wait out')).should.have.property('jobId', jobId);
      (await flow!.take('watch out')).should.have.property('topic', 'run/completed');
      (await flow!.take('follow out')).payload!.should.eql(['two']);
      for (const id of ['wait out', 'watch out']) flow!.received(id).should.have.length(1);
      flow!.received('caught').should.be.empty();
    });
  }

  it('what is kept nowhere is told by Catch, once, as after a deploy of its node', async () => {
    const nodes = [wait({ durable: false })];
    await load(flowIn('tab', nodes));
    begin('tab', 'wait');
    await asked();
    await flow!.deploy(flowIn('tab', nodes, { timeout: 29 }), 'nodes');
    (await flow!.take('caught')).error!.should.have.property('code', 'RESCALE_CLOSED');
    // The next message shows that the first is no longer waited for.
    begin('tab', 'wait');
    simulator.control(jobId, { action: 'end-run', runId: '1' });
    simulator.advance(60);
    await flow!.take('wait out');
    flow!.received('wait out').should.have.length(1);
    flow!.received('caught').should.have.length(1);
  });

  it('one that is deleted is told, and what is held goes on when it is there again', async () => {
    await load(flowIn('tab', [wait()]));
    begin('tab', 'wait');
    await asked();
    await flow!.deploy(flowIn('tab', [wait()], null), 'nodes');
    (await flow!.take('caught')).error!.should.have.property('code', 'RESCALE_CONFIG');
    await flow!.status('wait', ({ text }) => text?.endsWith('no-platform') ?? false);
    // Node-RED has forgotten the key together with the node.
    await flow!.deploy(flowIn('tab', [wait()], { credentials: { token: simulator.token } }), 'nodes');
    simulator.control(jobId, { action: 'end-run', runId: '1' });
    simulator.advance(60);
    (await flow!.take('wait out')).should.have.property('jobId', jobId);
    flow!.received('caught').should.have.length(1);
  });
});
