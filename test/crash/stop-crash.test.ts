import 'should';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import { startRemoteSimulator, type RemoteSimulator } from '../support/remote-simulator';

const PATIENCE = 60_000;

describe('A run that this flow stopped', function () {
  this.timeout(150_000);
  let simulator: RemoteSimulator;
  let nodeRed: NodeRed;

  before(async () => {
    simulator = await startRemoteSimulator({ speed: 0 });
    nodeRed = await startNodeRed({ runtime: '4.1' });
  });
  after(async () => {
    await nodeRed?.remove();
    await simulator?.close();
  });

  it('is told as stopped by a Node-RED that was killed in between, and no other run is', async () => {
    const runs = [1, 2].map(() => ({ duration: null, outputsAfter: 0 }));
    await simulator.createJob({ id: 'sweep', runs });
    await simulator.advance(1);
    await nodeRed.deploy(flows(simulator));
    await until(() => nodeRed.comms.statuses('watch').length > 0);
    await nodeRed.inject('stop 1');
    await until(() => nodeRed.recorded('stopped').length === 1);
    await nodeRed.kill();
    for (const runId of ['1', '2'])
      await simulator.control('sweep', { action: 'end-run', runId, exitCode: 143 });
    await simulator.advance(60);
    await nodeRed.restart();
    await until(() => nodeRed.recorded('ends').length === 2);
    const results = Object.fromEntries(
      nodeRed.recorded<WatchEvent>('ends').map(({ runId, outcome }) => [runId, outcome?.result]),
    );
    results.should.eql({ 1: 'stopped', 2: 'failed' });
  });
});

async function until(happened: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!happened()) {
    if (Date.now() > end) throw new Error('what is waited for did not happen');
    await sleep(250);
  }
}

function flows(simulator: RemoteSimulator): FlowNode[] {
  const place = { z: 'tab', x: 0, y: 0 };
  const note = (id: string, name: string): FlowNode => ({
    ...place,
    id,
    type: 'function',
    outputs: 0,
    func: `global.get('record')('${name}', msg.payload);`,
    wires: [],
  });
  return [
    { id: 'tab', type: 'tab', label: 'stop' },
    {
      id: 'platform',
      type: 'rescale-platform',
      url: simulator.origin,
      rate: 0,
      credentials: { token: simulator.token },
    },
    {
      ...place,
      id: 'watch',
      type: 'rescale-watch-runs',
      platform: 'platform',
      jobs: 'sweep',
      interval: 5,
      events: ['completed'],
      wires: [['note ends']],
    },
    note('note ends', 'ends'),
    {
      ...place,
      id: 'stop 1',
      type: 'inject',
      props: [
        { p: 'jobId', v: 'sweep', vt: 'str' },
        { p: 'runId', v: '1', vt: 'str' },
      ],
      wires: [['stop']],
    },
    { ...place, id: 'stop', type: 'rescale-stop-run', platform: 'platform', wires: [['note stopped']] },
    note('note stopped', 'stopped'),
  ];
}
