/**
 * Deploys that close the next node of watches while these tell what ended: `npm run crash:deploys -- --deploys 60`.
 * The instant between the sending of a message and its arrival is what a kill hits too seldom. Ends with 1 when an event
 * was lost, or told twice without saying so.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import { startNodeRed, type FlowNode } from '../real/node-red';
import type { Runtime } from '../real/runtimes';
import { seededRandom } from '../support/seeded-random';
import { startRemoteSimulator, type RemoteSimulator } from '../support/remote-simulator';
import { note, place, tabWithPlatform, until } from './killed-node-red';

const { values } = parseArgs({
  options: {
    deploys: { type: 'string', default: '60' },
    watches: { type: 'string', default: '3' },
    runs: { type: 'string', default: '700' },
    runtime: { type: 'string', default: '4.1' },
    seed: { type: 'string', default: '1' },
  },
});

const PATIENCE = 120_000;
const watches = Array.from({ length: Number(values.watches) }, (_, index) => `watch${index + 1}`);

function flowsFor(simulator: RemoteSimulator, jobId: string, version: string): FlowNode[] {
  const told = watches.flatMap((name): FlowNode[] => [
    {
      ...place,
      id: name,
      type: 'rescale-watch-runs',
      platform: 'platform',
      jobs: jobId,
      interval: 5,
      events: ['completed'],
      outcome: false,
      wires: [[`note ${name}`]],
    },
    { ...note(`note ${name}`, name), name: version },
  ]);
  const check: FlowNode = {
    ...place,
    id: 'check',
    type: 'inject',
    props: [{ p: 'action', v: 'check', vt: 'str' }],
    wires: [watches],
  };
  return [...tabWithPlatform(simulator), ...told, check];
}

async function main(): Promise<void> {
  const random = seededRandom(Number(values.seed));
  const runs = Number(values.runs);
  const deploys = Number(values.deploys);
  const simulator = await startRemoteSimulator({ speed: 0 });
  const jobId = 'deploys';
  await simulator.createJob({
    id: jobId,
    runs: Array.from({ length: runs }, () => ({ duration: null, outputsAfter: 0 })),
  });
  await simulator.advance(1);
  const nodeRed = await startNodeRed({ runtime: values.runtime as Runtime });
  try {
    await nodeRed.deploy(flowsFor(simulator, jobId, 'first'));
    // The watches know what is old before anything ends.
    await sleep(5000);
    let ended = 0;
    for (let deploy = 1; deploy <= deploys; deploy += 1) {
      const next = Math.round((runs * deploy) / deploys);
      while (ended < next) {
        ended += 1;
        await simulator.control(jobId, { action: 'end-run', runId: String(ended), exitCode: 0 });
      }
      await simulator.advance(1);
      await nodeRed.inject('check');
      // Answers come within some ten milliseconds, so that some deploys come before, some while and some after it is told.
      await sleep(random() * 150);
      const type = random() < 0.7 ? 'nodes' : 'full';
      await nodeRed.deploy(flowsFor(simulator, jobId, `after ${deploy} deploys`), type);
    }
    const eventsOf = (name: string) => nodeRed.recorded<WatchEvent>(name);
    const different = (name: string) => new Set(eventsOf(name).map(({ runId }) => runId)).size;
    await until(() => watches.every((name) => different(name) === runs), 'all to be told', PATIENCE).catch(
      (error: Error) => console.log(error.message),
    );
    // What would come twice comes now.
    await sleep(6000);
    for (const name of watches) {
      const seen = new Set<string | null>();
      let doubled = 0;
      for (const { runId, redelivered } of eventsOf(name)) {
        if (seen.has(runId) && !redelivered) doubled += 1;
        seen.add(runId);
      }
      const again = eventsOf(name).filter(({ redelivered }) => redelivered).length;
      const lost = runs - seen.size;
      console.log(
        `${name}: ${deploys} deploys, ${runs} ends, ${lost} lost, ${doubled} doubled, ${again} redelivered`,
      );
      if (lost > 0 || doubled > 0) process.exitCode = 1;
    }
  } finally {
    await nodeRed.remove();
    await simulator.close();
  }
}

void main();
