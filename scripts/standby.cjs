// Preloaded by dev.mjs into each Node-RED that it starts: what does not change from start to start is loaded ahead, and then the process
// stands still until a line comes on its standard input. What Node-RED reads after that (settings, flows, this package) is as it is then.
//
//   STANDBY_INSPECT    the port on which a debugger may attach from then on: two processes can't share it
const { existsSync, readdirSync, readSync } = require('node:fs');
const inspector = require('node:inspector');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');

const load = createRequire(process.argv[1]);

/** Node-RED's own nodes; some can't be loaded on some machines, of which Node-RED tells itself. */
function coreNodes() {
  const core = join(dirname(load.resolve('@node-red/nodes/package.json')), 'core');
  return readdirSync(core, { recursive: true })
    .map((name) => join(core, name))
    .filter((file) => file.endsWith('.js') && existsSync(file.replace(/\.js$/, '.html')));
}

for (const module of ['./lib/red', ...coreNodes()]) {
  try {
    load(module);
  } catch {
    // Loaded again in its turn, by somebody who says what is wrong.
  }
}
// Nothing comes when dev.mjs has ended.
if (readSync(0, Buffer.alloc(1)) === 0) process.exit();
inspector.open(Number(process.env.STANDBY_INSPECT), '127.0.0.1');
