/**
 * Two, three and four platform nodes with one key, broken, repaired and redeployed in random order with traffic:
 * `npm run crash:platforms -- --minutes 5 --seed 1`. Ends with 1 unless all live in the end. Anything that escapes
 * ends this process, as it would end Node-RED.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSimulator } from '../../src/simulator';
import { shakePlatforms } from '../support/platforms-of-one-key';
import { seededRandom } from '../support/seeded-random';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
});

async function main(): Promise<void> {
  const simulator = await startSimulator({ speed: 0 });
  const duration = (Number(values.minutes) * 60_000) / 3;
  for (const platforms of [2, 3, 4]) {
    const userDir = mkdtempSync(join(tmpdir(), 'platforms-'));
    const random = seededRandom(Number(values.seed) + platforms);
    const report = await shakePlatforms({ simulator, platforms, duration, random, userDir });
    const { redeploys, asked, watching, answering, unexpected } = report;
    console.log(
      `${platforms} platforms, ${redeploys} redeploys, ${asked} messages: ` +
        `${watching} watch, ${answering} answer, ${unexpected.length} unexpected errors`,
      ...unexpected.slice(0, 5),
    );
    if (watching + answering < 2 * platforms || unexpected.length > 0) process.exitCode = 1;
  }
  await simulator.close();
}

void main();
