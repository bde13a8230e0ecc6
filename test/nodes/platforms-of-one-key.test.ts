import 'should';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../src/simulator';
import { seededRandom } from '../support/seeded-random';
import { loadFlow, platformOf, tlsNode, type FlowNode } from '../support/flow';
import { shakePlatforms } from '../support/platforms-of-one-key';

describe('Several platforms with one key', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let userDir: string;

  before(async () => {
    simulator = await startSimulator({ speed: 0 });
    userDir = await mkdtemp(join(tmpdir(), 'platforms-'));
  });
  after(async () => {
    await simulator.close();
    await rm(userDir, { recursive: true, force: true, maxRetries: 3 });
  });

  for (const platforms of [2, 3, 4]) {
    it(`all live after they were broken, repaired and redeployed (${platforms})`, async () => {
      const random = seededRandom(platforms);
      const report = await shakePlatforms({ simulator, platforms, duration: 3000, random, userDir });
      report.should.have.properties({ watching: platforms, answering: platforms, unexpected: [] });
      report.redeploys.should.be.above(3);
    });
  }

  /** A platform and its watch, and a collector behind it. */
  const withWatch = (name: string, fields: Record<string, unknown>, jobId: string): FlowNode[] => [
    platformOf(simulator, { id: name, ...fields }).node,
    {
      ...{
        id: `watch ${name}`,
        type: 'rescale-watch-runs',
        z: 'tab',
        platform: name,
        wires: [[`events ${name}`]],
      },
      ...{ jobs: jobId, jobsType: 'str', interval: 5, events: ['completed'], outcome: false },
    },
    { id: `events ${name}`, type: 'collector', z: 'tab' },
  ];
  const tab: FlowNode = { id: 'tab', type: 'tab', label: 'test' };
  const credentialsOf = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, { token: simulator.token }]));

  it('one works while another is broken, each through its own client', async () => {
    simulator.createJob({ id: 'beside', runs: [{ duration: null }] });
    const flow = await loadFlow(
      [
        tab,
        ...withWatch('broken', { tls: 'tls' }, 'beside'),
        ...withWatch('well', { apiVersion: 'v1' }, 'beside'),
      ],
      { credentials: credentialsOf('broken', 'well') },
    );
    try {
      await flow.status('watch broken', ({ fill }) => fill === 'red');
      await flow.status('watch well', ({ text }) => text?.endsWith('of 1') ?? false);
      simulator.clearRequests();
      simulator.control('beside', { action: 'end-run', runId: '1' });
      simulator.advance(60);
      flow.receive('watch well', { action: 'check' });
      (await flow.take('events well')).should.have.property('topic', 'run/completed');
      const versions = new Set(simulator.requests().map(({ url }) => url.startsWith('/api/v2/')));
      [...versions].should.eql([false]);
    } finally {
      await flow.unload();
    }
  });

  it('one that could not start starts when it can, without being deployed again', async () => {
    simulator.createJob({ id: 'later', runs: [{ duration: null }] });
    const nodes = [tab, ...withWatch('late', { tls: 'tls' }, 'later')];
    const flow = await loadFlow([...nodes, { ...tlsNode, id: 'another' }], {
      credentials: credentialsOf('late'),
      patience: 60_000,
    });
    try {
      await flow.status('watch late', ({ fill }) => fill === 'red');
      // Only the TLS node is new, so that Node-RED restarts nothing else.
      await flow.deploy([...nodes, tlsNode], 'nodes');
      await flow.status('watch late', ({ text }) => text?.endsWith('of 1') ?? false);
      simulator.control('later', { action: 'end-run', runId: '1' });
      simulator.advance(60);
      flow.receive('watch late', { action: 'check' });
      (await flow.take('events late')).should.have.property('topic', 'run/completed');
    } finally {
      await flow.unload();
    }
  });
});
