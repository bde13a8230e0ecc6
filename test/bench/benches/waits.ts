import { httpRequest, platformNode, startBenchNodeRed, type Subject } from '../bench-node-red';
import { atMost, milliseconds, ratio, shown, type BenchResult } from '../figures';
import { startBenchSimulator, strictPlatform } from '../simulator';
import type { Bench } from '../bench';
import type { SimulatorOptions } from '../../../src/simulator';
import type { Runtime } from '../../real/runtimes';

const JOBS = 10;
const RUNS = 100;
/** Seconds between two looks, and from the start within which the runs end, evenly. */
const INTERVAL = 10;
const FIRST_END = 20;
const LAST_END = 80;

/** A thousand messages that each wait for the end of a run. */
export const waits: Bench = async (runtime, nodeArguments) => {
  // At the same time: both take as long as their runs, and each has a process of its own whose CPU is measured.
  const [ours, theirs] = await Promise.all([
    waited('wait-run', runtime, nodeArguments, waitRun, strictPlatform),
    // On a platform that is as far away and does not count; the other would turn most of its requests away.
    waited('http request, one GET per run', runtime, nodeArguments, oneGetPerRun, {
      ...strictPlatform,
      throttle: undefined,
    }),
  ]);
  const result: BenchResult = { rows: [], goals: [], told: [] };
  for (const { subject, requestsPerMinute, cpu, delay } of [ours, theirs]) {
    result.rows.push({
      bench: `${shown(JOBS * RUNS)} waits over ${JOBS} jobs, every ${INTERVAL} s`,
      subject,
      figures: {
        requests: `${shown(requestsPerMinute)}/min`,
        CPU: milliseconds(cpu),
        'end seen after, median': milliseconds(delay.median),
        p99: milliseconds(delay.p99),
        'of the requests': ratio(requestsPerMinute / theirs.requestsPerMinute),
      },
    });
  }
  result.goals.push(
    atMost(
      'requests of waits beside one GET per run',
      ours.requestsPerMinute / theirs.requestsPerMinute,
      1 / 20,
    ),
    atMost('end of a run seen, 99th percentile', ours.delay.p99 / 1000, INTERVAL + 2, ' s'),
  );
  const told = ({ requestsPerMinute, delay }: typeof ours) =>
    `${shown(requestsPerMinute)} requests/min, p99 ${shown(delay.p99 / 1000)} s`;
  result.told.push({
    what: `${shown(JOBS * RUNS)} waits over ${JOBS} jobs, every ${INTERVAL} s`,
    ours: told(ours),
    instead: `${told(theirs)}, one GET per run`,
  });
  return result;
};

async function waited(
  subject: string,
  runtime: Runtime,
  nodeArguments: string[],
  parts: (origin: string) => Subject,
  platform: SimulatorOptions,
) {
  const simulator = await startBenchSimulator(platform);
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    others: [platformNode(simulator.origin, { rate: '' })],
    subjects: { [subject]: parts(simulator.origin) },
  });
  try {
    for (let job = 0; job < JOBS; job += 1) {
      const step = (LAST_END - FIRST_END) / RUNS;
      await simulator.create({
        id: `job${job}`,
        runs: Array.from({ length: RUNS }, (_, run) => ({ duration: FIRST_END + run * step })),
      });
    }
    const before = await simulator.figures();
    const measured = await bench.measure({
      subject,
      messages: JOBS * RUNS,
      window: JOBS * RUNS,
      // Message n waits for run n of all.
      message: {},
      series: { jobId: { prefix: 'job', every: RUNS }, runId: { modulo: RUNS } },
    });
    const { requests } = await simulator.figures();
    const requestsPerMinute = ((requests - before.requests) / measured.milliseconds) * 60_000;
    return { subject, requestsPerMinute, cpu: measured.cpuMilliseconds, delay: measured.delay! };
  } finally {
    await bench.remove();
    simulator.close();
  }
}

const waitRun = (): Subject => [
  {
    type: 'rescale-wait-run',
    name: '',
    platform: 'platform',
    interval: String(INTERVAL),
    outcome: false,
    files: false,
    wires: [['driver'], ['driver']],
  },
];

const oneGetPerRun = (origin: string): Subject => {
  const name = 'http request, one GET per run';
  return [
    {
      type: 'function',
      func: `msg.url = '${origin}/api/v2/jobs/' + msg.jobId + '/runs/' + msg.runId + '/'; return msg;`,
      outputs: 1,
    },
    httpRequest({}),
    {
      type: 'function',
      func: `
        if (msg.payload.dateCompleted) return [null, msg];
        delete msg.headers;
        setTimeout(() => node.send([msg, null]), ${INTERVAL * 1000});`,
      outputs: 2,
      wires: [[`${name}-0`], ['driver']],
    },
  ];
};
