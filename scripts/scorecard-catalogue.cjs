// Loaded before node-red-dev. Of all it asks, only the public catalogue of nodes needs a site that a build machine may not
// reach; this answers in its place, with Node-RED's own node types. The npm registry is really asked.
const { readdirSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');

const tool = createRequire(require.resolve('node-red-dev/package.json'));
const axios = tool('axios');
const runtime = createRequire(require.resolve('node-red/package.json'));
const coreNodes = dirname(runtime.resolve('@node-red/nodes/package.json'));

function coreTypes() {
  const pages = readdirSync(coreNodes, { recursive: true }).filter((name) => name.endsWith('.html'));
  const types = pages.flatMap((page) =>
    [...readFileSync(join(coreNodes, page), 'utf8').matchAll(/registerType\(\s*['"]([^'"]+)['"]/g)].map(
      ([, type]) => type,
    ),
  );
  return [...new Set(types)];
}

const { get } = axios;
axios.get = (address, ...rest) =>
  new URL(address).host === 'catalogue.nodered.org'
    ? Promise.resolve({ data: { modules: [{ id: 'node-red', types: coreTypes() }] } })
    : get(address, ...rest);
