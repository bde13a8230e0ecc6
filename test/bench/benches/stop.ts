import { setTimeout as pause } from 'node:timers/promises';

import { platformNode, startBenchNodeRed } from '../bench-node-red';
import { atMost, median, milliseconds, shown, type BenchResult } from '../figures';
import { startBenchSimulator, strictPlatform } from '../simulator';
import type { Bench } from '../bench';

const QUEUED = 1000;
/** Seconds after which the burst is used up and the rest of the messages waits. */
const SETTLING = 10;
/** Stops, one after the other, of runs that no other message is about; what is told is the median. */
const STOPS = 5;

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
        func: `
          const number = (context.get('sent') ?? 0) + 1;
          context.set('sent', number);
          const runId = String(10 + number);
          global.get('record')('asked', { runId, at: Date.now() });
          return { jobId: 'job', runId };`,
        wires: [['stop']],
      },
      { ...place, id: 'stop', type: 'rescale-stop-run', platform: 'platform', wires: [[]] },
    ],
  });
  try {
    await simulator.create({
      id: 'job',
      runs: Array.from({ length: 10 + STOPS }, () => ({ duration: null, startsAt: 0 })),
    });
    await bench.nodeRed.inject('many');
    await pause(SETTLING * 1000);
    for (let sent = 0; sent < STOPS; sent += 1) {
      await bench.nodeRed.inject('one');
      await pause(1_000);
    }
    const requests = await simulator.requests();
    const sent = bench.nodeRed.recorded<{ runId: string; at: number }>('asked').map(({ runId, at }) => {
      const after = requests.filter((request) => request.at >= at);
      const index = after.findIndex(({ url }) => url.endsWith(`/runs/${runId}/stop/`));
      return index < 0
        ? { number: Infinity, delay: NaN }
        : { number: index + 1, delay: after[index]!.at - at };
    });
    const number = median(sent.map((one) => one.number));
    const delay = median(sent.map((one) => one.delay));
    const queued = QUEUED - (await simulator.figures()).requests;
    return {
      rows: [
        {
          bench: `a stop while ${shown(QUEUED)} messages wait`,
          subject: 'stop-run',
          figures: {
            'goes out as request number': shown(number),
            'sent after': milliseconds(delay),
            'still waiting': shown(queued),
          },
        },
      ],
      goals: [atMost('place of a stop among the next requests', number, 3)],
      told: [
        {
          what: `a stop while ${shown(QUEUED)} messages wait`,
          ours: `request ${shown(number)}, after ${milliseconds(delay)}`,
          instead: '',
        },
      ],
    } satisfies BenchResult;
  } finally {
    await bench.remove();
    simulator.close();
  }
};
