import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The two lines of Node-RED that the package supports. */
export type Runtime = '4.1' | '5';

export const runtimes: readonly Runtime[] = ['4.1', '5'];

export interface RuntimeProgram {
  /** The Node.js binary. */
  node: string;
  /** Node-RED's `red.js`. */
  red: string;
}

export const projectFolder = join(__dirname, '..', '..');
const newerRuntimeFolder = join(projectFolder, 'test', 'runtimes', 'node-red-5');

/**
 * What to start for a runtime. 4.1 is the project's own development dependency and runs on the Node.js of this process.
 * 5 needs a newer Node.js than the oldest we support, so it lives with a Node.js of its own in a folder of its own
 * (a `node` binary among the project's dependencies would shadow the system's), installed here when it is missing.
 */
export function runtimeProgram(runtime: Runtime): RuntimeProgram {
  if (runtime === '4.1') {
    return { node: process.execPath, red: createRequire(__filename).resolve('node-red/red.js') };
  }
  const program = {
    node: join(newerRuntimeFolder, 'node_modules', 'node', 'bin', 'node'),
    red: join(newerRuntimeFolder, 'node_modules', 'node-red', 'red.js'),
  };
  if (!existsSync(program.node) || !existsSync(program.red)) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: newerRuntimeFolder, stdio: 'inherit' });
  }
  return program;
}
