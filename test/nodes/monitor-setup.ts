import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../src/runtime/definition/definition';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';
import { foamLog } from '../support/logs/foam-log';

const type = 'rescale-monitor-run';
export const path = 'shared/log.simpleFoam';

/** No server is asked: the platform node is there because the flow around has one. */
const platform = platformOf({ origin: 'http://127.0.0.1:1', token: 'none' });

export const diverging = (steps: number, at: number) =>
  foamLog({
    steps,
    end: '',
    residual: (field, step) => (step >= at && field === 'p' ? 'nan' : 10 ** (-step / 50)),
  });

export interface Payload {
  verdict: string;
  rule: string;
  step: number;
  time: number | null;
  at: number;
  evidence: string[];
  values: Record<string, number | null>;
  solver: string | null;
  reason?: string;
  redelivered: boolean;
}

/** What the tests of monitor run work with: a folder and a flow for each of them. */
let userDir: string;
let flow: LoadedFlow | null = null;

/** For the `describe` of each file that uses it. */
export function flowForEach(): void {
  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'monitor-run-'));
  });
  afterEach(async () => {
    await close();
    await rm(userDir, { recursive: true, force: true });
  });
}

/** Ends Node-RED. */
export async function close(): Promise<void> {
  await flow?.unload();
  flow = null;
}

export const flowOf = (node: Record<string, unknown> = {}) => flowAround({ type, ...node }, platform);
export async function load(node: Record<string, unknown> = {}): Promise<LoadedFlow> {
  const [nodes, options] = flowOf(node);
  flow = await loadFlow(nodes, { ...options, settings: { userDir } });
  return flow;
}
/** As after a restart of Node-RED. */
export async function restart(node: Record<string, unknown> = {}): Promise<LoadedFlow> {
  await flow?.unload();
  return load(node);
}
export const stateFolder = () => join(userDir, 'rescale', 'node');
export const stateFiles = () => (existsSync(stateFolder()) ? readdirSync(stateFolder()) : []);

/** Lines of a log as follow-file sends them, in pieces of so many. */
export function pieces(text: string, size: number, place: Record<string, unknown> = {}): Message[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const messages: Message[] = [];
  for (let from = 0; from < lines.length; from += size) {
    const payload = lines.slice(from, from + size);
    const follow = { seq: from + 1, lines: payload.length, gap: null };
    messages.push({
      payload,
      jobId: 'foamSweep',
      runId: '6',
      path,
      ...place,
      rescale: { platform: 'simulator', jobId: 'foamSweep', runId: '6', link: null, follow },
    });
  }
  return messages;
}
export const endOf = (place: Record<string, unknown> = {}, reason = 'completed'): Message => ({
  payload: { reason, lines: 1, gaps: 0 },
  jobId: 'foamSweep',
  runId: '6',
  path,
  ...place,
  rescale: { platform: 'simulator', jobId: 'foamSweep', runId: '6' },
});
/** Resolves when each of the messages was done. */
export async function give(loaded: LoadedFlow, messages: Message[]): Promise<void> {
  for (const message of messages) {
    loaded.receive('node', message);
    await loaded.take('completed');
  }
}
export const rowsOf = (loaded: LoadedFlow) =>
  loaded.received('out').flatMap(({ payload }) => payload as { step: number }[]);
export const toldOf = (loaded: LoadedFlow) =>
  loaded.received('out2').map(({ payload }) => payload as Payload);
export const verdictsOf = (loaded: LoadedFlow) => toldOf(loaded).map(({ verdict }) => verdict);
