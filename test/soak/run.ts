/**
 * `npm run soak`: 200 redeploys of each kind with traffic running; `-- --redeploys N` for another number, `-- --minutes M` for
 * as many as fit, `--runtime 5` for Node-RED 5. Ends with 1 when something was lost or left behind.
 */
import { parseArgs } from 'node:util';

import { runtimes } from '../real/runtimes';
import { soak, summary } from './soak';

const { values } = parseArgs({
  options: {
    runtime: { type: 'string', default: '4.1' },
    redeploys: { type: 'string' },
    minutes: { type: 'string' },
  },
});

async function main(): Promise<void> {
  const runtime = runtimes.find((one) => one === values.runtime);
  if (!runtime) throw new Error(`--runtime is one of ${runtimes.join(', ')}`);
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  const redeploys = minutes === undefined ? Number(values.redeploys ?? 200) : undefined;
  const report = await soak({ runtime, redeploys, minutes, tell: (line) => console.log(line) });
  const { before, after, cameOut } = report;
  console.log(`${report.redeploys} redeploys, ${report.traffic} messages meanwhile`);
  console.log(`before: ${summary(before)}`);
  console.log(`after:  ${summary(after)}`);
  console.log(`a redeploy took ${report.median.toFixed(0)} ms, the slowest ${report.slowest.toFixed(0)} ms`);
  console.log(
    `heap for each redeploy: ${((after.heap - before.heap) / report.redeploys / 1000).toFixed(1)} kB`,
  );
  console.log(`connections at the same time: ${report.peakConnections}`);
  const once = cameOut.filter((count) => count === 1).length;
  console.log(`${once} of ${report.held} held messages came out, each once`);
  for (const line of report.complaints) console.log(line);
  const listeners = after.listeners.process + after.listeners.runtime;
  const grown = listeners > before.listeners.process + before.listeners.runtime;
  if (grown || once < report.held || report.complaints.length > 0) process.exitCode = 1;
}

void main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
