// Looks whether `npm start` comes up, answers, and ends cleanly when it is asked to.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from './build.mjs';

const LIMIT = 300_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), 'rescale-start-'));
const child = spawn(process.execPath, [join(root, 'scripts', 'demo.mjs')], {
  env: { ...process.env, LANGUAGE: 'en', PORT: String(port), DEMO_FOLDER: join(folder, 'demo') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
const ended = once(child, 'close');
const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT);
const up = new Promise((resolve) => {
  child.stdout.on('data', (text) => {
    said += text;
    if (said.includes('The demo runs at')) resolve(true);
  });
  void ended.then(() => resolve(false));
});
try {
  if (!(await up)) throw new Error(`npm start did not come up:\n${said}`);
  const page = await fetch(`http://127.0.0.1:${port}/`);
  if (!page.ok) throw new Error(`the editor answers with ${page.status}`);
  child.kill('SIGTERM');
  const [code] = await ended;
  if (code !== 0 || !said.includes('The demo has ended.')) {
    throw new Error(`npm start did not end cleanly (${code}):\n${said}`);
  }
  console.log('npm start comes up, answers and ends cleanly.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  clearTimeout(limit);
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
