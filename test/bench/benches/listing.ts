import { httpRequest, platformNode, startBenchNodeRed } from '../bench-node-red';
import { atMost, median, milliseconds, ratio, shown, type BenchResult } from '../figures';
import { startPlatform } from '../platform';
import type { Bench } from '../bench';

const ROUNDS = 7;
const LATENCY = 20;
const PAGE_SIZE = 100;

/** A list of many pages: the palette's node, a loop that a user would build, and the fastest that can be. */
export const listing: Bench = async (runtime, nodeArguments) => {
  const platform = await startPlatform();
  await platform.delay(LATENCY);
  const result: BenchResult = { rows: [], goals: [], told: [] };
  try {
    for (const runs of [1000, 10_000]) {
      const url = `${platform.origin}/api/v2/jobs/runs${runs}/runs/`;
      const subjects = {
        'list-runs': [{ type: 'rescale-list-runs', name: '', platform: 'platform', pageSize: PAGE_SIZE }],
        'http request, following next': followNext(url),
        'fastest possible': [{ type: 'bench-bare', does: 'list', url, pageSize: PAGE_SIZE }],
      };
      const bench = await startBenchNodeRed({
        runtime,
        nodeArguments,
        others: [platformNode(platform.origin)],
        subjects,
      });
      try {
        const times: Record<string, number[]> = {};
        const costs: Record<string, number[]> = {};
        const requests: Record<string, number> = {};
        for (let round = 0; round <= ROUNDS; round += 1) {
          for (const subject of Object.keys(subjects)) {
            const message = { jobId: `runs${runs}`, expected: runs };
            await platform.reset();
            const measured = await bench.measure({ subject, messages: 1, window: 1, message });
            if (round === 0) continue;
            (times[subject] ??= []).push(measured.milliseconds);
            (costs[subject] ??= []).push(measured.cpuMilliseconds);
            requests[subject] = (await platform.figures()).requests;
          }
        }
        // The best of each, because what else the machine has to do only ever makes a round longer.
        const time = (subject: string) => Math.min(...times[subject]!);
        for (const subject of Object.keys(subjects)) {
          result.rows.push({
            bench: `list of ${shown(runs)} runs at ${LATENCY} ms`,
            subject,
            figures: {
              time: milliseconds(time(subject)),
              CPU: milliseconds(median(costs[subject]!)),
              requests: shown(requests[subject]!),
              'of the fastest': ratio(time(subject) / time('fastest possible')),
            },
          });
        }
        const compared = time('list-runs') / time('fastest possible');
        result.goals.push(atMost(`list of ${shown(runs)} runs beside the fastest possible`, compared, 1.25));
        if (runs === 1000) {
          result.goals.push(atMost('requests for a list of 1,000 runs', requests['list-runs']!, 12));
        }
        const [next, fastest] = [time('http request, following next'), time('fastest possible')];
        result.told.push({
          what: `list of ${shown(runs)} runs, server at ${LATENCY} ms`,
          ours: milliseconds(time('list-runs')),
          instead: `${milliseconds(next)} following \`next\`; ${milliseconds(fastest)} is possible`,
        });
      } finally {
        await bench.remove();
      }
    }
    return result;
  } finally {
    platform.close();
  }
};

/** The loop of an http request and a function that goes on as long as there is a `next`. */
function followNext(url: string) {
  const name = 'http request, following next';
  return [
    {
      type: 'function',
      func: `return { bench: msg.bench, rows: [], url: '${url}?page_size=${PAGE_SIZE}' };`,
      outputs: 1,
    },
    httpRequest({}),
    {
      type: 'function',
      func: `
        msg.rows = msg.rows.concat(msg.payload.results);
        if (msg.payload.next) {
          return [{ bench: msg.bench, rows: msg.rows, url: msg.payload.next }, null];
        }
        return [null, { bench: msg.bench, payload: msg.rows }];`,
      outputs: 2,
      wires: [[`${name}-1`], ['driver']],
    },
  ];
}
