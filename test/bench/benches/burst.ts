import { httpRequest, platformNode, startBenchNodeRed } from '../bench-node-red';
import { atMost, megabytes, milliseconds, shown, type BenchResult } from '../figures';
import { startPlatform } from '../platform';
import type { Bench } from '../bench';

const MESSAGES = 5000;
const message = { jobId: 'bench', runId: '1' };

/** Thousands of messages at once, as a Split sends them. Each subject has a process of its own, for the memory's sake. */
export const burst: Bench = async (runtime, nodeArguments) => {
  const platform = await startPlatform();
  const result: BenchResult = { rows: [], goals: [], told: [] };
  const bursts: Record<string, { sockets: number; block: number }> = {};
  const url = `${platform.origin}/api/v2/jobs/bench/runs/1/`;
  const subjects = {
    'get-run': { type: 'rescale-get-run', name: '', platform: 'platform' },
    'http request': httpRequest({ url }),
  };
  try {
    for (const [subject, node] of Object.entries(subjects)) {
      const bench = await startBenchNodeRed({
        runtime,
        nodeArguments,
        others: [platformNode(platform.origin)],
        subjects: { [subject]: [node] },
      });
      try {
        await bench.measure({ subject, messages: 200, window: 1, message });
        await platform.reset();
        const load = { subject, messages: MESSAGES, window: MESSAGES, message };
        const measured = await bench.measure(load);
        const { peakSockets: sockets } = await platform.figures();
        result.rows.push({
          bench: `${shown(MESSAGES)} messages at once`,
          subject,
          figures: {
            sockets: shown(sockets, 5),
            'longest block': milliseconds(measured.longestBlock),
            'memory growth': megabytes(measured.memoryPeak - measured.memoryBefore),
            CPU: milliseconds(measured.cpuMilliseconds),
            time: milliseconds(measured.milliseconds),
          },
        });
        bursts[subject] = { sockets, block: measured.longestBlock };
      } finally {
        await bench.remove();
      }
    }
    const [ours, theirs] = [bursts['get-run']!, bursts['http request']!];
    result.goals.push(
      atMost('sockets of a burst', ours.sockets, 8),
      atMost('longest block of a burst beside http request', ours.block / theirs.block, 0.1),
    );
    const told = ({ sockets, block }: typeof ours) => `${shown(sockets, 5)}, ${milliseconds(block)}`;
    result.told.push({
      what: `${shown(MESSAGES)} messages at once: connections, longest block`,
      ours: told(ours),
      instead: `${told(theirs)}, _http request_`,
    });
    return result;
  } finally {
    platform.close();
  }
};
