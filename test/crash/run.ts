/**
 * The crash harness at any size: `npm run crash -- --kills 500 --jobs 10 --runs 100 --runtime 5 --seed 3 --fsync 20`.
 * Ends with 1 when anything was lost, doubled, invented or renamed.
 */
import { parseArgs } from 'node:util';
import type { Runtime } from '../real/runtimes';
import { crash } from './harness';
import { seededRandom } from '../support/seeded-random';
import { evidenceOf, judge } from './verdict';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    jobs: { type: 'string', default: '10' },
    runs: { type: 'string', default: '100' },
    runtime: { type: 'string', default: '4.1' },
    seed: { type: 'string', default: '1' },
    fsync: { type: 'string', default: '0' },
  },
});

async function main(): Promise<void> {
  const report = await crash({
    runtime: values.runtime as Runtime,
    jobs: Number(values.jobs),
    runsPerJob: Number(values.runs),
    kills: Number(values.kills),
    fsync: Number(values.fsync),
    random: seededRandom(Number(values.seed)),
    log: (text) => console.log(text),
  });
  const { redelivered, ...wrong } = judge(report);
  console.log(
    `${report.kills} kills and ${report.redeploys} redeploys over ${report.ended.length} completions, ` +
      `${report.endedWhileDown.size} of them while Node-RED was down; ${redelivered} deliveries said that they may be a second one, ${report.closed.length} waits were told closed.`,
  );
  for (const [what, cases] of Object.entries(wrong))
    console.log(`${what}: ${cases.length}`, countsOf(cases), ...cases.slice(0, 10));
  if (wrong.lost.length > 0) console.log(evidenceOf(wrong, report));
  if (Object.values(wrong).some((cases) => cases.length > 0)) process.exitCode = 1;
}

/** How many of each watch, of its jobs and of the waits. */
function countsOf(cases: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of cases) {
    const kind = each.replace(/\s*\S+$/, '');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

void main();
