// `npm test`: everything that must hold before a change is taken. Packs and installs the package once for all suites and
// ends with one line, `N passed, N failed`, in which each check counts as one.
// Names of checks and suites as arguments (`node scripts/test.mjs lint unit`) run only these.
// The checks go on while what the suites need is got. Four suites go on at the same time; what each prints stays together. Of
// what failed, the files run once more by themselves when everything else has ended: see `secondTry`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build, root } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { pack } from './pack.mjs';
import { asksRegistry, checks, command, mochaOf, needInstalled, suites } from './suites.mjs';

/**
 * So many suites at the same time, in the order in which they stand: those that wait for other programs or for time
 * go on beside those that compute, of which three take all there is of two processors. No two suites share a port, a folder or a file.
 */
const AT_A_TIME = 4;
/** More failed tests than these in one suite are no accident of a busy machine, and get no second try. */
const UNSTEADY_AT_MOST = 2;

const temporary = mkdtempSync(join(tmpdir(), 'rescale-test-'));
const environment = { ...process.env };
const results = [];
const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of running) end(child);
    tellKept();
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

/** Outputs in the order in which they began. The first is passed on as it comes, the others are kept until it is their turn. */
const outputs = [];

function openOutput(title) {
  const output = { kept: `\n== ${title}\n`, over: false };
  outputs.push(output);
  const passOn = () => {
    while (outputs.length > 0) {
      const [first] = outputs;
      process.stdout.write(first.kept);
      first.kept = '';
      if (!first.over) return;
      outputs.shift();
    }
  };
  passOn();
  return {
    write(text) {
      output.kept += text;
      passOn();
    },
    close() {
      output.over = true;
      passOn();
    },
  };
}

/** What would be lost when all is ended early. */
function tellKept() {
  for (const { kept } of outputs) process.stdout.write(kept);
}

