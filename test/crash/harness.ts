/**
 * Ends runs at a simulator while Node-RED is killed, restarted and redeployed at random instants, and counts what its
 * watches and waits told. What was told is written to a file by the flow itself, so that a kill can't hide it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import { startNodeRed, type DeployType, type FlowNode, type NodeRed } from '../real/node-red';
import type { Runtime } from '../real/runtimes';
import { startRemoteSimulator, type RemoteSimulator } from '../support/remote-simulator';
import { note, place, tabWithPlatform, until } from './killed-node-red';

interface CrashPlan {
  runtime: Runtime;
  jobs: number;
  runsPerJob: number;
  kills: number;
  /** How much longer (ms) every `fsync` takes, as on an SD card or a network disk. */
  fsync?: number;
  /** 0 to 1; the same seed gives the same plan, though not the same instants in the process. */
  random: () => number;
  log?(text: string): void;
}

/** A message of a wait, as the flow wrote it down. */
interface Release {
  jobId: string;
  runId: string;
  mark: string;
  rescale: { redelivered?: boolean; state?: string };
}

export interface CrashReport {
  kills: number;
  redeploys: number;
  /** `job/run` of every run that was ended, and those of them that ended while Node-RED was down. */
  ended: string[];
  endedWhileDown: Set<string>;
  /** By the name of the watch. */
  events: Record<string, WatchEvent[]>;
  releases: Release[];
  /** `job/run` of the waits that were told that their node was closed: they do not go on. */
  closed: string[];
  /** What Node-RED printed. */
  log: string;
  /** What stood on disk in the end: by the name of the watch, each of its files. */
  state: Record<string, string[]>;
}

/** The two watches look at the same jobs and must not disturb each other; one of them waits for outcomes. */
export const WATCHES = ['plain', 'examining'] as const;

/** How long Node-RED may take to tell the rest after the last kill, in milliseconds: at least, and for each run. */
const PATIENCE = 90_000;
const PATIENCE_PER_RUN = 150;
/** What is on disk of a run by then was flushed about so often, by its wait and both watches, and two at a time. */
const FLUSHES_PER_RUN = 6;

export async function crash(plan: CrashPlan): Promise<CrashReport> {
  const simulator = await startRemoteSimulator({ speed: 0 });
  let nodeRed: NodeRed | null = null;
  try {
    const jobIds = Array.from({ length: plan.jobs }, (_, index) => `crash${index + 1}`);
    for (const id of jobIds) {
      const runs = Array.from({ length: plan.runsPerJob }, () => ({ duration: null, outputsAfter: 0 }));
      await simulator.createJob({ id, runs });
    }
    await simulator.advance(1);
    nodeRed = await startNodeRed({
      runtime: plan.runtime,
      ...(plan.fsync && { env: slowDisk(plan.fsync) }),
    });
    return await drive(plan, simulator, nodeRed, jobIds);
  } finally {
    await nodeRed?.remove();
    await simulator.close();
  }
}

/** The environment of a Node.js whose disk is slow. */
function slowDisk(milliseconds: number): Record<string, string> {
  const options = `${process.env['NODE_OPTIONS'] ?? ''} --require ${join(__dirname, 'slow-fsync.cjs')}`;
  return { NODE_OPTIONS: options.trim(), SLOW_FSYNC: String(milliseconds) };
}

