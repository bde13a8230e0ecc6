/**
 * Kills while jobs are submitted, at any size: `npm run crash:submissions -- --kills 100 --submissions 50 --runtime 5 --seed 3`.
 * Ends with 1 when a job was made or submitted twice, or anything was told that is not so.
 */
import { parseArgs } from 'node:util';
import type { Runtime } from '../real/runtimes';
import { seededRandom } from '../support/seeded-random';
import { crashSubmissions } from './submit-harness';
import { judgeSubmissions } from './submit-verdict';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    submissions: { type: 'string', default: '50' },
    runtime: { type: 'string', default: '4.1' },
    seed: { type: 'string', default: '1' },
  },
});

async function main(): Promise<void> {
  const report = await crashSubmissions({
    runtime: values.runtime as Runtime,
    kills: Number(values.kills),
    submissions: Number(values.submissions),
    random: seededRandom(Number(values.seed)),
    log: (text) => console.log(text),
  });
  const { wrong, ends, again } = judgeSubmissions(report);
  console.log(
    `${report.kills} kills and ${report.redeploys} redeploys, ${report.marks.length} messages, ${report.jobs.length} jobs;`,
    ends,
    `${again} told the same again`,
  );
  for (const [what, cases] of Object.entries(wrong))
    console.log(`${what}: ${cases.length}`, ...cases.slice(0, 10));
  if (Object.values(wrong).some((cases) => cases.length > 0)) process.exitCode = 1;
}

void main();
