// `npm run fuzz -- --runs N [--seed S]`: every property tried N times (10,000 unless told), which takes as long as it takes.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin', 'mocha.js');
const here = dirname(fileURLToPath(import.meta.url));
const { status } = spawnSync(process.execPath, [mocha, '--timeout', '0', join(here, '*.test.ts')], {
  stdio: 'inherit',
  env: {
    ...process.env,
    FUZZ_RUNS: values.runs,
    ...(values.seed !== undefined && { FUZZ_SEED: values.seed }),
  },
});
process.exitCode = status ?? 1;
