// `npm start`: Node-RED with this package, installed the way a user installs it, and a flow that shows every node at work.
//
//   PORT            the port of the editor; 1880 unless told
//   DEMO_FOLDER     the user directory; .demo/ in the project unless told. Two demos share none
//   NODE_RED=5      Node-RED 5 in place of 4.1
//   LANGUAGE=de     comments and sentences of the demo in German; ja, ko and en too; the system's language unless told
//   RESCALE_API_KEY, RESCALE_API_URL, RESCALE_JOB_ID   talk to the real platform, about this job, in place of the simulator
//   RESCALE_DEMO_SUBMIT=yes   lets the demo submit a job with that key, which costs money
//   --fresh         forgets what was changed in the demo
//
// Flows that a user has changed are kept; flows nobody has changed are replaced when the demo itself has changed.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import {
  claim,
  content,
  demoAddress,
  demoEnvironment,
  digest,
  languageNote,
  placeFlows,
  real,
  runtime,
  settingsFile,
  shownFolder,
  startSigns,
  tabName,
  userDir,
  writeSettings,
} from './demo-folder.mjs';
import { told } from './demo-terminal.mjs';
import { install } from './install.mjs';
import { pack } from './pack.mjs';
import { runtimeProgram } from './runtimes.mjs';

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

const SWEEP =
  'It talks to the simulator: a sweep of 24 runs, done about three minutes from now. It begins anew by itself ten minutes later, or with the first button.';

/** What a press of a button does on the real platform. */
function costs() {
  const { RESCALE_API_URL: address, RESCALE_DEMO_SUBMIT: submits } = demoEnvironment();
  return [
    told('It talks to {{address}} with your key. Buttons that stop or snapshot do so for real.', { address }),
    submits === 'yes'
      ? told('“Sweep finer” submits a job, which costs money, up to 20 by the listed price.')
      : told('“Sweep finer” submits nothing: RESCALE_DEMO_SUBMIT=yes npm start lets it.'),
  ];
}

function welcome({ kept }) {
  const job = process.env.RESCALE_JOB_ID;
  const steps = [
    told('Open that address. The first tab, “{{tab}}”, explains itself.', { tab: tabName() }),
    told('Open the debug sidebar: the bug.'),
    told('Press the buttons at the left edge of the tab, from top to bottom, and read what comes out.'),
  ];
  const lines = [
    '',
    told('The demo runs at {{address}} (Node-RED {{runtime}}).', { address: demoAddress, runtime }),
    '',
    ...steps.map((step, place) => `  ${place + 1}. ${step}`),
    '',
    ...(real ? costs() : [told(SWEEP)]),
  ];
  if (real && !job) {
    lines.push(told('RESCALE_JOB_ID is not set: pick one of your jobs in the nodes, or start with it set.'));
  }
  if (languageNote()) lines.push(languageNote());
  if (kept) {
    lines.push(told('Your changes to the flows are still there; `npm start -- --fresh` begins anew.'));
  }
  lines.push(told('Ctrl-C ends it.'), '');
  console.log(lines.join('\n'));
}

async function main() {
  await claim();
  if (process.argv.includes('--fresh')) rmSync(userDir, { recursive: true, force: true });
  mkdirSync(userDir, { recursive: true });
  console.log(told('Building and installing the package into {{folder}} …', { folder: shownFolder }));
  installPackage();
  const flows = placeFlows();
  writeSettings();

  const { node, red } = runtimeProgram(runtime);
  const log = createWriteStream(join(userDir, 'node-red.log'));
  const child = spawn(node, [red, '--userDir', userDir, '--settings', settingsFile], {
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
    console.log(`\n${told('The demo has ended.')}`);
  } else {
    const where = { code, file: join(shownFolder, 'node-red.log') };
    console.error(told('Node-RED ended ({{code}}). Its last words, all of them in {{file}}:', where));
    console.error(last.join('\n'));
    process.exitCode = code || 1;
  }
}

await main();
