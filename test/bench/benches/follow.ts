import { setTimeout as pause } from 'node:timers/promises';

import { httpRequest, platformNode, startBenchNodeRed, type Subject } from '../bench-node-red';
import { atMost, megabytes, milliseconds, ratio, shown, type BenchResult, type Row } from '../figures';
import { startBenchSimulator, strictPlatform } from '../simulator';
import type { Bench } from '../bench';
import type { Runtime } from '../../real/runtimes';

/** Seconds of a run that writes lines, and between two looks at its log. */
const LASTS = 70;
const INTERVAL = 2;
/** Lines of a log that is there already. */
const READY = 200_000;

const job = { jobId: 'log', runId: '1', path: 'solver.log' };

/**
 * A log while it grows, by so many lines between two looks, and one that is there already. The lines of the simulator have 32
 * bytes, which is less than solvers print: what comes with a line on the wire weighs the more.
 */
export const follow: Bench = async (runtime, nodeArguments) => {
  // At the same time: each takes as long as its run, and has a process of its own.
  const [twenty, hundred, whole, ready] = await Promise.all([
    followed(20, 'follow-file', runtime, nodeArguments, followFile),
    followed(100, 'follow-file', runtime, nodeArguments, followFile),
    followed(100, 'http request, whole file each time', runtime, nodeArguments, wholeFileEachTime),
    readReady(runtime, nodeArguments),
  ]);
  return {
    rows: [twenty.row, hundred.row, whole.row, ready],
    goals: [
      atMost('bytes a byte of log, 20 new lines a look', twenty.bytesPerByte, 2.5),
      atMost('bytes a byte of log, 100 new lines a look', hundred.bytesPerByte, 1.5),
    ],
    told: [
      {
        what: 'follow of a log: bytes a byte, 100 new lines a look',
        ours: ratio(hundred.bytesPerByte),
        instead: `${ratio(whole.bytesPerByte)}, the whole file each time`,
      },
    ],
  } satisfies BenchResult;
};

async function followed(
  lines: number,
  subject: string,
  runtime: Runtime,
  nodeArguments: string[],
  parts: (origin: string) => Subject,
): Promise<{ row: Row; bytesPerByte: number }> {
  const simulator = await startBenchSimulator(strictPlatform);
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    others: [platformNode(simulator.origin, { rate: '' })],
    subjects: { [subject]: parts(simulator.origin) },
  });
  try {
    const files = [{ path: job.path, lines: { every: INTERVAL / lines } }];
    await simulator.create({ id: job.jobId, runs: [{ duration: LASTS, outputsAfter: 3, files }] });
    const measured = await bench.measure({ subject, messages: 1, window: 1, message: job });
    const { bytes, requests } = await simulator.figures();
    const size = await sizeOf(simulator.origin);
    const bytesPerByte = bytes / size;
    const row = {
      bench: `follow of a log that grows by ${lines} lines a look, for ${LASTS} s`,
      subject,
      figures: {
        'lines delivered': shown((measured.payload as { lines: number }).lines, 5),
        'bytes fetched for a byte of log': ratio(bytesPerByte),
        requests: shown(requests),
        CPU: milliseconds(measured.cpuMilliseconds),
      },
    };
    return { row, bytesPerByte };
  } finally {
    await bench.remove();
    simulator.close();
  }
}

async function readReady(runtime: Runtime, nodeArguments: string[]): Promise<Row> {
  const simulator = await startBenchSimulator();
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    others: [platformNode(simulator.origin)],
    subjects: { 'follow-file': followFile() },
  });
  try {
    await simulator.create({
      id: job.jobId,
      createdAt: Date.now() - READY * 1000 - 3_600_000,
      runs: [{ duration: READY, files: [{ path: job.path, lines: { every: 1 } }] }],
    });
    const measured = await bench.measure({ subject: 'follow-file', messages: 1, window: 1, message: job });
    const { lines } = measured.payload as { lines: number };
    return {
      bench: `follow of a log of ${shown(READY)} lines that is there already`,
      subject: 'follow-file',
      figures: {
        rate: `${shown((lines / measured.milliseconds) * 1000)} lines/s`,
        'longest block': milliseconds(measured.longestBlock),
        'memory growth': megabytes(measured.memoryPeak - measured.memoryBefore),
      },
    };
  } finally {
    await bench.remove();
    simulator.close();
  }
}

/** New lines go nowhere; what comes back is that the follow has ended. */
const followFile = (): Subject => [
  {
    type: 'rescale-follow-file',
    name: '',
    platform: 'platform',
    interval: String(INTERVAL),
    wires: [[], ['driver']],
  },
];

/** The loop that a user builds: the file as it is now, without what was there before, until the run refuses it. */
const wholeFileEachTime = (origin: string): Subject => {
  const name = 'http request, whole file each time';
  return [
    {
      type: 'function',
      func: `return { bench: msg.bench, lines: 0, url: '${origin}/api/v2/jobs/log/runs/1/tail/solver.log' };`,
      outputs: 1,
    },
    httpRequest({ ret: 'txt' }),
    {
      type: 'function',
      func: `
        if (msg.statusCode !== 200) return [null, { bench: msg.bench, payload: { lines: msg.lines } }];
        const lines = msg.payload.split('\\n').length - 1;
        const news = msg.payload.split('\\n').slice(msg.lines, lines);
        setTimeout(() => node.send([{ bench: msg.bench, lines: msg.lines + news.length, url: '${origin}/api/v2/jobs/log/runs/1/tail/solver.log' }, null]), ${INTERVAL * 1000});`,
      outputs: 2,
      wires: [[`${name}-1`], ['driver']],
    },
  ];
};

/** Of the whole log, as the platform lists it some seconds after the end. */
async function sizeOf(origin: string): Promise<number> {
  for (;;) {
    const response = await fetch(`${origin}/api/v2/jobs/log/runs/1/files/`, {
      headers: { authorization: 'Token simulator' },
    });
    const { results } = (await response.json()) as { results: { name: string; decryptedSize: number }[] };
    const file = results.find(({ name }) => name === job.path);
    if (file) return file.decryptedSize;
    await pause(500);
  }
}
