import { setTimeout as pause } from 'node:timers/promises';

import { platformNode, startBenchNodeRed } from '../bench-node-red';
import { atMost, megabytes, percentile, shown, type BenchResult } from '../figures';
import { startBenchSimulator, strictPlatform, type BenchSimulator } from '../simulator';
import type { Bench } from '../bench';

const JOBS = 100;
const RUNS = 100;
/** Seconds: between two looks at a job; of the idle process, of the first rounds, and of what is measured. */
const INTERVAL = 30;
const IDLE = 20;
const SETTLING = 60;
const MEASURED = 120;
/** Runs that end while it is measured: one a second, as ten thousand runs of some three hours do. */
const ENDS = 120;

interface Told {
  /** Milliseconds from the end of the run, as the platform dates it, until its message was sent. */
  delay: number;
  result: string;
}

/** A hundred jobs with ten thousand runs, all watched, on a platform that is far away and counts. */
export const alerts: Bench = async (runtime, nodeArguments) => {
  const simulator = await startBenchSimulator(strictPlatform);
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    // The rates are those that the platform has by itself.
    others: [platformNode(simulator.origin, { rate: '' })],
    subjects: {},
  });
  try {
    await pause(5_000);
    await bench.process(true);
    await pause(IDLE * 1000);
    const idle = await bench.process(true);
    await createJobs(simulator);
    await bench.nodeRed.deploy([...watching(), platformNode(simulator.origin, { rate: '' })]);
    await pause(SETTLING * 1000);
    const begun = await bench.process(true);
    await simulator.figures(true);
    await pause(MEASURED * 1000);
    const done = await bench.process(true);
    const { requests, refused } = await simulator.figures();
    // What ended at the very end is told a round later.
    await pause((INTERVAL + 5) * 1000);

    const told = bench.nodeRed.recorded<Told>('told');
    const delays = told.map(({ delay }) => delay / 1000);
    const right = told.filter(({ result }) => result === 'succeeded').length;
    const share = (figures: { cpuMilliseconds: number }, seconds: number) =>
      figures.cpuMilliseconds / 10 / seconds;
    const cpu = share(done, MEASURED);
    const beyond = cpu - share(idle, IDLE);
    const growth = (done.heapSwept - begun.heapSwept) / 1e6;
    const result: BenchResult = {
      rows: [
        {
          bench: `${shown(JOBS * RUNS, 5)} runs in ${JOBS} jobs, watched every ${INTERVAL} s`,
          subject: 'watch-runs',
          figures: {
            'end to message, median': `${shown(percentile(delays, 0.5))} s`,
            p99: `${shown(percentile(delays, 0.99))} s`,
            CPU: `${shown(cpu)} % of a core (idle ${shown(share(idle, IDLE))} %)`,
            memory: `${megabytes(done.memorySwept)} (idle ${megabytes(idle.memorySwept)})`,
            requests: `${shown((requests / MEASURED) * 60)}/min`,
            'of them turned away': shown(refused),
          },
        },
      ],
      told: [
        {
          what: `${shown(JOBS * RUNS, 5)} runs in ${JOBS} jobs watched, every ${INTERVAL} s`,
          ours: `p99 ${shown(percentile(delays, 0.99))} s, ${shown(cpu)} % of a core`,
          instead: '',
        },
      ],
      goals: [
        atMost(`ends of ${ENDS} that were not told, or wrongly`, ENDS - right, 0),
        atMost(
          'end of a watched run to its message, 99th percentile',
          percentile(delays, 0.99),
          INTERVAL + 2,
          ' s',
        ),
        atMost('CPU of 10,000 watched runs beyond the idle process', beyond, 1, ' % of a core'),
        // The collector of garbage leaves a little, now more and now less.
        atMost(`growth of memory in ${MEASURED} s of watching`, growth, 1, ' MB'),
      ],
    };
    return result;
  } finally {
    await bench.remove();
    simulator.close();
  }
};

/** Of each job one or two runs end in the time that is measured, evenly spread over it; the others go on. */
async function createJobs(simulator: BenchSimulator): Promise<void> {
  const variables = ['x_velocity', 'y_velocity', 'Cd', 'Cl'];
  for (let job = 0; job < JOBS; job += 1) {
    const duration = (run: number) => {
      const place = run * JOBS + job;
      return place < ENDS ? SETTLING + 5 + ((place + 0.5) * MEASURED) / ENDS : null;
    };
    await simulator.create({
      id: `job${job}`,
      runs: Array.from({ length: RUNS }, (_, run) => ({
        startsAt: 0,
        duration: duration(run),
        variables: variables.map((name) => ({ name, value: run })),
      })),
    });
  }
}

function watching() {
  const place = { z: 'tab', x: 0, y: 0 };
  const told =
    'global.get("record")("told", { delay: Date.now() - Date.parse(msg.payload.occurredAt), result: msg.payload.outcome.result });';
  return [
    { id: 'tab', type: 'tab', label: 'bench' },
    { ...place, id: 'driver', type: 'bench-driver', name: '', wires: [] },
    {
      ...place,
      id: 'watch',
      type: 'rescale-watch-runs',
      platform: 'platform',
      jobs: Array.from({ length: JOBS }, (_, job) => `job${job}`).join(','),
      interval: INTERVAL,
      outcome: true,
      wires: [['told']],
    },
    { ...place, id: 'told', type: 'function', outputs: 0, func: told },
  ];
}
