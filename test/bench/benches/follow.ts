import { setTimeout as pause } from 'node:timers/promises';

import { httpRequest, platformNode, startBenchNodeRed, type Subject } from '../bench-node-red';
import { megabytes, milliseconds, ratio, shown, type BenchResult, type Row } from '../figures';
import { startBenchSimulator } from '../simulator';
import type { Bench } from '../bench';
import type { Runtime } from '../../real/runtimes';

/** Seconds of a run that writes a line every few milliseconds, and between two looks at its log. */
const LASTS = 40;
const EVERY = 0.02;
const INTERVAL = 2;
/** Lines of a log that is there already. */
const READY = 200_000;

const job = { jobId: 'log', runId: '1', path: 'solver.log' };

/** A log while it grows, and one that is there already. */
export const follow: Bench = async (runtime, nodeArguments) => {
  const rows = [
    await followed('follow-file', runtime, nodeArguments, followFile),
    await followed('http request, whole file each time', runtime, nodeArguments, wholeFileEachTime),
    await readReady(runtime, nodeArguments),
  ];
  return { rows, goals: [] } satisfies BenchResult;
};

async function followed(
  subject: string,
  runtime: Runtime,
  nodeArguments: string[],
  parts: (origin: string) => Subject,
): Promise<Row> {
  const simulator = await startBenchSimulator();
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    others: [platformNode(simulator.origin)],
    subjects: { [subject]: parts(simulator.origin) },
  });
  try {
    await simulator.create({
      id: job.jobId,
      runs: [{ duration: LASTS, outputsAfter: 3, files: [{ path: job.path, lines: { every: EVERY } }] }],
    });
    const measured = await bench.measure({ subject, messages: 1, window: 1, message: job });
    const { bytes, requests } = await simulator.figures();
    const size = await sizeOf(simulator.origin);
    return {
      bench: `follow of a log that grows for ${LASTS} s`,
      subject,
      figures: {
        'lines delivered': shown((measured.payload as { lines: number }).lines, 5),
        'bytes fetched for a byte of log': ratio(bytes / size),
        requests: shown(requests),
        CPU: milliseconds(measured.cpuMilliseconds),
      },
    };
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
