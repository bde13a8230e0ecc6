import { httpRequest, platformNode, startBenchNodeRed, type Measured } from '../bench-node-red';
import { atMost, median, milliseconds, ratio, shown, type BenchResult, type Row } from '../figures';
import type { Runtime } from '../../real/runtimes';
import { startPlatform } from '../platform';
import type { Bench } from '../bench';

const MESSAGES = 2000;
const ROUNDS = 5;
/** Of the CPU of the http request node, which is another one on each line. */
const MOST: Record<Runtime, number> = { '4.1': 0.5, '5': 0.75 };
const message = { jobId: 'bench', runId: '1', payload: 'kept' };
const subjects = ['get-run', 'http request', 'bare node:http', 'no request'] as const;

/** One message after another through one node: what a message costs. */
export const oneMessage: Bench = async (runtime, nodeArguments) => {
  const platform = await startPlatform();
  const url = `${platform.origin}/api/v2/jobs/bench/runs/1/`;
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    others: [platformNode(platform.origin)],
    subjects: {
      'get-run': [{ type: 'rescale-get-run', name: '', platform: 'platform' }],
      'http request': [httpRequest({ url })],
      'bare node:http': [{ type: 'bench-bare', does: 'get', url }],
      'no request': [{ type: 'bench-bare', does: 'nothing' }],
    },
  });
  try {
    const result: BenchResult = { rows: [], goals: [], told: [] };
    for (const window of [1, 50]) {
      const rounds = new Map<string, Measured[]>(subjects.map((subject) => [subject, []]));
      // The first round warms up and is not counted; the order of the subjects turns with each round.
      for (let round = 0; round <= ROUNDS; round += 1) {
        for (let index = 0; index < subjects.length; index += 1) {
          const subject = subjects[(index + round) % subjects.length]!;
          const measured = await bench.measure({ subject, messages: MESSAGES, window, message });
          if (round > 0) rounds.get(subject)!.push(measured);
        }
      }
      const cost = (subject: string) =>
        median(rounds.get(subject)!.map((round) => (round.cpuMilliseconds / MESSAGES) * 1000));
      const rate = (subject: string) =>
        median(rounds.get(subject)!.map((round) => (MESSAGES / round.milliseconds) * 1000));
      for (const subject of subjects) {
        const row: Row = {
          bench: `one message, ${window} at a time`,
          subject,
          figures: {
            CPU: `${shown(cost(subject))} µs`,
            rate: `${shown(rate(subject))}/s`,
            latency: milliseconds(median(rounds.get(subject)!.map((round) => round.latency.median))),
            'CPU of http request': ratio(cost(subject) / cost('http request')),
          },
        };
        result.rows.push(row);
      }
      if (window === 1) {
        const compared = cost('get-run') / cost('http request');
        result.goals.push(atMost('CPU of get-run beside http request', compared, MOST[runtime]));
        result.told.push({
          what: 'CPU of one message through _get run_',
          ours: `${shown(cost('get-run'))} µs`,
          instead: `${shown(cost('http request'))} µs, _http request_ with keep-alive`,
        });
      }
    }
    return result;
  } finally {
    await bench.remove();
    platform.close();
  }
};
