import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { freePort, projectFolder, temporaryFolder } from './scripts';

/** What the loop builds from. It is copied, so that the change of a test is none of the project. */
const SOURCES = [
  'src',
  'nodes',
  'icons',
  'scripts',
  'demo',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** `npm run dev` in a copy of the project. */
export interface DevLoop {
  readonly project: string;
  readonly editor: string;
  readonly debuggerPort: number;
  /** Everything that it has printed. */
  said(): string;
  /** Resolves with the line, which may have been printed already. */
  printed(pattern: RegExp, from?: number): Promise<string>;
  end(): Promise<void>;
}

/** Resolves when the demo runs. */
export async function startDevLoop(): Promise<DevLoop> {
  const project = temporaryFolder('dev');
  for (const source of SOURCES) {
    cpSync(join(projectFolder, source), join(project, source), { recursive: true });
  }
  for (const folder of ['node_modules', 'examples']) {
    symlinkSync(join(projectFolder, folder), join(project, folder), 'junction');
  }
  const [port, debuggerPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [join(project, 'scripts', 'dev.mjs')], {
    env: { ...process.env, PORT: String(port), INSPECT: String(debuggerPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const news = new EventEmitter();
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      said += `${line}\n`;
      news.emit('line');
    });
  }
  child.once('close', () => news.emit('line'));

  const loop: DevLoop = {
    project,
    editor: `http://127.0.0.1:${port}/`,
    debuggerPort,
    said: () => said,
    async printed(pattern, from = 0) {
      for (;;) {
        const line = said
          .slice(from)
          .split('\n')
          .find((one) => pattern.test(one));
        if (line !== undefined) return line;
        if (child.exitCode !== null) throw new Error(`it ended (${child.exitCode}):\n${said}`);
        await once(news, 'line');
      }
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
  await loop.printed(/^dev: http/);
  return loop;
}
