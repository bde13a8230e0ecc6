import { foamLog } from '../../support/logs/foam-log';
import { startBenchNodeRed } from '../bench-node-red';
import { atMost, milliseconds, shown, type BenchResult } from '../figures';
import type { Bench } from '../bench';

const LINES = 10_000;
const MESSAGES = 5;
const ROUNDS = 6;

/** A batch of lines of a followed log through monitor-run: how long it keeps Node-RED from everything else, its disk included. */
export const monitor: Bench = async (runtime, nodeArguments) => {
  const log = foamLog({ steps: 1200, fields: ['Ux', 'Uy', 'Uz', 'p', 'k', 'omega'], end: '' });
  const lines = log.split('\n').slice(0, LINES);
  const subject = 'monitor-run';
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    subjects: { [subject]: [{ type: 'rescale-monitor-run', name: '' }] },
  });
  try {
    const blocks: number[] = [];
    let cpu = Infinity;
    for (let round = 0; round <= ROUNDS; round += 1) {
      const message = {
        payload: lines,
        jobId: 'bench',
        runId: String(round),
        path: 'log',
        rescale: { platform: 'none', follow: { lines: lines.length } },
      };
      const measured = await bench.measure({ subject, messages: MESSAGES, window: 1, message });
      // The first round loads what reads and judges, and is not counted.
      if (round > 0) blocks.push(measured.longestBlock);
      cpu = Math.min(cpu, measured.cpuMilliseconds / MESSAGES);
    }
    const result: BenchResult = {
      rows: [
        {
          bench: `${shown(LINES)} lines of a log`,
          subject,
          figures: { CPU: milliseconds(cpu), 'longest block': milliseconds(Math.min(...blocks)) },
        },
      ],
      // The quietest round: what others on this machine take is no block of ours.
      goals: [
        atMost(`${shown(LINES)} lines through monitor-run: longest block`, Math.min(...blocks), 25, ' ms'),
      ],
      told: [],
    };
    return result;
  } finally {
    await bench.remove();
  }
};
