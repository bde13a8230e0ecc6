/**
 * `npm run bench:dev`: the loop of `npm run dev`, from a source that changes until its new code is loaded and the demo's flows run. Five times,
 * or as `--times` says; `--most 3` ends with 1 where the median took more seconds. It works in a copy of the project.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startDevLoop } from '../real/dev-loop';

/** Who changes a source has read what became of the change before (ms). */
const BETWEEN = 5_000;

const { values } = parseArgs({
  options: { times: { type: 'string', default: '5' }, most: { type: 'string', default: '3' } },
});

async function main(): Promise<void> {
  const loop = await startDevLoop();
  try {
    const source = join(loop.project, 'src', 'runtime', 'node', 'define-node.ts');
    const before = readFileSync(source, 'utf8');
    const spans: number[] = [];
    for (let time = 1; time <= Number(values.times); time += 1) {
      await pause(BETWEEN);
      const from = loop.said().length;
      const began = performance.now();
      writeFileSync(source, `${before}console.log('change ${time} is loaded');\n`);
      await loop.printed(new RegExp(`^change ${time} is loaded`), from);
      const loaded = performance.now() - began;
      const told = await loop.printed(/^dev: built/, from);
      const answer = await fetch(`${loop.editor}flows`);
      if (!answer.ok) throw new Error(`the demo answers ${answer.status}`);
      const span = performance.now() - began;
      spans.push(span);
      console.log(
        `${time}: loaded after ${loaded.toFixed(0)} ms, answers after ${span.toFixed(0)} ms, load ${loadavg()[0]!.toFixed(1)} (${told})`,
      );
    }
    const median = spans.sort((one, other) => one - other)[spans.length >> 1]!;
    console.log(`median ${(median / 1000).toFixed(1)} s`);
    if (median > Number(values.most) * 1000) process.exitCode = 1;
  } finally {
    await loop.end();
  }
}

void main();
