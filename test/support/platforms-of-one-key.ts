/**
 * Several platform nodes with one key, which are broken, repaired and redeployed in random order while messages go
 * through them. In the end all are repaired, and each must tell what happens and answer what is asked.
 */
import { once } from 'node:events';
import type { Simulator } from '../../src/simulator';
import { loadFlow, platformOf, type Credentials, type FlowNode, type LoadedFlow } from './flow';

interface PlatformsPlan {
  simulator: Simulator;
  platforms: number;
  /** How long they are shaken, in milliseconds. */
  duration: number;
  /** 0 to 1. */
  random: () => number;
  userDir: string;
}

interface PlatformsReport {
  redeploys: number;
  asked: number;
  /** Platforms whose watch told the end of the last run, and whose messages were answered after it. */
  watching: number;
  answering: number;
  /** Errors at Catch that are not about what was broken on purpose. */
  unexpected: unknown[];
}

interface State {
  broken: boolean[];
  version: number;
}

const DEPLOYS = ['nodes', 'full', 'flows'] as const;

/** What may be told: a platform that is broken, and a node that is closed while it works. */
const EXPECTED = new Set(['RESCALE_CONFIG', 'RESCALE_CLOSED']);

export async function shakePlatforms(plan: PlatformsPlan): Promise<PlatformsReport> {
  const { simulator, random } = plan;
  const jobId = `shaken-${plan.platforms}`;
  simulator.createJob({ id: jobId, runs: [{ duration: null }, { duration: null }] });
  const state: State = { broken: Array.from({ length: plan.platforms }, () => false), version: 0 };
  const flows = () => flowsFor(plan, jobId, state);
  const [first, credentials] = flows();
  const flow = await loadFlow(first, { credentials, settings: { userDir: plan.userDir } });
  const report: PlatformsReport = { redeploys: 0, asked: 0, watching: 0, answering: 0, unexpected: [] };
  const deploy = async (type: (typeof DEPLOYS)[number]) => {
    state.version += 1;
    // The helper waits 300 ms for the flows to start, and a busy machine may need longer; they start all the same.
    const started = once(flow.RED.events, 'flows:started');
    await flow.deploy(flows()[0], type, credentials).catch(() => undefined);
    await started;
    report.redeploys += 1;
  };
  try {
    const end = performance.now() + plan.duration;
    while (performance.now() < end) {
      const place = Math.floor(random() * plan.platforms);
      state.broken[place] = random() < 0.5;
      await deploy(DEPLOYS[Math.floor(random() * DEPLOYS.length)]!);
      for (let message = 0; message < 5; message += 1) {
        const number = Math.floor(random() * plan.platforms);
        flow.receive(`get ${number}`, { jobId, runId: '1' });
        if (random() < 0.5) flow.receive(`watch ${number}`, { action: 'check' });
        report.asked += 1;
        await new Promise((resolve) => setTimeout(resolve, random() * 60));
      }
    }
    state.broken.fill(false);
    await deploy('nodes');
    await settle(plan, flow, jobId, report);
    report.unexpected = flow
      .received('caught')
      .map(({ error }) => error)
      .filter(isUnexpected);
    return report;
  } finally {
    await flow.unload();
  }
}

/** All are well: every watch tells the end of the run, and every message is answered. */
async function settle(
  plan: PlatformsPlan,
  flow: LoadedFlow,
  jobId: string,
  report: PlatformsReport,
): Promise<void> {
  const numbers = Array.from({ length: plan.platforms }, (_, index) => index);
  const isWatching = (number: number) =>
    flow.statuses(`watch ${number}`).at(-1)?.text?.endsWith('of 2') || undefined;
  for (const number of numbers) {
    await flow.until(`watch ${number} to begin`, () => isWatching(number)).catch(() => undefined);
  }
  plan.simulator.control(jobId, { action: 'end-run', runId: '2' });
  plan.simulator.advance(60);
  const mark = `after ${report.asked}`;
  for (const number of numbers) {
    flow.receive(`watch ${number}`, { action: 'check' });
    flow.receive(`get ${number}`, { jobId, runId: '2', mark });
  }
  const count = (id: string, fits: (message: Record<string, unknown>) => boolean) =>
    numbers.filter((number) => flow.received(`${id} ${number}`).some(fits)).length;
  const look = () => {
    report.watching = count('events', ({ topic, runId }) => topic === 'run/completed' && runId === '2');
    report.answering = count('answers', (message) => message.mark === mark);
    return (report.watching === plan.platforms && report.answering === plan.platforms) || undefined;
  };
  await flow.until('all platforms to be alive', look).catch(() => undefined);
}

function isUnexpected(error: unknown): boolean {
  return !EXPECTED.has(String((error as { code?: string }).code));
}

function flowsFor(plan: PlatformsPlan, jobId: string, { broken, version }: State): [FlowNode[], Credentials] {
  const place = { z: 'tab' };
  const nodes: FlowNode[] = [
    { id: 'tab', type: 'tab', label: 'shaken' },
    { ...place, id: 'catcher', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { ...place, id: 'caught', type: 'collector' },
  ];
  const credentials: Credentials = {};
  broken.forEach((isBroken, number) => {
    const id = `platform ${number}`;
    // A TLS node that is not there: the client can't be made.
    const tls = isBroken ? 'missing' : '';
    // Each has settings of its own, and is changed by every deploy.
    const platform = platformOf(plan.simulator, {
      id,
      tls,
      timeout: 20 + number,
      name: `version ${version}`,
    });
    nodes.push(platform.node);
    Object.assign(credentials, platform.credentials);
    const watch = { jobs: jobId, jobsType: 'str', interval: 5, events: ['completed'], outcome: false };
    nodes.push(
      {
        ...place,
        ...watch,
        id: `watch ${number}`,
        type: 'rescale-watch-runs',
        platform: id,
        wires: [[`events ${number}`]],
      },
      { ...place, id: `events ${number}`, type: 'collector' },
      {
        ...place,
        id: `get ${number}`,
        type: 'rescale-get-run',
        platform: id,
        wires: [[`answers ${number}`]],
      },
      { ...place, id: `answers ${number}`, type: 'collector' },
    );
  });
  return [nodes, credentials];
}
