import 'should';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import type { FlowNode } from '../real/node-red';
import type { RemoteSimulator } from '../support/remote-simulator';
import { killedNodeRed, note, place, tabWithPlatform, until } from './killed-node-red';

const PATIENCE = 60_000;

describe('A run that this flow stopped', function () {
  this.timeout(150_000);
  const started = killedNodeRed({ speed: 0 });

  it('is told as stopped by a Node-RED that was killed in between, and no other run is', async () => {
    const { simulator, nodeRed } = started;
    const happened = (fits: () => boolean) => until(fits, 'what the flow tells', PATIENCE);
    const runs = [1, 2].map(() => ({ duration: null, outputsAfter: 0 }));
    await simulator.createJob({ id: 'sweep', runs });
    await simulator.advance(1);
    await nodeRed.deploy(flows(simulator));
    await happened(() => nodeRed.comms.statuses('watch').length > 0);
    await nodeRed.inject('stop 1');
    await happened(() => nodeRed.recorded('stopped').length === 1);
    await nodeRed.kill();
    for (const runId of ['1', '2'])
      await simulator.control('sweep', { action: 'end-run', runId, exitCode: 143 });
    await simulator.advance(60);
    await nodeRed.restart();
    await happened(() => nodeRed.recorded('ends').length === 2);
    const results = Object.fromEntries(
      nodeRed.recorded<WatchEvent>('ends').map(({ runId, outcome }) => [runId, outcome?.result]),
    );
    results.should.eql({ 1: 'stopped', 2: 'failed' });
  });
});

function flows(simulator: RemoteSimulator): FlowNode[] {
  return [
    ...tabWithPlatform(simulator),
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
