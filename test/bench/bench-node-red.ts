/**
 * A real Node-RED that measures itself: a driver node sends messages into `subjects` and waits until they come back. All
 * subjects stand in one process, so that they are compared under the same conditions.
 */
import { join } from 'node:path';

import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import type { Runtime } from '../real/runtimes';

/** A part of a flow through which messages go: they enter its first node and leave its last. */
export type Subject = ({ type: string } & Record<string, unknown>)[];

interface Load {
  subject: string;
  messages: number;
  /** How many at the same time. */
  window: number;
  message: Record<string, unknown>;
  /** Gives each message the ids of another run: `every` messages are about one job. */
  series?: { jobId: { prefix: string; every: number }; runId: { modulo: number } };
}

export interface Measured {
  milliseconds: number;
  cpuMilliseconds: number;
  /** Milliseconds of the longest time in which the event loop did nothing else. */
  longestBlock: number;
  /** Bytes of resident memory. */
  memoryBefore: number;
  memoryPeak: number;
  memoryAfter: number;
  /** Milliseconds of one message on its way. */
  latency: { median: number; p99: number };
  /** Milliseconds from the end of a run, as the platform dates it, until its message was back; null without runs. */
  delay: { median: number; p99: number } | null;
  /** What came back, when it was one message that counts lines. */
  payload: unknown;
  failed: number;
  firstFailure: string | null;
}

/** Since the last look, except `start`. */
export interface ProcessFigures {
  /** From the start of the process until the flows had started, and how much CPU of it went into loading the package. */
  start: {
    milliseconds: number;
    cpuMilliseconds: number;
    loading: { milliseconds: number; files: number };
  };
  cpuMilliseconds: number;
  longestBlock: number;
  memoryPeak: number;
  memory: number;
  /** After the garbage was collected, when `forget` was asked for. */
  memorySwept: number;
  /** The part of it that JavaScript's objects take. */
  heapSwept: number;
}

interface BenchNodeRed {
  readonly nodeRed: NodeRed;
  /** Rejects when a message ended in an error: a figure of failures says nothing. */
  measure(load: Load): Promise<Measured>;
  /** With `forget` the garbage is collected and the peak starts anew. */
  process(forget?: boolean): Promise<ProcessFigures>;
  remove(): Promise<void>;
}

interface BenchOptions {
  runtime: Runtime;
  subjects: Record<string, Subject>;
  /** Config nodes and whatever else the subjects refer to. */
  others?: FlowNode[];
  withoutPackage?: boolean;
  /** What it starts with; the subjects are deployed once it has started. */
  flows?: FlowNode[];
  nodeArguments?: string[];
}

/** Starts Node-RED and deploys the subjects. */
export async function startBenchNodeRed(options: BenchOptions): Promise<BenchNodeRed> {
  const { runtime, subjects, others = [], withoutPackage, flows, nodeArguments = [] } = options;
  const nodeRed = await startNodeRed({
    runtime,
    withoutPackage,
    ...(flows && { flows }),
    nodeArguments: ['--expose-gc', '--require', join(__dirname, 'load-probe.cjs'), ...nodeArguments],
    settings: { nodesDir: join(__dirname, 'nodes'), logging: { console: { level: 'info' } } },
  });
  const names = Object.keys(subjects);
  await nodeRed.deploy([...flowOf(subjects), ...others]);

  async function ask<Answer>(path: string, body: unknown): Promise<Answer> {
    const response = await nodeRed.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  return {
    nodeRed,
    async measure({ subject, ...load }) {
      const output = names.indexOf(subject);
      const measured = await ask<Measured>('bench/driver/measure', { ...load, output });
      if (measured.failed > 0) {
        throw new Error(`${subject}: ${measured.failed} messages failed: ${measured.firstFailure}`);
      }
      return measured;
    },
    process: (forget = false) => ask('bench/process', { forget }),
    remove: () => nodeRed.remove(),
  };
}

function flowOf(subjects: Record<string, Subject>): FlowNode[] {
  // What has no place on the canvas is taken for a config node.
  const place = { z: 'tab', x: 0, y: 0 };
  const nodes = Object.entries(subjects).map(([name, parts]) =>
    parts.map((part, index): FlowNode => ({
      ...place,
      id: `${name}-${index}`,
      wires: [[index + 1 < parts.length ? `${name}-${index + 1}` : 'driver']],
      ...part,
    })),
  );
  return [
    { id: 'tab', type: 'tab', label: 'bench' },
    {
      ...place,
      id: 'driver',
      type: 'bench-driver',
      name: '',
      wires: nodes.map(([first]) => [first!.id]),
    },
    { ...place, id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['driver']] },
    ...nodes.flat(),
  ];
}

/** The platform as the benches configure it. */
export const platformNode = (origin: string, fields: Record<string, unknown> = {}): FlowNode => ({
  id: 'platform',
  type: 'rescale-platform',
  name: '',
  url: origin,
  // The budget of a key would be what is measured.
  rate: '0',
  credentials: { token: 'simulator' },
  ...fields,
});

/** Node-RED's own node for HTTP, as a user sets it up for an API: keep-alive on, the token in a header, JSON parsed. */
export const httpRequest = (fields: Record<string, unknown>) => ({
  type: 'http request',
  name: '',
  method: 'GET',
  ret: 'obj',
  paytoqs: 'ignore',
  url: '',
  persist: true,
  insecureHTTPParser: false,
  authType: '',
  senderr: true,
  headers: [
    { keyType: 'other', keyValue: 'Authorization', valueType: 'other', valueValue: 'Token simulator' },
  ],
  ...fields,
});
