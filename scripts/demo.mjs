// `npm start`: Node-RED with this package, installed the way a user installs it, and a flow that shows every node at work.
//
//   PORT            the port of the editor; 1880 unless told
//   NODE_RED=5      Node-RED 5 in place of 4.1
//   LANGUAGE=de     comments and sentences of the demo in German; ja, ko and en too; the system's language unless told
//   RESCALE_API_KEY, RESCALE_API_URL, RESCALE_JOB_ID   talk to the real platform, about this job, in place of the simulator
//   --fresh         forgets what was changed in the demo
//
// The user directory is .demo/ in the project. Flows that a user has changed are kept; flows nobody has changed are replaced
// when the demo itself has changed.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { root } from './build.mjs';
import { demoLanguage, translateFlows } from './demo-language.mjs';
import { install } from './install.mjs';
import { userEnvironment } from './npm.mjs';
import { pack } from './pack.mjs';
import { runtimeProgram } from './runtimes.mjs';

/** DEMO_FOLDER is for tests, which must not touch a developer's demo. */
const userDir = process.env.DEMO_FOLDER ?? join(root, '.demo');
const flowFile = join(userDir, 'flows.json');
/** The digest of the flow that was put there, to tell whether a user has changed it since. */
const originalFile = join(userDir, 'original.sha256');
const port = Number(process.env.PORT || 1880);
const runtime = process.env.NODE_RED?.startsWith('5') ? '5' : '4.1';
const real = Boolean(process.env.RESCALE_API_KEY);

const table = JSON.parse(readFileSync(join(root, 'demo', 'texts.json'), 'utf8'));
const language = demoLanguage(process.env, table);

const digest = (content) => createHash('sha256').update(content).digest('hex');
const content = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Says so, and ends, when somebody else listens on the port. */
async function claimPort() {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    console.error(
      `PORT=${process.env.PORT} is no port: choose a number from 1 to 65535, such as PORT=1881 npm start`,
    );
    process.exit(1);
  }
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    const reason =
      error.code === 'EADDRINUSE' ? 'is taken by another program' : `can’t be used (${error.code})`;
    console.error(`Port ${port} ${reason}. Choose another one: PORT=${port + 1} npm start`);
    process.exit(1);
  }
  probe.close();
  await once(probe, 'close');
}

function installPackage() {
  const tarballs = join(userDir, 'package');
  const before = content(join(tarballs, 'installed.sha256'));
  // The tarball stays beside the installation: the palette manager looks for it when it installs something else.
  const tarball = pack(tarballs);
  const now = digest(readFileSync(tarball));
  if (before === now) return;
  install(userDir, tarball);
  writeFileSync(join(tarballs, 'installed.sha256'), now);
}

function placeFlows() {
  const flows = JSON.parse(readFileSync(join(root, 'demo', 'flows.json'), 'utf8'));
  const demo = JSON.stringify(translateFlows(flows, table, language), null, 4);
  const there = content(flowFile);
  const changed = there !== undefined && digest(there) !== content(originalFile);
  if (changed) return { kept: true };
  writeFileSync(flowFile, demo);
  writeFileSync(originalFile, digest(demo));
  const platform = flows.find(({ type }) => type === 'rescale-platform');
  // Only the name of the variable: the key itself stays in the environment.
  writeFileSync(
    join(userDir, 'flows_cred.json'),
    JSON.stringify({ [platform.id]: { token: '${RESCALE_API_KEY}' } }),
  );
  return { kept: false };
}

