// The two lines of Node-RED that the package supports, as programs to start, and nodes of others for them. With the name of
// one as the first argument, prints {"node": …, "red": …} as JSON; with `recipes` the folder of those nodes.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { root } from './build.mjs';
import { npm } from './npm.mjs';

/**
 * 4.1 is the project's own development dependency and runs on the Node.js of this process. 5 needs a newer Node.js than the
 * oldest we support, so it lives with a Node.js of its own in a folder of its own (a `node` binary among the project's
 * dependencies would shadow the system's), installed here when it is missing.
 */
export function runtimeProgram(runtime) {
  if (runtime === '4.1') {
    return { node: process.execPath, red: createRequire(import.meta.url).resolve('node-red/red.js') };
  }
  if (runtime !== '5') throw new Error(`there is no runtime ${runtime}: 4.1 or 5`);
  const folder = join(root, 'test', 'runtimes', 'node-red-5');
  const program = {
    node: join(folder, 'node_modules', 'node', 'bin', 'node'),
    red: join(folder, 'node_modules', 'node-red', 'red.js'),
  };
  if (!existsSync(program.node) || !existsSync(program.red)) {
    console.error('Installing Node-RED 5 and its Node.js …');
    npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  }
  return program;
}

/** A folder for Node-RED's `nodesDir` with the nodes of others that recipes send to, installed here when they are missing. */
function recipeNodes() {
  const folder = join(root, 'test', 'runtimes', 'recipes');
  if (!existsSync(join(folder, 'node_modules', '@flowfuse', 'node-red-dashboard'))) {
    console.error('Installing the nodes of others that recipes send to …');
    npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  }
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , name] = process.argv;
  console.log(JSON.stringify(name === 'recipes' ? recipeNodes() : runtimeProgram(name)));
}
