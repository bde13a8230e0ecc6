/**
 * Kills and redeploys Node-RED at random instants while it submits jobs to a simulator in another process, whose answers get
 * lost now and then. What came of each message is written to a file by the flow itself, so that a kill can't hide it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRule } from '../../src/simulator';
import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import type { Runtime } from '../real/runtimes';
import { startRemoteSimulator, type RemoteSimulator } from '../support/remote-simulator';
import { place, tabWithPlatform } from './killed-node-red';

interface SubmitCrashPlan {
  runtime: Runtime;
  kills: number;
  /** Messages that are on their way at each kill. */
  submissions: number;
  /** 0 to 1. */
  random: () => number;
  log?: (text: string) => void;
}

/** A job as the simulator has it in the end. */
export interface MadeJob {
  id: string;
  name: string;
  /** False for a draft. */
  submitted: boolean;
  /** Requests to submit it that were carried out. */
  submissions: number;
}

/** What a message came to, as the flow wrote it down. */
export type Ending =
  | { mark: string; jobId: string; submitted: boolean; redelivered: boolean }
  | { mark: string; code: string; message: string };

export interface SubmitCrashReport {
  kills: number;
  redeploys: number;
  marks: string[];
  endings: Ending[];
  jobs: MadeJob[];
  log: string;
}

/** How long Node-RED may take to tell the rest after the last kill (ms): a job is looked for for half a minute. */
const PATIENCE = 120_000;
/** Nothing new for so long (ms) once nothing is on disk any more: what would come twice has come. */
const QUIET = 4_000;

export async function crashSubmissions(plan: SubmitCrashPlan): Promise<SubmitCrashReport> {
  const simulator = await startRemoteSimulator({ speed: 60 });
  let nodeRed: NodeRed | null = null;
  try {
    nodeRed = await startNodeRed({ runtime: plan.runtime });
    return await drive(plan, simulator, nodeRed);
  } finally {
    await nodeRed?.remove();
    await simulator.close();
  }
}

async function drive(
  { kills, submissions, random, log }: SubmitCrashPlan,
  simulator: RemoteSimulator,
  nodeRed: NodeRed,
): Promise<SubmitCrashReport> {
  let redeploys = 0;
  for (let round = 1; round <= kills; round += 1) {
    await simulator.setFaults(faultsOf(random));
    await nodeRed.deploy(flows(simulator, submissions, `round${round}`));
    await nodeRed.inject('begin');
    if (random() < 0.3) {
      await sleep(random() * 600);
      await nodeRed.deploy(flows(simulator, submissions, `round${round}`, 'deployed anew'));
      redeploys += 1;
    }
    await sleep(random() * 6_000);
    await nodeRed.kill();
    await nodeRed.restart();
    log?.(`kill ${round} of ${kills}, ${nodeRed.recorded('ended').length} endings`);
  }
  await simulator.setFaults([]);
  const marks = nodeRed.recorded<string>('sent');
  const endings = () => nodeRed.recorded<Ending>('ended');
  await settled(
    () => endings().length,
    () => storedItems(nodeRed) === 0,
  );
  const jobs = await madeJobs(simulator);
  return { kills, redeploys, marks, endings: endings(), jobs, log: nodeRed.log() };
}

/** Answers that are lost, before and after what was asked for was done. */
function faultsOf(random: () => number): FaultRule[] {
  const kinds: Omit<FaultRule, 'method' | 'path'>[] = [
    { status: 502, html: true },
    { status: 502, html: true, effective: true },
    { reset: 'before' },
    { reset: 'unanswered' },
    { delay: 400 },
  ];
  return ['/jobs/$', '/submit/$'].flatMap((path) =>
    kinds
      .filter(() => random() < 0.5)
      .map((kind) => ({ method: 'POST', path, ...kind, skip: Math.floor(random() * 10), times: 2 })),
  );
}

/** Submissions of which the node still has to say how they stand. */
function storedItems({ userDir }: NodeRed): number {
  const folder = join(userDir, 'rescale', 'submit');
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')).length : 0;
}

/** Resolves when all is told and nothing more comes, or when the patience is over. */
async function settled(count: () => number, complete: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE;
  let [last, since] = [count(), Date.now()];
  while (Date.now() < end && !(complete() && Date.now() - since > QUIET)) {
    await sleep(250);
    if (count() !== last) [last, since] = [count(), Date.now()];
  }
}

async function madeJobs(simulator: RemoteSimulator): Promise<MadeJob[]> {
  const { origin, token } = simulator;
  const carriedOut = new Map<string, number>();
  for (const { method, url, status } of await simulator.requests()) {
    const id = method === 'POST' && /\/jobs\/([^/]+)\/submit\/$/.exec(url)?.[1];
    if (id && status !== null && status < 300) carriedOut.set(id, (carriedOut.get(id) ?? 0) + 1);
  }
  const answer = await fetch(`${origin}/api/v2/jobs/?page_size=10000`, {
    headers: { authorization: `Token ${token}` },
  });
  const { results } = (await answer.json()) as {
    results: { id: string; name: string; jobStatus: { content: string } | null }[];
  };
  return results.map(({ id, name, jobStatus }) => ({
    id,
    name,
    submitted: Boolean(jobStatus?.content),
    submissions: carriedOut.get(id) ?? 0,
  }));
}

const definition = {
  jobanalyses: [
    {
      analysis: { code: 'openfoam_plus', version: 'v2012+-intelmpi' },
      command: './Allrun',
      hardware: { coreType: 'emerald', coresPerSlot: 1, slots: 1, walltime: 1 },
    },
  ],
};

/** Every third job has a name that is given, every fourth an input to upload. */
function flows(simulator: RemoteSimulator, count: number, round: string, name = ''): FlowNode[] {
  const begin = `
    for (let index = 1; index <= ${count}; index += 1) {
      const mark = '${round}-' + index + '.';
      global.get('record')('sent', mark);
      node.send({
        mark,
        payload: { ...${JSON.stringify(definition)}, name: mark },
        ...(index % 3 === 0 && { jobName: mark + ' as given' }),
        // A property that the dialog names and that is missing is refused, so it is always there.
        inputs: index % 4 === 0 ? [{ name: 'in.txt', content: mark }] : [],
      });
    }`;
  const submitted = `global.get('record')('ended', {
    mark: msg.mark, jobId: msg.jobId, submitted: msg.rescale.submitted, redelivered: msg.rescale.redelivered === true,
  });`;
  const caught = `global.get('record')('ended', { mark: msg.mark, code: msg.error.code, message: msg.error.message });`;
  return [
    ...tabWithPlatform(simulator),
    { ...place, id: 'begin', type: 'inject', props: [], wires: [['messages']] },
    { ...place, id: 'messages', type: 'function', outputs: 1, func: begin, wires: [['submit']] },
    {
      ...place,
      id: 'submit',
      type: 'rescale-submit-job',
      name,
      platform: 'platform',
      from: 'definition',
      jobName: 'jobName',
      jobNameType: 'msg',
      inputFiles: 'inputs',
      inputFilesType: 'msg',
      wires: [['note made']],
    },
    { ...place, id: 'note made', type: 'function', outputs: 0, func: submitted, wires: [] },
    { ...place, id: 'catch', type: 'catch', scope: ['submit'], uncaught: false, wires: [['note caught']] },
    { ...place, id: 'note caught', type: 'function', outputs: 0, func: caught, wires: [] },
  ];
}
