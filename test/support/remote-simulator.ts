import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FaultRule, JobAction, JobScript, RequestRecord, SimulatorOptions } from '../../src/simulator';

/** A simulator in a process of its own, that lives on when the Node-RED of the test is killed. */
export interface RemoteSimulator {
  readonly origin: string;
  readonly token: string;
  createJob(job: JobScript): Promise<void>;
  control(jobId: string, move: JobAction): Promise<void>;
  advance(seconds: number): Promise<void>;
  requests(): Promise<RequestRecord[]>;
  setFaults(rules: FaultRule[]): Promise<void>;
  clearRequests(): Promise<void>;
  close(): Promise<void>;
}

/** Its clock stands still unless told otherwise. */
export async function startRemoteSimulator(
  options: SimulatorOptions = { speed: 0 },
): Promise<RemoteSimulator> {
  const program = join(__dirname, 'simulator-process.ts');
  const child = fork(program, [JSON.stringify(options)], { execArgv: ['--require', 'tsx/cjs'] });
  const [address] = (await once(child, 'message')) as [{ origin: string; token: string }];
  const { origin, token } = address;

  async function ask(method: string, path: string, body?: unknown): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${origin}/_sim/${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }
  return {
    origin,
    token,
    createJob: async (job) => void (await ask('POST', 'jobs', job)),
    control: async (jobId, move) => void (await ask('POST', `jobs/${jobId}/control`, move)),
    advance: async (seconds) => void (await ask('POST', 'advance', { seconds })),
    requests: async () => JSON.parse(await ask('GET', 'requests')) as RequestRecord[],
    setFaults: async (rules) => void (await ask('POST', 'faults', rules)),
    clearRequests: async () => void (await ask('DELETE', 'requests')),
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
