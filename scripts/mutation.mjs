// `npm run mutation`: changes src/runs and src/api in small ways and sees whether a test notices. By command only, because it
// takes hours over all: `npm run mutation -- src/runs/run/outcome.ts src/api/endpoints/paging.ts` looks at these. A file is held to the test of
// its own name where there is one, else to all tests of its folder.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

import { root } from './build.mjs';

const load = createRequire(import.meta.url);
const mocha = join(dirname(load.resolve('mocha/package.json')), 'bin', 'mocha.js');
const stryker = join(dirname(load.resolve('@stryker-mutator/core/package.json')), 'bin', 'stryker.js');

const rooms = ['src/runs', 'src/api'];
const asked = process.argv.slice(2);
const files =
  asked.length > 0
    ? asked
    : rooms.flatMap((room) =>
        readdirSync(join(root, room), { recursive: true })
          .filter((name) => name.endsWith('.ts') && !name.endsWith('error-texts.ts'))
          .map((name) => `${room}/${name}`),
      );

/** The tests that are to notice a change of the file. */
function testsOf(file) {
  const folder = file.split('/').slice(0, 2).join('/').replace(/^src/, 'test');
  const own = `${folder}/${basename(file, '.ts')}.test.ts`;
  return existsSync(join(root, own)) ? own : `${folder}/**/*.test.ts`;
}

for (const file of files) {
  console.log(`\n== ${file}, held to ${testsOf(file)}`);
  const { status } = spawnSync(process.execPath, [stryker, 'run'], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      MUTATION_FILES: file,
      MUTATION_TESTS: `"${process.execPath}" "${mocha}" --exit --bail --reporter dot "${testsOf(file)}"`,
    },
  });
  if (status !== 0) process.exitCode = 1;
}
