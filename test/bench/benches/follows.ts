import { setTimeout as pause } from 'node:timers/promises';

import { platformNode, startBenchNodeRed } from '../bench-node-red';
import { atMost, megabytes, milliseconds, ratio, shown, type BenchResult } from '../figures';
import { startBenchSimulator, strictPlatform } from '../simulator';
import type { Bench } from '../bench';

const FOLLOWS = 200;
const JOBS = 10;
/** Seconds: between two looks; until everybody has settled; of what is measured. */
const INTERVAL = 10;
const SETTLING = 40;
const MEASURED = 60;
/** Lines that a log grows by between two looks. */
const LINES = 20;

/** Two hundred logs that grow, followed at the same time by one node. */
export const follows: Bench = async (runtime, nodeArguments) => {
  const simulator = await startBenchSimulator(strictPlatform);
  const place = { z: 'tab', x: 0, y: 0 };
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    subjects: {},
    others: [
      platformNode(simulator.origin, { rate: '' }),
      { ...place, id: 'begin', type: 'inject', props: [], wires: [['messages']] },
      {
        ...place,
        id: 'messages',
        type: 'function',
        outputs: 1,
        func: `
          for (let n = 0; n < ${FOLLOWS}; n += 1) {
            node.send({ jobId: 'job' + (n % ${JOBS}), runId: String(1 + Math.floor(n / ${JOBS})), path: 'solver.log' });
          }`,
        wires: [['follow']],
      },
      {
        ...place,
        id: 'follow',
        type: 'rescale-follow-file',
        platform: 'platform',
        interval: String(INTERVAL),
        wires: [['lines'], []],
      },
      {
        ...place,
        id: 'lines',
        type: 'function',
        outputs: 0,
        func: `
          flow.set('lines', (flow.get('lines') ?? 0) + msg.payload.length);
          if (msg.rescale.follow.gap) flow.set('gaps', (flow.get('gaps') ?? 0) + 1);`,
      },
      { ...place, id: 'in', type: 'http in', url: '/lines', method: 'get', wires: [['answer']] },
      {
        ...place,
        id: 'answer',
        type: 'function',
        outputs: 1,
        func: `msg.payload = { lines: flow.get('lines') ?? 0, gaps: flow.get('gaps') ?? 0 }; return msg;`,
        wires: [['out']],
      },
      { ...place, id: 'out', type: 'http response', wires: [] },
    ],
  });
  const counted = async () =>
    (await (await fetch(`${bench.nodeRed.origin}/lines`)).json()) as { lines: number; gaps: number };
  try {
    for (let job = 0; job < JOBS; job += 1) {
      const run = { duration: null, files: [{ path: 'solver.log', lines: { every: INTERVAL / LINES } }] };
      await simulator.create({ id: `job${job}`, runs: Array.from({ length: FOLLOWS / JOBS }, () => run) });
    }
    await bench.nodeRed.inject('begin');
    await pause(SETTLING * 1000);
    const before = await counted();
    await simulator.figures(true);
    await bench.process(true);
    await pause(MEASURED * 1000);
    const { cpuMilliseconds, longestBlock, memorySwept } = await bench.process(true);
    const { requests, bytes, refused } = await simulator.figures();
    const after = await counted();

    const cpu = cpuMilliseconds / 10 / MEASURED;
    const wanted = (FOLLOWS * LINES * MEASURED) / INTERVAL;
    const came = after.lines - before.lines;
    return {
      rows: [
        {
          bench: `${FOLLOWS} follows at once, every ${INTERVAL} s, ${LINES} new lines a look`,
          subject: 'follow-file',
          figures: {
            CPU: `${shown(cpu)} % of a core`,
            'longest block': milliseconds(longestBlock),
            memory: megabytes(memorySwept),
            requests: `${shown((requests / MEASURED) * 60)}/min`,
            'of them turned away': shown(refused),
            bytes: `${shown(bytes / requests)} a request`,
            'lines delivered of those written': ratio(came / wanted),
          },
        },
      ],
      told: [
        {
          what: `${FOLLOWS} follows at once, every ${INTERVAL} s`,
          ours: `${shown(cpu)} % of a core`,
          instead: '',
        },
      ],
      goals: [
        atMost(`CPU of ${FOLLOWS} follows`, cpu, 5, ' % of a core'),
        atMost(`gaps of ${FOLLOWS} follows`, after.gaps, 0),
      ],
    } satisfies BenchResult;
  } finally {
    await bench.remove();
    simulator.close();
  }
};
