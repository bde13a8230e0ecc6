// `npm run dev`: the demo from the sources. A change is built alone and Node-RED started again, with source maps and a debugger.
//
//   INSPECT    the port of the debugger; 9229 unless told
//   PORT, NODE_RED, LANGUAGE, RESCALE_…    as for `npm start`; see demo.mjs
//
// The user directory is .dev/ in the project, with the package in it as it is built: nothing is packed, and dist/ is left alone.
// Types are not checked here; an editor does that, and `npm run types`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

import { nodeFiles, root } from './build.mjs';
import { bundle } from './bundle.mjs';
import { runtimeProgram } from './runtimes.mjs';

process.env.DEMO_FOLDER ??= join(root, '.dev');
const demo = await import('./demo-folder.mjs');

const built = join(demo.userDir, 'package');
const dist = join(built, 'dist');
const inspect = Number(process.env.INSPECT || 9229);
const standby = join(root, 'scripts', 'standby.cjs');
const load = createRequire(import.meta.url);

/** Changes that come together, as when a branch is changed, are one (ms). */
const TOGETHER = 40;
/** Node-RED closes its nodes; what takes longer is not waited for (ms). */
const CLOSING = 700;

const config = ts.getParsedCommandLineOfConfigFile(
  join(root, 'tsconfig.build.json'),
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
);

const outputOf = (source) => join(dist, relative(root, source).replace(/\.ts$/, '.js'));
const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
/** As tsconfig.build.json has it, also for files that came since. */
const isCompiled = (file) =>
  /^(src[\\/].*|nodes[\\/](late|[^\\/]+[\\/]node))\.ts$/.test(relative(root, file));
/** Also the addresses that the editor asks: they stand in what is laid out. */
const isLaidOut = (path) => /^(nodes|scripts|src[\\/]runtime[\\/]editor)/.test(path);
const isBundled = (file) => file.endsWith('.mts') || file.includes(join('insight', 'chart', 'model'));

/** Compiles one source, without its types. Returns what is wrong with it, or ''. */
function compile(source) {
  const { outputText, diagnostics } = ts.transpileModule(readFileSync(source, 'utf8'), {
    fileName: source,
    reportDiagnostics: true,
    compilerOptions: {
      ...config.options,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      inlineSourceMap: true,
      sourceMap: false,
      sourceRoot: `${pathToFileURL(root)}/`,
    },
  });
  if (diagnostics.length > 0) {
    return ts.formatDiagnostics(diagnostics, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    });
  }
  const output = outputOf(source);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, outputText);
  return '';
}

/** Dialogs, help and catalogs anew, from sources that are read anew. */
function layOut() {
  for (const file of Object.keys(load.cache)) {
    if (['nodes', 'scripts', 'src'].some((room) => file.startsWith(join(root, room))))
      delete load.cache[file];
  }
  for (const [file, text] of nodeFiles(load)) {
    const path = join(dist, 'nodes', file);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  }
}

/** Builds what changed. Returns how many files, or null when something is wrong, which it has said. */
function build(changed) {
  const sources = changed.filter((file) => isCompiled(file) && existsSync(file));
  for (const file of changed) if (!existsSync(file)) rmSync(outputOf(file), { force: true });
  const problems = sources.map(compile).filter((problem) => problem !== '');
  try {
    if (changed.some((file) => isLaidOut(relative(root, file)))) layOut();
    if (changed.some((file) => relative(root, file).startsWith('icons'))) copyIcons();
    if (changed.some(isBundled)) bundle(root, join(dist, 'bundles'));
  } catch (error) {
    problems.push(error.message);
  }
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? null : changed.length;
}

const copyIcons = () => cpSync(join(root, 'icons'), join(dist, 'nodes', 'icons'), { recursive: true });

