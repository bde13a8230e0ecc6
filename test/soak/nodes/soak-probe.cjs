// Tells what a Node-RED process holds: its timers, sockets, listeners and memory, after the garbage was collected.
const resources = () => {
  const counts = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

const listeners = (emitter) =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

module.exports = (RED) => {
  RED.nodes.registerType('soak-probe', function (config) {
    RED.nodes.createNode(this, config);
  });

  RED.httpAdmin.post('/soak/probe', (request, response) => {
    globalThis.gc();
    globalThis.gc();
    response.json({
      resources: resources(),
      listeners: { process: listeners(process), runtime: listeners(RED.events) },
      heap: process.memoryUsage().heapUsed,
      rss: process.memoryUsage.rss(),
    });
  });
};
