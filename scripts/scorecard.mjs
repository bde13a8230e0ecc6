// Runs the rules of Node-RED's flow library (node-red-dev) over the packed package and fails on any that is not green.
// Exit code 1: a rule is not green. 2: the npm registry, which several rules ask, can't be reached, so nothing is proven.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './npm.mjs';
import { pack } from './pack.mjs';

const rules = {
  P01: 'has a licence',
  P03: 'says where to turn to',
  P04: 'is named as a new package must be',
  P05: 'has the keyword node-red',
  P06: 'supports the current Node-RED',
  P07: 'supports the oldest Node.js of the current Node-RED',
  P08: 'is not named like another package',
  N01: 'has node types of its own',
  N02: 'has an example for each node',
  D01: 'has at most six dependencies',
  D02: 'has no dependency known to break Node-RED',
  D03: 'has dependencies at their latest version',
};

const folder = mkdtempSync(join(tmpdir(), 'rescale-scorecard-'));
try {
  process.exitCode = check();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function check() {
  try {
    npm(['view', 'node-red', 'version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    console.error('The scorecard asks the npm registry, and it can’t be reached: nothing was checked.');
    return 2;
  }
  execFileSync('tar', ['-xzf', process.env.RESCALE_TARBALL ?? pack(folder), '-C', folder]);
  const packed = join(folder, 'package');
  const report = join(folder, 'scorecard.json');
  const tool = join(
    dirname(createRequire(import.meta.url).resolve('node-red-dev/package.json')),
    'bin',
    'run',
  );
  const preload = join(dirname(fileURLToPath(import.meta.url)), 'scorecard-catalogue.cjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', preload, tool, 'validate', '--path', packed, '--output', report],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 180_000 },
  );
  if (!existsSync(report)) {
    console.error(`${stdout}${stderr}`);
    const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|Network Error/.test(
      stdout + stderr,
    );
    console.error(
      unreachable
        ? 'The npm registry can’t be reached: nothing was checked.'
        : 'node-red-dev gave no report.',
    );
    return unreachable ? 2 : 1;
  }

  const card = JSON.parse(readFileSync(report, 'utf8'));
  let failed = 0;
  for (const [rule, meaning] of Object.entries(rules)) {
    const green = card[rule]?.test === true;
    if (!green) failed += 1;
    console.log(`${green ? '✔' : '✘'} ${rule} ${meaning}${green ? '' : `: ${JSON.stringify(card[rule])}`}`);
  }

  // A type that the scanner can't read passes its rules unseen, and is missing on the library's page.
  const { nodes } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'))['node-red'];
  const unseen = Object.keys(nodes).filter(
    (type) => type !== 'rescale-platform' && !card.N02?.nodes?.includes(type),
  );
  if (unseen.length > 0) failed += 1;
  console.log(
    unseen.length > 0
      ? `✘ unseen by the scanner or without an example: ${unseen.join(', ')}`
      : `✔ all ${Object.keys(nodes).length} node types are seen by the scanner`,
  );
  if (failed > 0) console.log(`${stdout}${stderr}`);
  return failed > 0 ? 1 : 0;
}
