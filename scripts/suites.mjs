// The checks and suites of `npm test`, and how each of them is started.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './build.mjs';
import { runtimeProgram } from './runtimes.mjs';

/** The script of a command that a development dependency brings. */
export const command = (name, script) => join(root, 'node_modules', name, script);

/** A check passes when its command ends with 0. 2 is a question to the npm registry that could not be asked. */
export const checks = {
  types: [command('typescript', 'bin/tsc'), '--noEmit', '-p', '.'],
  'editor types': [command('typescript', 'bin/tsc'), '-p', 'nodes'],
  lint: [command('eslint', 'bin/eslint.js'), '--max-warnings', '0', '.'],
  house: [
    command('dependency-cruiser', 'bin/dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'err-long',
    'src',
    'nodes',
  ],
  format: [command('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  scorecard: [join(root, 'scripts', 'scorecard.mjs')],
  audit: [join(root, 'scripts', 'audit.mjs')],
};
export const asksRegistry = ['scorecard', 'audit'];

/** Suites that have a folder of their own below test/ and run in a process of their own, with a limit in minutes. */
const separate = { real: 16, browser: 20, crash: 10, faults: 8, fuzz: 4, security: 5, soak: 5, package: 4 };
/** Folders below test/ that hold no tests. */
const without = ['bench', 'runtimes', 'support'];
const unitLimit = 20;

const folders = readdirSync(join(root, 'test'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !without.includes(entry.name))
  .map((entry) => entry.name);
/**
 * What has Node-RED inside the test process, or one line of it in a process, once more on Node-RED 5. The others of `separate`
 * look at both lines by themselves.
 */
const onFive = {
  'nodes-5': { specs: ['nodes', 'runtime', 'examples', 'results'], minutes: 10, inside: true },
  'faults-5': { specs: ['faults'], minutes: separate.faults, inside: true },
  'crash-5': { specs: ['crash'], minutes: separate.crash },
  'soak-5': { specs: ['soak'], minutes: separate.soak },
};
const { real, browser, faults, crash, ...shorter } = Object.fromEntries(
  Object.entries(separate).map(([name, minutes]) => [name, { specs: [name], minutes }]),
);
/** The longest first, so that none goes on alone at the end. */
export const suites = {
  unit: { specs: folders.filter((name) => !(name in separate)), minutes: unitLimit },
  browser,
  real,
  'nodes-5': onFive['nodes-5'],
  faults,
  crash,
  ...onFive,
  ...shorter,
};
/** Suites that need the package packed and installed, or Node-RED 5. */
export const needInstalled = [...Object.keys(separate), ...Object.keys(onFive)];

/** How mocha is started for a suite: the Node.js, what it loads first, and the line of Node-RED. */
export function mochaOf(name) {
  if (!(name in onFive)) return { node: process.execPath, parameters: [], variables: {} };
  const variables = { TEST_RUNTIME: '5' };
  if (!onFive[name].inside) return { node: process.execPath, parameters: [], variables };
  const parameters = ['--require', join(root, 'test', 'runtimes', 'on-node-red-5.cjs')];
  return { node: runtimeProgram('5').node, parameters, variables };
}
