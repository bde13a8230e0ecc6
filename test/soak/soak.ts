/**
 * Redeploys of each kind in a real Node-RED while messages are on their way through every node, with a look at what the
 * process holds at the beginning and at the end.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSimulator, type Simulator } from '../../src/simulator';
import { startNodeRed, type DeployType, type FlowNode, type NodeRed } from '../real/node-red';
import type { Runtime } from '../real/runtimes';

interface SoakOptions {
  runtime: Runtime;
  /** Redeploys of each kind, or … */
  redeploys?: number;
  /** … as many as fit into so many minutes. */
  minutes?: number;
  tell?: (line: string) => void;
}

/** What a process holds. */
interface Holding {
  /** Active resources of Node.js by kind, such as `Timeout` and `TCPSocketWrap`. */
  resources: Record<string, number>;
  listeners: { process: number; runtime: number };
  /** Bytes after the garbage was collected. */
  heap: number;
  rss: number;
}

export interface SoakReport {
  redeploys: number;
  before: Holding;
  after: Holding;
  /** Milliseconds of a redeploy, from the request until the flows had started. */
  slowest: number;
  median: number;
  /** Messages that were held over all redeploys, and how often each came out. */
  held: number;
  cameOut: number[];
  /** Connections that were open at the simulator at the same time. */
  peakConnections: number;
  /** Lines of the log that complain. */
  complaints: string[];
  /** Messages that came through meanwhile. */
  traffic: number;
}

const KINDS: DeployType[] = ['full', 'flows', 'nodes'];
/** Redeploys before the first look: what is loaded once is loaded then. */
const WARM_UP = 6;
/** Messages that wait over all redeploys. */
const HELD = 40;
/** Looks at what is held at the end, until nothing seems to be left behind. */
const MOST_LOOKS = 20;
/** Milliseconds between two redeploys, so that traffic is under way again. */
const BREATH = 60;

export async function soak({ runtime, redeploys, minutes, tell }: SoakOptions): Promise<SoakReport> {
  const simulator = await startSimulator({ speed: 60 });
  prepare(simulator);
  const nodeRed = await startNodeRed({
    runtime,
    nodeArguments: ['--expose-gc'],
    settings: { nodesDir: join(__dirname, 'nodes') },
  });
  try {
    await nodeRed.deploy(flow(simulator.origin, 0));
    await nodeRed.inject('hold');
    const until = minutes === undefined ? Infinity : Date.now() + minutes * 60_000;
    const rounds = redeploys ?? Infinity;
    const times: number[] = [];
    let generation = 0;
    const round = async () => {
      for (const kind of KINDS) {
        generation += 1;
        const start = performance.now();
        await nodeRed.deploy(flow(simulator.origin, generation), kind);
        times.push(performance.now() - start);
        await pause(BREATH);
      }
    };
    for (let index = 0; index < WARM_UP / KINDS.length; index += 1) await round();
    const before = await settled(nodeRed);
    times.length = 0;
    const from = nodeRed.log().length;
    for (let done = 0; done < rounds && Date.now() < until; done += 1) {
      await round();
      if (tell && done % 20 === 19) tell(`${times.length} redeploys, ${summary(await settled(nodeRed))}`);
    }
    // What is on its way ends by itself, on a busy machine later; what was left behind stays.
    let after = await settled(nodeRed);
    for (
      let look = 1;
      look < MOST_LOOKS && leftBehind({ before, after, redeploys: times.length }).length > 0;
      look += 1
    )
      after = await settled(nodeRed);

    // What was held over all of it is let go, and comes out once.
    for (let run = 1; run <= HELD; run += 1)
      simulator.control('held', { action: 'end-run', runId: String(run) });
    const cameOut = await heldMessages(nodeRed);
    const lines = nodeRed.log().slice(from).split('\n');
    times.sort((one, other) => one - other);
    return {
      redeploys: times.length,
      before,
      after,
      slowest: times.at(-1)!,
      median: times[Math.floor(times.length / 2)]!,
      held: HELD,
      cameOut,
      peakConnections: simulator.peakConnections(),
      complaints: lines.filter((line) => /timed out|\[fatal\]|Uncaught|unhandled|MaxListeners/i.test(line)),
      traffic: nodeRed.recorded('traffic').length,
    };
  } finally {
    await nodeRed.remove();
    await simulator.close();
  }
}

/** What there is more of after the redeploys than two looks in quiet flows differ by. */
export function leftBehind({
  before,
  after,
  redeploys,
}: Pick<SoakReport, 'before' | 'after' | 'redeploys'>): string[] {
  const kinds = new Set([...Object.keys(before.resources), ...Object.keys(after.resources)]);
  // Two looks never find the very same moment; what leaks is there once for each redeploy.
  const resources = [...kinds].filter(
    (kind) => (after.resources[kind] ?? 0) - (before.resources[kind] ?? 0) >= redeploys / 3,
  );
  const listeners = (['process', 'runtime'] as const).filter(
    (kind) => after.listeners[kind] > before.listeners[kind],
  );
  const grown = (after.heap - before.heap) / redeploys >= 100_000;
  return [
    ...resources,
    ...listeners.map((kind) => `listeners of the ${kind}`),
    ...(grown ? ['bytes on the heap'] : []),
  ];
}

