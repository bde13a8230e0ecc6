// Sends messages into a flow of a real Node-RED and measures what they cost its process. The flow leads back to this node,
// so that it knows when a message has come through. It is told what to do over the admin API of that Node-RED.
const { readFileSync, writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const loading = globalThis[Symbol.for('rescale.bench.loading')] ?? { milliseconds: 0, files: 0 };

/** Bytes of memory, the highest since `forgetPeak` where the system can tell, else the highest of all. */
function peakMemory() {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
    return Number(kilobytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

function forgetPeak() {
  globalThis.gc?.();
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux, or not allowed: then a peak of the start counts, too.
  }
}

module.exports = (RED) => {
  const start = new Promise((resolve) => {
    RED.events.once('flows:started', () => {
      const { user, system } = process.cpuUsage();
      resolve({
        milliseconds: performance.now(),
        cpuMilliseconds: (user + system) / 1000,
        loading: { ...loading },
      });
    });
  });

  RED.nodes.registerType('bench-driver', function (config) {
    RED.nodes.createNode(this, config);
    let arrived = () => {};
    this.on('input', (message, send, done) => {
      arrived(message);
      done();
    });

    /** Sends `messages` copies into `output`, `window` of them at the same time, and resolves when all came through. */
    this.measure = ({ output, messages, window, message }) =>
      new Promise((resolve) => {
        let sent = 0;
        let back = 0;
        let failed = 0;
        let firstFailure = null;
        const latencies = [];
        const departures = new Map();
        forgetPeak();
        const memoryBefore = process.memoryUsage.rss();
        const delay = monitorEventLoopDelay({ resolution: 1 });
        delay.enable();
        const cpuBefore = process.cpuUsage();
        const start = performance.now();

        const sendOne = () => {
          sent += 1;
          departures.set(sent, performance.now());
          const outputs = Array(output + 1).fill(null);
          outputs[output] = { ...message, bench: sent };
          this.send(outputs);
        };
        arrived = (came) => {
          const departed = departures.get(came.bench);
          if (departed === undefined) return;
          departures.delete(came.bench);
          latencies.push(performance.now() - departed);
          back += 1;
          if (came.error) {
            failed += 1;
            firstFailure ??= came.error.message;
          }
          if (sent < messages) sendOne();
          if (back === messages) finish();
        };
        const finish = () => {
          const milliseconds = performance.now() - start;
          const { user, system } = process.cpuUsage(cpuBefore);
          delay.disable();
          arrived = () => {};
          latencies.sort((one, other) => one - other);
          resolve({
            milliseconds,
            cpuMilliseconds: (user + system) / 1000,
            longestBlock: delay.max / 1e6,
            memoryBefore,
            memoryPeak: peakMemory(),
            memoryAfter: process.memoryUsage.rss(),
            latency: {
              median: latencies[Math.floor(latencies.length / 2)],
              p99: latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * 0.99))],
            },
            failed,
            firstFailure,
          });
        };
        for (let index = 0; index < Math.min(window, messages); index += 1) sendOne();
      });
  });

  RED.httpAdmin.post('/bench/:id/measure', (request, response) => {
    RED.nodes
      .getNode(request.params.id)
      .measure(request.body)
      .then((figures) => response.json(figures));
  });

  /** What this process costs: memory, CPU and event loop since the last look. */
  let cpuBefore = process.cpuUsage();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  RED.httpAdmin.post('/bench/process', (request, response) => {
    start.then((start) => {
      const { user, system } = process.cpuUsage(cpuBefore);
      const figures = {
        start,
        cpuMilliseconds: (user + system) / 1000,
        longestBlock: delay.max / 1e6,
        memoryPeak: peakMemory(),
        memory: process.memoryUsage.rss(),
      };
      if (request.body.forget) forgetPeak();
      figures.memorySwept = process.memoryUsage.rss();
      delay.reset();
      cpuBefore = process.cpuUsage();
      response.json(figures);
    });
  });
};
