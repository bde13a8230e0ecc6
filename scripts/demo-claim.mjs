// What a demo needs for itself, and says in a sentence when it can't have it: a runtime that there is, a port, and its folder.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { told } from './demo-terminal.mjs';

function refuse(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** `4.1` or `5`; NODE_RED may name a version of either, such as 5.0.1. */
export function wantedRuntime(wanted = '') {
  if (wanted === '' || /^4(\.|$)/.test(wanted)) return '4.1';
  if (/^5(\.|$)/.test(wanted)) return '5';
  return refuse(
    told('NODE_RED={{wanted}}: the demo runs on Node-RED 4.1 and 5: NODE_RED=5 npm start', { wanted }),
  );
}

/** Says so, and ends, when somebody else listens on the port. */
export async function claimPort(port, name) {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    refuse(
      told('PORT={{name}} is no port: choose a number from 1 to 65535, such as PORT=1881 npm start', {
        name,
      }),
    );
  }
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    const { code } = error;
    refuse(
      told(
        code === 'EADDRINUSE'
          ? 'Port {{port}} is taken by another program. Choose another one: PORT={{next}} npm start'
          : 'Port {{port}} can’t be used ({{code}}). Choose another one: PORT={{next}} npm start',
        { port, code, next: port + 1 },
      ),
    );
  }
  probe.close();
  await once(probe, 'close');
}

/**
 * Two demos in one folder would write one flow file and one state, each over what the other wrote. So a demo answers with its
 * address on a socket that is named after its folder, for as long as it runs: a socket ends with its process, however that
 * ends, and a file that says so does not. Says so, and ends, when one answers.
 */
export async function claimFolder(folder, address) {
  if (isForeign(folder)) {
    const other =
      '{{folder}} holds something that is no demo. DEMO_FOLDER takes a folder of its own, such as .demo-2';
    refuse(told(other, { folder }));
  }
  const socket = socketOf(folder);
  const keeper = createServer((asking) => asking.on('error', () => {}).end(address));
  for (let attempt = 0; ; attempt += 1) {
    keeper.listen(socket);
    try {
      await once(keeper, 'listening');
      break;
    } catch (error) {
      // A machine without such sockets has no demo less for it.
      if (error.code !== 'EADDRINUSE') return;
      const running = await answer(socket);
      if (running !== null || attempt > 0) refuse(alreadyRuns(running, folder));
      // Left behind by a demo that was killed.
      rmSync(socket, { force: true });
    }
  }
  keeper.unref();
}

/** A demo writes settings and flows into its folder, and `--fresh` removes it whole: never somebody's Node-RED, or home. */
function isForeign(folder) {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.length > 0 && !['original.sha256', 'package'].some((own) => names.includes(own));
}

function alreadyRuns(running, folder) {
  return [
    running
      ? told('The demo already runs: {{address}} (its folder is {{folder}}).', { address: running, folder })
      : told('The demo already runs (its folder is {{folder}}).', { folder }),
    told(
      'Open it there, or end it with Ctrl-C where it was started. A second one beside it takes a port and a folder of its own:',
    ),
    'PORT=1999 DEMO_FOLDER=.demo-2 npm start',
  ].join('\n');
}

/** A path of its own would be too long for a socket in many a folder. */
function socketOf(folder) {
  const name = `rescale-demo-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** What the demo says that listens there; null when none does. */
async function answer(socket) {
  const asking = connect(socket);
  let said = '';
  asking.setEncoding('utf8').on('data', (text) => (said += text));
  try {
    await once(asking, 'end');
  } catch {
    return null;
  }
  return said;
}
