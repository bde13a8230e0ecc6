import { setTimeout as pause } from 'node:timers/promises';

import { platformNode, startBenchNodeRed } from '../bench-node-red';
import { atMost, milliseconds, shown, type BenchResult } from '../figures';
import { startBenchSimulator, strictPlatform } from '../simulator';
import type { Bench } from '../bench';

const QUEUED = 1000;
/** Seconds after which the burst is used up and the rest of the messages waits. */
const SETTLING = 12;

/** A stop while a thousand messages wait for the rate of the platform. */
export const stop: Bench = async (runtime, nodeArguments) => {
  const simulator = await startBenchSimulator(strictPlatform);
  const place = { z: 'tab', x: 0, y: 0 };
  const sends = (count: number) =>
    `for (let n = 0; n < ${count}; n += 1) node.send({ jobId: 'job', runId: String(1 + (n % 10)) });`;
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    subjects: {},
    others: [
      platformNode(simulator.origin, { rate: '' }),
      { ...place, id: 'many', type: 'inject', props: [], wires: [['send-many']] },
      { ...place, id: 'send-many', type: 'function', outputs: 1, func: sends(QUEUED), wires: [['get']] },
      { ...place, id: 'get', type: 'rescale-get-run', platform: 'platform', wires: [[]] },
      { ...place, id: 'one', type: 'inject', props: [], wires: [['send-one']] },
      {
        ...place,
        id: 'send-one',
        type: 'function',
        outputs: 1,
        func: `global.get('record')('asked', Date.now()); return { jobId: 'job', runId: '7' };`,
        wires: [['stop']],
      },
      { ...place, id: 'stop', type: 'rescale-stop-run', platform: 'platform', wires: [[]] },
    ],
  });
  try {
    await simulator.create({
      id: 'job',
      runs: Array.from({ length: 10 }, () => ({ duration: null, startsAt: 0 })),
    });
    await bench.nodeRed.inject('many');
    await pause(SETTLING * 1000);
    await bench.nodeRed.inject('one');
    await pause(3_000);
    const [asked] = bench.nodeRed.recorded<number>('asked');
    const after = (await simulator.requests()).filter(({ at }) => at >= asked!);
    const index = after.findIndex(({ method, url }) => method === 'POST' && url.endsWith('/stop/'));
    const sent = after[index];
    const queued = QUEUED - (await simulator.figures()).requests;
    return {
      rows: [
        {
          bench: `a stop while ${shown(QUEUED)} messages wait`,
          subject: 'stop-run',
          figures: {
            'goes out as request number': sent ? String(index + 1) : '–',
            'sent after': sent ? milliseconds(sent.at - asked!) : '–',
            'still waiting': shown(queued),
          },
        },
      ],
      goals: [atMost('place of a stop among the next requests', sent ? index + 1 : Infinity, 3)],
      told: [
        {
          what: `a stop while ${shown(QUEUED)} messages wait`,
          ours: sent ? `request ${index + 1}, after ${milliseconds(sent.at - asked!)}` : '',
          instead: '',
        },
      ],
    } satisfies BenchResult;
  } finally {
    await bench.remove();
    simulator.close();
  }
};