/** All that is missing or older than its source. */
function prepare() {
  mkdirSync(dist, { recursive: true });
  cpSync(join(root, 'package.json'), join(built, 'package.json'));
  const place = join(demo.userDir, 'node_modules', '@rescale-flows', 'node-red-rescale');
  mkdirSync(dirname(place), { recursive: true });
  if (!existsSync(place)) symlinkSync(built, place, 'junction');
  const examples = join(built, 'examples');
  if (!existsSync(examples)) symlinkSync(join(root, 'examples'), examples, 'junction');
  if (!existsSync(join(dist, 'bundles'))) bundle(root, join(dist, 'bundles'));
  const old = config.fileNames.filter((source) => changedAt(source) > changedAt(outputOf(source)));
  copyIcons();
  layOut();
  return build(old.filter((file) => !file.endsWith('.d.ts')));
}

let child = null;
/** The next Node-RED, with all loaded that is none of ours: most of a start is that. */
let next = null;
let ending = false;

const hasEnded = (process) => process.exitCode !== null || process.signalCode !== null;

async function stop(process) {
  if (!process || hasEnded(process)) return;
  const closed = once(process, 'close');
  process.kill('SIGTERM');
  const limit = setTimeout(() => process.kill('SIGKILL'), CLOSING);
  await closed;
  clearTimeout(limit);
}

function standBy() {
  const { node, red } = runtimeProgram(demo.runtime);
  const options = ['--enable-source-maps', '--require', standby];
  next = spawn(node, [...options, red, '--userDir', demo.userDir, '--settings', demo.settingsFile], {
    cwd: demo.userDir,
    env: { ...demo.demoEnvironment(), STANDBY_INSPECT: String(inspect) },
    stdio: 'pipe',
  });
  // It may have ended by itself; then it is said where it is started.
  next.stdin.on('error', () => {});
}

/** Resolves when the flows have started, or when Node-RED has ended instead. */
async function start() {
  if (!next || hasEnded(next)) standBy();
  const started = next;
  child = started;
  const { red } = runtimeProgram(demo.runtime);
  const [, flowsStarted] = demo.startSigns(red);
  const running = new Promise((resolve) => {
    for (const stream of [started.stdout, started.stderr]) {
      createInterface(stream).on('line', (line) => {
        console.log(line);
        if (line.includes(flowsStarted)) resolve();
      });
    }
    started.once('close', resolve);
  });
  started.stdin.end('\n');
  await running;
  if (!ending) standBy();
}

const waiting = new Set();
/** What changed together with something that was wrong: it is built with the change that puts that right. */
const unbuilt = new Set();
let changedSince = 0;
let working = true;

async function work() {
  if (working || waiting.size === 0 || ending) return;
  working = true;
  await new Promise((resolve) => setTimeout(resolve, TOGETHER));
  const changed = [...new Set([...unbuilt, ...waiting])];
  const began = changedSince;
  waiting.clear();
  unbuilt.clear();
  const files = build(changed);
  if (files === null) {
    for (const file of changed) unbuilt.add(file);
  } else {
    const builtAfter = Math.round(performance.now() - began);
    await stop(child);
    if (!ending) await start();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`dev: built ${files} changed in ${builtAfter} ms, running again after ${seconds} s`);
  }
  working = false;
  await work();
}

await demo.claim();
mkdirSync(demo.userDir, { recursive: true });
const began = performance.now();
prepare();
demo.placeFlows();
demo.writeSettings();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    ending = true;
    void Promise.all([stop(child), stop(next)]).then(() => process.exit(0));
  });
}
for (const folder of ['src', 'nodes', 'icons', join('scripts', 'nodes')]) {
  watch(join(root, folder), { recursive: true }, (_event, name) => {
    if (name === null || /(^|[\\/])\.|~$/.test(name)) return;
    if (waiting.size === 0) changedSince = performance.now();
    waiting.add(join(root, folder, name));
    void work();
  });
}
await start();
working = false;
console.log(
  `dev: ${demo.demoAddress} after ${((performance.now() - began) / 1000).toFixed(1)} s; the debugger listens on ${inspect}`,
);
await work();
