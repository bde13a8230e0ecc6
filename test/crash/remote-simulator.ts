import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { JobMove, JobScript } from '../../src/simulator/types';

/** A simulator that lives on when the test's Node-RED is killed. */
export interface RemoteSimulator {
  readonly origin: string;
  readonly token: string;
  createJob(job: JobScript): Promise<void>;
  control(jobId: string, move: JobMove): Promise<void>;
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export async function startRemoteSimulator(): Promise<RemoteSimulator> {
  const child = fork(join(__dirname, 'simulator-process.ts'), { execArgv: ['--require', 'tsx/cjs'] });
  const [address] = (await once(child, 'message')) as [{ origin: string; token: string }];
  const { origin, token } = address;

  async function post(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${origin}/_sim/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }
  return {
    origin,
    token,
    createJob: (job) => post('jobs', job),
    control: (jobId, move) => post(`jobs/${jobId}/control`, move),
    advance: (seconds) => post('advance', { seconds }),
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
