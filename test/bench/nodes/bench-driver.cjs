// Sends messages into a flow of a real Node-RED and measures what they cost its process. The flow leads back to this node,
// so that it knows when a message has come through. It is told what to do over the admin API of that Node-RED.
const { readFileSync, writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const countPath = require('./bench-path.cjs');

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

function spread(values) {
  if (values.length === 0) return null;
  values.sort((one, other) => one - other);
  const at = (share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
  return { median: at(0.5), p99: at(0.99) };
}

/** The ids of message `index`, where each message is about another run. */
function idsOf(series, index) {
  if (!series) return {};
  const { jobId, runId } = series;
  return { jobId: jobId.prefix + Math.floor(index / jobId.every), runId: String((index % runId.modulo) + 1) };
}

module.exports = (RED) => {
  countPath(RED);
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
    this.measure = ({ output, messages, window, message, series }) =>
      new Promise((resolve) => {
        let sent = 0;
        let back = 0;
        let failed = 0;
        let firstFailure = null;
        let last;
        const latencies = [];
        const delays = [];
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
          outputs[output] = { ...message, ...idsOf(series, sent - 1), bench: sent };
          this.send(outputs);
        };
        arrived = (came) => {
          const departed = departures.get(came.bench);
          if (departed === undefined) return;
          departures.delete(came.bench);
          latencies.push(performance.now() - departed);
          if (came.payload?.dateCompleted) delays.push(Date.now() - Date.parse(came.payload.dateCompleted));
          back += 1;
          last = came.payload;
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
          resolve({
            milliseconds,
            cpuMilliseconds: (user + system) / 1000,
            longestBlock: delay.max / 1e6,
            memoryBefore,
            memoryPeak: peakMemory(),
            memoryAfter: process.memoryUsage.rss(),
            latency: spread(latencies),
            delay: spread(delays),
            payload: messages === 1 && last?.lines !== undefined ? last : null,
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
  // Seldom enough to cost nothing beside what is measured: a look every millisecond takes three percent of a core by itself.
  const delay = monitorEventLoopDelay({ resolution: 20 });
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
      figures.heapSwept = process.memoryUsage().heapUsed;
      delay.reset();
      cpuBefore = process.cpuUsage();
      response.json(figures);
    });
  });
};
