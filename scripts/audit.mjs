// Asks the npm registry for known weaknesses of what the package brings along. Exit code 1: there are some.
// 2: the registry has no such service, or can't be reached.
import { spawnSync } from 'node:child_process';

import { root } from './build.mjs';
import { userEnvironment } from './npm.mjs';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: root,
  env: userEnvironment(),
  encoding: 'utf8',
});
let report = {};
try {
  report = JSON.parse(stdout);
} catch {
  // Not JSON: npm could not ask.
}
const found = report.metadata?.vulnerabilities;
if (found === undefined) {
  console.error('The npm registry can’t be asked for known weaknesses: nothing was checked.');
  process.exitCode = 2;
} else if (found.total > 0) {
  console.error(
    `Known weaknesses: ${Object.keys(report.vulnerabilities).join(', ')}. See npm audit --omit=dev.`,
  );
  process.exitCode = 1;
} else {
  console.log('No known weakness in what the package brings along.');
}
