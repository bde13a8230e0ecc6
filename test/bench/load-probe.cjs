// Loaded before Node-RED: adds up the CPU time (ms) that is spent in loading the package's own files, with all that they load,
// when Node-RED asks for them and when they ask for more later.
const Module = require('node:module');

const ours = /[\\/]@rescale-flows[\\/]node-red-rescale[\\/]/;
const loading = { milliseconds: 0, files: 0 };
globalThis[Symbol.for('rescale.bench.loading')] = loading;

const load = Module._load;
let inside = false;
Module._load = function (request, parent, ...others) {
  if (inside || !(ours.test(request) || ours.test(parent?.filename)))
    return load.call(this, request, parent, ...others);
  inside = true;
  const start = process.cpuUsage();
  try {
    return load.call(this, request, parent, ...others);
  } finally {
    inside = false;
    const { user, system } = process.cpuUsage(start);
    loading.milliseconds += (user + system) / 1000;
    loading.files += 1;
  }
};