/** Made once, so that what a user enters in the demo is stored encrypted and can be read again. */
function credentialSecret() {
  const file = join(userDir, 'credential-secret');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function writeSettings() {
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    flowFilePretty: true,
    credentialSecret: credentialSecret(),
    // Statuses with figures and sentences of errors are made by the server.
    lang: language === 'en' ? 'en-US' : language,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, page: { title: 'Rescale nodes: demo' } },
  };
  writeFileSync(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings, null, 2)};\n`);
}

function demoEnvironment() {
  const url = process.env.RESCALE_API_URL || (real ? 'https://platform.rescale.com' : 'simulator');
  return {
    ...userEnvironment(),
    RESCALE_API_URL: real ? url : 'simulator',
    RESCALE_API_KEY: process.env.RESCALE_API_KEY || 'simulator',
    RESCALE_JOB_ID: process.env.RESCALE_JOB_ID || (real ? '' : 'foamSweep'),
    RESCALE_DEMO_FOLDER: join(userDir, 'outputs'),
    RESCALE_DEMO_ADDRESS: `http://127.0.0.1:${port}/`,
  };
}

/** What the first tab is called in the reader's language. */
function tabName() {
  return table.find(({ en }) => en === 'Start here')[language];
}

function welcome({ kept }) {
  const job = process.env.RESCALE_JOB_ID;
  const lines = [
    '',
    `The demo runs at http://127.0.0.1:${port}/ (Node-RED ${runtime}).`,
    '',
    `  1. Open that address. The first tab, “${tabName()}”, explains itself.`,
    '  2. Open the debug sidebar: the bug.',
    '  3. Press the buttons at the left edge of the tab, from top to bottom, and read what comes out.',
    '',
    real
      ? `It talks to ${demoEnvironment().RESCALE_API_URL} with your key. Buttons that stop or snapshot do so for real.`
      : 'It talks to the simulator: a sweep of 24 runs, done about three minutes from now. It begins anew by itself ten minutes later, or with the first button.',
  ];
  if (real && !job)
    lines.push('RESCALE_JOB_ID is not set: pick one of your jobs in the nodes, or start with it set.');
  if (kept) lines.push('Your changes to the flows are still there; `npm start -- --fresh` begins anew.');
  lines.push('Ctrl-C ends it.', '');
  console.log(lines.join('\n'));
}

/** What Node-RED says when it has started, in the language that it speaks: the longest piece without a place in it. */
function startSigns(red) {
  const folder = join(dirname(createRequire(red).resolve('@node-red/runtime/package.json')), 'locales');
  const own = join(folder, language, 'runtime.json');
  const file = existsSync(own) ? own : join(folder, 'en-US', 'runtime.json');
  const { server, nodes } = JSON.parse(readFileSync(file, 'utf8'));
  return [server['now-running'], nodes.flows['started-flows']].map(
    (text) => text.split(/__\w+__/).sort((one, other) => other.length - one.length)[0],
  );
}

async function main() {
  await claimPort();
  if (process.argv.includes('--fresh')) rmSync(userDir, { recursive: true, force: true });
  mkdirSync(userDir, { recursive: true });
  console.log('Building and installing the package into .demo/ …');
  installPackage();
  const flows = placeFlows();
  writeSettings();

  const { node, red } = runtimeProgram(runtime);
  const log = createWriteStream(join(userDir, 'node-red.log'));
  const child = spawn(node, [red, '--userDir', userDir, '--settings', join(userDir, 'settings.js')], {
    cwd: userDir,
    env: demoEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let ending = false;
  // A terminal sends Ctrl-C to Node-RED as well; the second signal does no harm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    });
  }

  const awaited = new Set(startSigns(red));
  const last = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      log.write(`${line}\n`);
      last.push(line);
      if (last.length > 30) last.shift();
      // What it says while it starts is of interest only when it does not.
      if (awaited.size === 0 && /\[(warn|error)\]/.test(line)) console.log(line);
      for (const sign of awaited) {
        if (line.includes(sign) && awaited.delete(sign) && awaited.size === 0) welcome(flows);
      }
    });
  }
  const [code] = await once(child, 'close');
  if (ending) {
    console.log('\nThe demo has ended.');
  } else {
    console.error(
      `Node-RED ended (${code}). Its last words, all of them in .demo/node-red.log:\n${last.join('\n')}`,
    );
    process.exitCode = code || 1;
  }
}

await main();