export const summary = ({ resources, listeners, heap, rss }: Holding): string =>
  `${Object.entries(resources)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(
      ', ',
    )}; ${listeners.process} + ${listeners.runtime} listeners; heap ${(heap / 1e6).toFixed(1)} MB, resident ${(rss / 1e6).toFixed(0)} MB`;

function prepare(simulator: Simulator): void {
  simulator.createJob({
    id: 'held',
    runs: Array.from({ length: HELD }, () => ({ duration: null })),
  });
  simulator.createJob({
    id: 'busy',
    runs: [{ duration: null, files: [{ path: 'shared/solver.log', lines: { every: 5 } }] }, { duration: 1 }],
  });
}

/** Looked at in the quiet flows, so that what is under way is not counted. */
async function settled(nodeRed: NodeRed): Promise<Holding> {
  await nodeRed.inject('quiet');
  await pause(800);
  const response = await nodeRed.request('soak/probe', { method: 'POST' });
  if (!response.ok) throw new Error(`the probe answers ${response.status}`);
  const holding = (await response.json()) as Holding;
  await nodeRed.inject('loud');
  return holding;
}

/** How often each held message came out, by run; waits until all did, or 30 seconds. */
async function heldMessages(nodeRed: NodeRed): Promise<number[]> {
  const count = () => {
    const counts = Array<number>(HELD).fill(0);
    for (const run of nodeRed.recorded<string>('held')) counts[Number(run) - 1]! += 1;
    return counts;
  };
  for (const limit = Date.now() + 30_000; Date.now() < limit && count().includes(0);) await pause(200);
  // A second one would follow soon.
  await pause(500);
  return count();
}

/** Every node at work. Each generation differs in the nodes themselves, so that no kind of redeploy leaves them alone. */
function flow(origin: string, generation: number): FlowNode[] {
  const place = { z: 'tab', x: 0, y: 0 };
  const ours = { ...place, name: `generation ${generation}`, platform: 'platform' };
  const busy = { jobId: 'busy', jobIdType: 'str', runId: '1', runIdType: 'str' };
  const log = { path: 'shared/solver.log', pathType: 'str' };
  const working = [
    { type: 'rescale-get-run', ...busy },
    { type: 'rescale-list-runs', jobId: 'foamSweep', jobIdType: 'str' },
    { type: 'rescale-list-jobs' },
    { type: 'rescale-submit-job', source: 'foamSweep', sourceType: 'str', submit: false },
    { type: 'rescale-list-files', ...busy, runId: '2' },
    { type: 'rescale-list-directory', ...busy },
    { type: 'rescale-tail-file', ...busy, ...log },
    { type: 'rescale-wait-run', ...busy, interval: '5', durable: false, deadline: '1', deadlineType: 'num' },
    { type: 'rescale-follow-file', ...busy, ...log, interval: '2' },
    { type: 'rescale-stop-run', ...busy, runId: '2' },
    { type: 'rescale-tabulate-runs', goals: [{ name: 'Cl', goal: 'max' }] },
    { type: 'rescale-draw-chart', kind: 'bars' },
    { type: 'rescale-monitor-run', durable: false },
  ].map((node, index): FlowNode => ({ ...ours, ...node, id: `node${index}`, wires: [['note'], ['note']] }));
  return [
    { id: 'tab', type: 'tab', label: `generation ${generation}` },
    {
      id: 'platform',
      type: 'rescale-platform',
      name: '',
      url: origin,
      rate: '0',
      credentials: { token: 'simulator' },
    },
    {
      ...place,
      id: 'tick',
      type: 'inject',
      props: [],
      repeat: '0.05',
      once: true,
      onceDelay: 0.05,
      wires: [['gate']],
    },
    {
      ...place,
      id: 'gate',
      type: 'function',
      func: "msg.payload = [{ run: '1', Cl: 1 }, { run: '2', Cl: 2 }]; return global.get('quiet') ? null : msg;",
      outputs: 1,
      wires: [working.map(({ id }) => id)],
    },
    ...['quiet', 'loud'].flatMap((id): FlowNode[] => [
      { ...place, id, type: 'inject', props: [], wires: [[`set-${id}`]] },
      {
        ...place,
        id: `set-${id}`,
        type: 'function',
        func: `global.set('quiet', ${id === 'quiet'});`,
        wires: [[]],
      },
    ]),
    ...working,
    {
      ...ours,
      id: 'watch',
      type: 'rescale-watch-runs',
      jobs: 'foamSweep',
      jobsType: 'str',
      interval: '5',
      wires: [['note']],
    },
    {
      ...place,
      id: 'note',
      type: 'function',
      func: "global.get('record')('traffic', 1);",
      outputs: 0,
      wires: [],
    },
    { ...place, id: 'hold', type: 'inject', props: [], wires: [['spread']] },
    {
      ...place,
      id: 'spread',
      type: 'function',
      func: `for (let run = 1; run <= ${HELD}; run += 1) node.send({ jobId: 'held', runId: String(run) });`,
      outputs: 1,
      wires: [['wait']],
    },
    {
      ...ours,
      id: 'wait',
      type: 'rescale-wait-run',
      interval: '5',
      outcome: false,
      files: false,
      wires: [['out'], ['out']],
    },
    {
      ...place,
      id: 'out',
      type: 'function',
      func: "global.get('record')('held', msg.runId);",
      outputs: 0,
      wires: [],
    },
    { ...place, id: 'catch', type: 'catch', scope: null, wires: [[]] },
    { ...place, id: 'probe', type: 'soak-probe', name: '' },
  ];
}
