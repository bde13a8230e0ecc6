// `npm test`: everything that must hold before a change is taken. Packs and installs the package once for all suites and
// ends with one line, `N passed, N failed`, in which each check counts as one.
// Names of checks and suites as arguments (`node scripts/test.mjs lint unit`) run only these.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build, root } from './build.mjs';
import { findChromium, installChromium } from './chromium.mjs';
import { install } from './install.mjs';
import { pack } from './pack.mjs';
import { runtimeProgram } from './runtimes.mjs';

/** The script of a command that a development dependency brings. */
const command = (name, script) => join(root, 'node_modules', name, script);

/** A check passes when its command ends with 0. 2 is a question to the npm registry that could not be asked. */
const checks = {
  types: [command('typescript', 'bin/tsc'), '--noEmit', '-p', '.'],
  'editor types': [command('typescript', 'bin/tsc'), '-p', 'nodes'],
  lint: [command('eslint', 'bin/eslint.js'), '--max-warnings', '0', '.'],
  house: [
    command('dependency-cruiser', 'bin/dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.mjs',
    'src',
    'nodes',
  ],
  format: [command('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  scorecard: [join(root, 'scripts', 'scorecard.mjs')],
  audit: [join(root, 'scripts', 'audit.mjs')],
};
const asksRegistry = ['scorecard', 'audit'];

/** Suites that have a folder of their own below test/ and run in a process of their own, with a limit in minutes. */
const separate = { faults: 8, fuzz: 4, security: 5, crash: 10, soak: 5, package: 4, real: 16, browser: 20 };
/** It waits for the Node-REDs that it kills most of its time, so it goes on beside the others, and is shown when it is done. */
const beside = ['crash'];
/** Folders below test/ that hold no tests. */
const without = ['bench', 'runtimes', 'support'];
const unitLimit = 14;

const folders = readdirSync(join(root, 'test'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !without.includes(entry.name))
  .map((entry) => entry.name);
const suites = {
  unit: { specs: folders.filter((name) => !(name in separate)), minutes: unitLimit },
  ...Object.fromEntries(
    Object.entries(separate).map(([name, minutes]) => [name, { specs: [name], minutes }]),
  ),
};

const temporary = mkdtempSync(join(tmpdir(), 'rescale-test-'));
const environment = { ...process.env };
const results = [];
const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of running) end(child);
    rmSync(temporary, { recursive: true, force: true });
    process.exit(1);
  });
}

function end(child) {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
  running.delete(child);
}

/**
 * Runs a script in a process group of its own, so that nothing it started outlives its limit. What it says is passed on,
 * or collected if asked.
 */
async function run(parameters, { minutes, env = environment, collect = false }) {
  const output = collect ? 'pipe' : 'inherit';
  const child = spawn(process.execPath, parameters, {
    cwd: root,
    env,
    stdio: ['ignore', output, output],
    detached: true,
  });
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text));
  const limit = setTimeout(() => {
    said += `Not done after ${minutes} minutes.\n`;
    if (!collect) console.error(said);
    end(child);
  }, minutes * 60_000);
  const code = await new Promise((resolve) => {
    child.once(collect ? 'close' : 'exit', (status) => resolve(status ?? 1));
    child.once('error', () => resolve(1));
  });
  clearTimeout(limit);
  end(child);
  return { code, said };
}

async function runCheck(name) {
  const { code, said } = await run(checks[name], { minutes: 5, collect: true });
  if (said.trim()) console.log(`\n== ${name}\n${said.trimEnd()}`);
  if (code === 2 && asksRegistry.includes(name))
    return { passed: 0, failed: 0, remark: 'could not be asked' };
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

async function runSuite(name) {
  const { specs, minutes } = suites[name];
  if (name === 'browser' && !provideChromium()) return { passed: 0, failed: 1, remark: 'no Chromium' };
  const counts = join(temporary, `${name}.json`);
  const collect = beside.includes(name);
  if (!collect) console.log(`\n== ${name}`);
  const { code, said } = await run(
    [
      command('mocha', 'bin/mocha.js'),
      ...(process.stdout.isTTY ? [] : ['--no-color']),
      '--reporter',
      join(root, 'scripts', 'count-reporter.cjs'),
      ...specs.map((spec) => `test/${spec}/**/*.test.ts`),
    ],
    { minutes, env: { ...environment, TEST_COUNTS: counts }, collect },
  );
  if (collect) console.log(`\n== ${name}\n${said.trimEnd()}`);
  const { passes, failures, pending } = existsSync(counts)
    ? JSON.parse(readFileSync(counts, 'utf8'))
    : { passes: 0, failures: 0, pending: 0 };
  const remarks = [];
  if (passes + failures === 0) remarks.push('no test was run');
  if (pending > 0) remarks.push(`${pending} skipped`);
  if (code !== 0 && failures === 0) remarks.push('did not end well');
  // A suite that runs nothing, or dies without naming a test, has failed too.
  const failed = failures === 0 && (code !== 0 || passes === 0) ? 1 : failures;
  return { passed: passes, failed, remark: remarks.join(', ') };
}

function provideChromium() {
  environment.CHROMIUM = findChromium() ?? installChromium();
  if (environment.CHROMIUM !== undefined) return true;
  console.error(
    'No Chromium could be had for the browser suite: install one, or name the path of one in the variable CHROMIUM.',
  );
  delete environment.CHROMIUM;
  return false;
}

/** What the suites with a real Node-RED share. */
function prepare(names) {
  build();
  if (!names.some((name) => name in separate || name === 'scorecard')) return;
  environment.RESCALE_TARBALL = pack(temporary);
  if (!names.some((name) => name in separate)) return;
  environment.RESCALE_INSTALLED = join(temporary, 'installed');
  install(environment.RESCALE_INSTALLED, environment.RESCALE_TARBALL);
  runtimeProgram('5');
}

const known = [...Object.keys(checks), ...Object.keys(suites)];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${known.join(', ')}`);
const names = asked.length > 0 ? asked : known;

try {
  prepare(names);
  const measured = async (name, job) => {
    const start = performance.now();
    const result = await job(name);
    results.push({ name, seconds: (performance.now() - start) / 1000, ...result });
  };
  // Checks side by side, the other suites one after the other: their times are not to depend on their neighbours.
  await Promise.all(names.filter((name) => name in checks).map((name) => measured(name, runCheck)));
  const goingOn = names.filter((name) => beside.includes(name)).map((name) => measured(name, runSuite));
  for (const name of names.filter((one) => one in suites && !beside.includes(one)))
    await measured(name, runSuite);
  await Promise.all(goingOn);
} catch (error) {
  console.error(error.message);
  results.push({
    name: 'preparation',
    seconds: 0,
    passed: 0,
    failed: 1,
    remark: 'the package could not be built',
  });
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

console.log();
for (const { name, seconds, passed, failed, remark } of results) {
  const mark = failed > 0 ? '✘' : passed > 0 ? '✔' : '–';
  const figures = `${passed} passed, ${failed} failed`;
  console.log(
    `${mark} ${name.padEnd(12)} ${figures.padEnd(24)} ${seconds.toFixed(0).padStart(4)} s  ${remark ?? ''}`.trimEnd(),
  );
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