/** Runs a script in a process group of its own, so that nothing it started outlives its limit. Resolves with its exit code. */
async function run(parameters, { minutes, env = environment, node = process.execPath, tell }) {
  const child = spawn(node, parameters, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', tell);
  const limit = setTimeout(() => {
    tell(`Not done after ${minutes} minutes.\n`);
    end(child);
  }, minutes * 60_000);
  const code = await new Promise((resolve) => {
    // Not `close`: what it started may hold its output open, and is ended below.
    child.once('exit', (status) => resolve(status ?? 1));
    child.once('error', () => resolve(1));
  });
  clearTimeout(limit);
  const closed = child.pid === undefined ? Promise.resolve() : closeOf(child);
  end(child);
  await closed;
  return code;
}

/** Resolves when all that it printed has been read, which something that left its process group can keep from being known. */
async function closeOf(child) {
  const streams = [child.stdout, child.stderr].filter((stream) => !stream.closed);
  const closed = streams.map((stream) => new Promise((resolve) => stream.once('close', resolve)));
  const limit = new Promise((resolve) => setTimeout(resolve, 2_000).unref());
  await Promise.race([Promise.all(closed), limit]);
  for (const stream of streams) stream.destroy();
}

async function runCheck(name) {
  let said = '';
  const code = await run(checks[name], { minutes: 10, tell: (text) => (said += text) });
  if (said.trim()) console.log(`\n== ${name}\n${said.trimEnd()}`);
  if (code === 2 && asksRegistry.includes(name))
    return { passed: 0, failed: 0, remark: 'could not be asked' };
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

/** Runs test files of a suite in one process. Resolves with what the reporter counted and the exit code. */
async function runMocha(name, specs, output) {
  const counts = join(temporary, `${name}.json`);
  rmSync(counts, { force: true });
  const { node, parameters, variables } = mochaOf(name);
  const code = await run(
    [
      command('mocha', 'bin/mocha.js'),
      ...parameters,
      process.stdout.isTTY ? '--color' : '--no-color',
      '--reporter',
      join(root, 'scripts', 'count-reporter.cjs'),
      ...specs,
    ],
    {
      minutes: suites[name].minutes,
      env: { ...environment, ...variables, TEST_COUNTS: counts },
      node,
      tell: output.write,
    },
  );
  const { passes, failures, pending, failed } = existsSync(counts)
    ? JSON.parse(readFileSync(counts, 'utf8'))
    : { passes: 0, failures: 0, pending: 0, failed: [] };
  return { code, passes, failures, pending, failed };
}

async function runSuite(name) {
  if (name === 'browser' && environment.CHROMIUM === undefined)
    return { passed: 0, failed: 1, remark: 'no Chromium' };
  const output = openOutput(name);
  const specs = suites[name].specs.map((spec) => `test/${spec}/**/*.test.ts`);
  const { code, passes, failures, pending, failed: accounts } = await runMocha(name, specs, output);
  output.close();
  const remarks = [];
  if (passes + failures === 0) remarks.push('no test was run');
  if (pending > 0) remarks.push(`${pending} skipped`);
  if (code !== 0 && failures === 0) remarks.push('did not end well');
  // A suite that runs nothing, or dies without naming a test, has failed too.
  const failed = failures === 0 && (code !== 0 || passes === 0) ? 1 : failures;
  return { passed: passes, failed, remark: remarks.join(', '), accounts };
}

/**
 * What failed beside another suite runs once more with nothing beside it, file by file. If all of it passes then, the test
 * is unsteady: it counts as passed, and is named at the end with what it said, because it is to be repaired all the same.
 */
async function secondTry(result) {
  const { name, accounts = [] } = result;
  const files = [...new Set(accounts.map(({ file }) => file))];
  if (accounts.length === 0 || accounts.length > UNSTEADY_AT_MOST || files.includes(undefined)) return;
  const output = openOutput(`${name}, once more`);
  const { code } = await runMocha(name, files, output);
  output.close();
  if (code !== 0) return;
  result.passed += result.failed;
  result.failed = 0;
  result.unsteady = true;
  result.remark = [result.remark, `${accounts.length} only at the second try`].filter(Boolean).join(', ');
}

/** Runs one of the scripts beside this one. What it prints comes in one piece. Resolves with its last line; null when it failed. */
async function runScript(name, ...parameters) {
  let said = '';
  const script = join(root, 'scripts', `${name}.mjs`);
  const code = await run([script, ...parameters], { minutes: 10, tell: (text) => (said += text) });
  console.log(`\n== ${[name, ...parameters].join(' ')}\n${said.trimEnd()}`);
  return code === 0 ? said.trimEnd().split('\n').at(-1) : null;
}

/** What the checks need, and the suites too. */
function buildAndPack(names) {
  build();
  if (names.some((name) => needInstalled.includes(name) || name === 'scorecard'))
    environment.RESCALE_TARBALL = pack(temporary);
}

/** What the suites with a real Node-RED share, one after the other: it comes from the network and goes to the disk. */
async function prepare(names) {
  if (!names.some((name) => needInstalled.includes(name))) return;
  environment.RESCALE_INSTALLED = join(temporary, 'installed');
  const scripts = [
    ['install', environment.RESCALE_INSTALLED, environment.RESCALE_TARBALL],
    ['runtimes', '5'],
  ];
  if (names.includes('browser')) scripts.push(['runtimes', 'recipes']);
  for (const script of scripts)
    if ((await runScript(...script)) === null) throw new Error(`${script[0]} could not be carried out`);
  if (!names.includes('browser')) return;
  const chromium = findChromium() ?? (await runScript('chromium', '--install'));
  if (chromium) environment.CHROMIUM = chromium;
  else
    console.error(
      'No Chromium could be had for the browser suite: install one, or name the path of one in the variable CHROMIUM.',
    );
}

const known = [...Object.keys(checks), ...Object.keys(suites)];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${known.join(', ')}`);
const names = asked.length > 0 ? asked : known;
let checked;

try {
  buildAndPack(names);
  const measured = async (name, job) => {
    const start = performance.now();
    const result = await job(name);
    results.push({ name, seconds: (performance.now() - start) / 1000, ...result });
  };
  checked = Promise.all(names.filter((name) => name in checks).map((name) => measured(name, runCheck)));
  await prepare(names);
  const waiting = Object.keys(suites).filter((name) => names.includes(name));
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await measured(next, runSuite);
  };
  await Promise.all([checked, ...Array.from({ length: AT_A_TIME }, lane)]);
  for (const result of results) await secondTry(result);
} catch (error) {
  console.error(error.message);
  await checked;
  results.push({
    name: 'preparation',
    seconds: 0,
    passed: 0,
    failed: 1,
    remark: 'not all that is needed could be made or got',
  });
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

for (const { name, unsteady, accounts = [] } of results) {
  for (const { title, error } of accounts)
    console.log(
      `\n${unsteady ? 'unsteady' : 'failed'} in ${name}: ${title}\n  ${error.split('\n', 3).join('\n  ')}`,
    );
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
