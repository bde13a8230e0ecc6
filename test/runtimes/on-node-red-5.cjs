// For `mocha --require`: the Node-RED inside the test process is 5, which needs the Node.js beside it; see `scripts/test.mjs`.
// Tests ask for Node-RED by its own name and get the project's development dependency, 4.1; here they get the other line.
'use strict';
const Module = require('node:module');
const { join, sep } = require('node:path');

const line = join(__dirname, 'node-red-5') + sep;
const inLine = Module.createRequire(join(line, 'package.json'));
const partOfNodeRed = /^(node-red|@node-red\/[^/]+)(\/|$)/;

// There is no other place that tsx, the test helper and tests all go through.
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const isInside = parent?.filename?.startsWith(line);
  return partOfNodeRed.test(request) && !isInside
    ? inLine.resolve(request)
    : resolve.call(this, request, parent, ...rest);
};
