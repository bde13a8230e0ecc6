import { listen, type ServerContext } from './http/server';
import { createUploadFolder } from './http/upload-folder';
import { builtInJobs } from './jobs/built-in-jobs';
import { applyAction } from './model/actions';
import { createVirtualClock } from './model/clock';
import { createPlatform } from './model/platform';
import { checkedFaults } from './scripts/fault-rule';
import { checkedAction, checkedRestart } from './scripts/job-action';
import { checkedJob } from './scripts/job-script';
import type { Simulator, SimulatorOptions } from './scripts/options';
import { createFaults } from './traffic/faults';
import { createRequestLog } from './traffic/request-log';
import { createThrottle } from './traffic/throttle';

export type * from './scripts/fault-rule';
export type * from './scripts/job-action';
export type * from './scripts/job-script';
export type * from './scripts/options';

const DEFAULT_SPEED = 60;
const DEFAULT_SEED = 1;
const DEFAULT_TOKEN = 'simulator';

/**
 * Starts a Rescale platform in a box: a real HTTP server on 127.0.0.1 with jobs that start, compute and end on
 * a virtual clock. Rejects with the error of `listen` when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const token = options.token ?? DEFAULT_TOKEN;
  const clock = createVirtualClock(options.now ?? null, options.speed ?? DEFAULT_SPEED);
  const platform = createPlatform(options.seed ?? DEFAULT_SEED, clock, options.habits);
  for (const job of builtInJobs(platform.seed, platform.store, clock.now())) {
    platform.add(options.restarts === false ? { ...job, restartsAfter: Infinity } : job);
  }
  const faults = createFaults(checkedFaults(options.faults ?? []));
  const log = createRequestLog(token);
  const redirectContents = options.redirectContents ?? false;
  const throttle = options.throttle ? createThrottle(options.throttle) : null;
  const uploads = createUploadFolder(options.uploadLimit ?? null);
  const context: ServerContext = {
    platform,
    faults,
    log,
    token,
    redirectContents,
    throttle,
    uploads,
    storage: '',
  };
  const main = await listen(context, options.port ?? 0);
  const storage = redirectContents ? await listen(context, 0) : main;
  const origin = `http://127.0.0.1:${main.port}`;
  context.storage = `http://127.0.0.1:${storage.port}`;

  return {
    origin,
    token,
    async close() {
      await main.close();
      if (storage !== main) await storage.close();
      await uploads.close();
    },
    now: () => clock.now(),
    advance: (seconds) => clock.advance(seconds),
    setFaults: (rules) => faults.set(checkedFaults(rules)),
    requests: () => log.records(),
    clearRequests: () => log.clear(),
    peakConnections: () => log.peaks().connections,
    createJob: (script) => platform.add(checkedJob(script)).id,
    control: (jobId, action) => applyAction(platform, jobId, checkedAction(action)),
    restart: (jobId) => applyAction(platform, checkedRestart({ jobId }).jobId, { action: 'restart' }),
  };
}