async function drive(
  plan: CrashPlan,
  simulator: RemoteSimulator,
  nodeRed: NodeRed,
  jobIds: string[],
): Promise<CrashReport> {
  const { random } = plan;
  const flows = flowsFor(simulator, jobIds, plan.runsPerJob);
  await nodeRed.deploy(flows);
  // The watches know what is old before anything ends.
  await sleep(5000);
  await nodeRed.inject('begin');
  await until(() => nodeRed.recorded('waiting').length === 1, 'the waits to begin', PATIENCE);
  // Some are on disk, some are being written, some have not begun.
  for (const type of ['nodes', 'full'] as const) {
    await sleep(150);
    await nodeRed.deploy(renamed(flows, `while the waits are written, ${type}`), type);
  }
  // What is in memory only dies with a kill, as any message on its way does. A redeploy loses none of it.
  await until(
    () => waitsOnDisk(nodeRed) + nodeRed.recorded('closed').length >= jobIds.length * plan.runsPerJob,
    'the waits to be on disk',
    Math.max(PATIENCE, jobIds.length * plan.runsPerJob * (plan.fsync ?? 0)),
  ).catch((error: Error) => plan.log?.(`${error.message}: ${waitsOnDisk(nodeRed)}`));
  await sleep(3000);

  const left = shuffled(
    jobIds.flatMap((jobId) =>
      Array.from({ length: plan.runsPerJob }, (_, index) => ({ jobId, runId: String(index + 1) })),
    ),
    random,
  );
  const ended: string[] = [];
  const endedWhileDown = new Set<string>();
  let redeploys = 2;
  const endSome = async (most: number) => {
    for (let count = Math.floor(random() * (most + 1)); count > 0 && left.length > 0; count -= 1) {
      const { jobId, runId } = left.pop()!;
      await simulator.control(jobId, { action: 'end-run', runId, exitCode: random() < 0.2 ? 1 : 0 });
      ended.push(`${jobId}/${runId}`);
      if (!nodeRed.running) endedWhileDown.add(`${jobId}/${runId}`);
    }
    await simulator.advance(1);
  };

  // Three times a kill, half of the most on average.
  const share = Math.ceil((left.length / plan.kills) * 0.6);
  for (let kill = 1; kill <= plan.kills; kill += 1) {
    await endSome(share);
    if (random() < 0.4) {
      const type = (['full', 'nodes', 'flows'] as const)[Math.floor(random() * 3)] as DeployType;
      await nodeRed.deploy(renamed(flows, `after ${kill} kills`), type);
      redeploys += 1;
    }
    if (random() < 0.3) await nodeRed.inject('check');
    await sleep(random() * 1500);
    await nodeRed.kill();
    await endSome(share);
    await nodeRed.restart();
    plan.log?.(`kill ${kill} of ${plan.kills}, ${ended.length} runs ended`);
    await endSome(share);
  }
  while (left.length > 0) await endSome(left.length);
  // The last status of a job comes some time after its last run.
  await simulator.advance(300);

  const eventsOf = (name: string) => nodeRed.recorded<WatchEvent>(name);
  const releases = () => nodeRed.recorded<Release>('release');
  const wanted = ended.length;
  const closed = () => nodeRed.recorded<string>('closed');
  await until(
    () =>
      WATCHES.every(
        (name) => count(eventsOf(name).filter(({ event }) => event === 'completed')) === wanted,
      ) &&
      WATCHES.every(
        (name) => count(eventsOf(name).filter(({ event }) => event === 'job')) === jobIds.length,
      ) &&
      count(releases()) + new Set(closed()).size >= wanted,
    'everything to be told',
    Math.max(PATIENCE, wanted * (PATIENCE_PER_RUN + FLUSHES_PER_RUN * (plan.fsync ?? 0))),
    () => {
      const told = WATCHES.map((name) => count(eventsOf(name).filter(({ event }) => event === 'completed')));
      plan.log?.(`told of ${wanted}: ${told.join(' and ')} by the watches, ${count(releases())} by waits`);
    },
  ).catch((error: Error) => plan.log?.(error.message));
  // What would come twice comes now.
  await sleep(6000);
  return {
    kills: plan.kills,
    redeploys,
    ended,
    endedWhileDown,
    events: Object.fromEntries(WATCHES.map((name) => [name, eventsOf(name)])),
    releases: releases(),
    closed: closed(),
    log: nodeRed.log(),
    state: Object.fromEntries(WATCHES.map((name) => [name, stateOf(nodeRed, name)])),
  };
}

function waitsOnDisk(nodeRed: NodeRed): number {
  return stateOf(nodeRed, 'wait').length;
}

function stateOf({ userDir }: NodeRed, node: string): string[] {
  const folder = join(userDir, 'rescale', node);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return names.map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** How many different runs or jobs. */
function count(told: { jobId: string; runId: string | null }[]): number {
  return new Set(told.map(({ jobId, runId }) => `${jobId}/${runId}`)).size;
}

function shuffled<Item>(items: Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function renamed(flows: FlowNode[], name: string): FlowNode[] {
  return flows.map((node) =>
    ['rescale-watch-runs', 'rescale-wait-run'].includes(node.type) ? { ...node, name } : node,
  );
}

function flowsFor(simulator: RemoteSimulator, jobIds: string[], runsPerJob: number): FlowNode[] {
  const watches = WATCHES.flatMap((name): FlowNode[] => [
    {
      ...place,
      id: name,
      type: 'rescale-watch-runs',
      platform: 'platform',
      jobs: jobIds.join(','),
      interval: 5,
      events: ['completed', 'job'],
      outcome: name === 'examining',
      wires: [[`note ${name}`]],
    },
    note(`note ${name}`, name),
  ]);
  const begin = `
    for (const jobId of ${JSON.stringify(jobIds)}) {
      for (let run = 1; run <= ${runsPerJob}; run += 1) {
        node.send({ jobId, runId: String(run), mark: jobId + '/' + run });
      }
    }
    global.get('record')('waiting', true);`;
  return [
    ...tabWithPlatform(simulator),
    ...watches,
    { ...place, id: 'begin', type: 'inject', props: [], wires: [['messages']] },
    { ...place, id: 'messages', type: 'function', outputs: 1, func: begin, wires: [['wait']] },
    {
      ...place,
      id: 'wait',
      type: 'rescale-wait-run',
      platform: 'platform',
      interval: 5,
      outcome: false,
      files: false,
      wires: [['note release'], []],
    },
    note(
      'note release',
      'release',
      '{ jobId: msg.jobId, runId: msg.runId, mark: msg.mark, rescale: msg.rescale }',
    ),
    { ...place, id: 'catch', type: 'catch', scope: ['wait'], uncaught: false, wires: [['note closed']] },
    note('note closed', 'closed', 'msg.mark'),
    {
      ...place,
      id: 'check',
      type: 'inject',
      props: [{ p: 'action', v: 'check', vt: 'str' }],
      wires: [[...WATCHES]],
    },
  ];
}
