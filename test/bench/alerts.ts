/**
 * `npm run bench:alerts`: what the alerts cost. Two scenes, each in a real Node-RED with the packed package:
 *
 * - `economy`: 50 watches and 200 waits over 10 jobs of 500 runs, while runs end: requests per round, the highest rate, and
 *   the time from the end of a run to its message; beside it, what one GET per run would take.
 * - `scale`: 10,000 runs over 100 jobs watched by one platform at its own rates: memory and CPU of the process.
 *
 * `npm run bench:alerts -- scale --minutes 2` runs one of them, for so long.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import type { RequestRecord } from '../../src/simulator';
import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import { startRemoteSimulator, type RemoteSimulator } from '../support/remote-simulator';
import { machine, megabytes, median, shown, table, type Row } from './figures';

const place = { z: 'tab', x: 0, y: 0 };
const record = (name: string, value: string) => `global.get('record')('${name}', ${value});`;
const platform = (simulator: RemoteSimulator): FlowNode => ({
  id: 'platform',
  type: 'rescale-platform',
  url: simulator.origin,
  credentials: { token: simulator.token },
});

interface Scene {
  simulator: RemoteSimulator;
  nodeRed: NodeRed;
  minutes: number;
}

async function economy({ simulator, nodeRed, minutes }: Scene): Promise<Row[]> {
  const [jobs, runs, watches, waits, interval] = [10, 500, 50, 200, 30];
  const jobIds = Array.from({ length: jobs }, (_, index) => `job${index}`);
  // The runs start and end evenly over the time, eight of a job at once, after a minute in which everybody settles in.
  const length = minutes * 60;
  for (const id of jobIds) {
    const every = length / runs;
    const script = (_: unknown, run: number) => ({
      startsAt: 30 + run * every,
      duration: 8 * every,
      outputsAfter: 2,
    });
    await simulator.createJob({ id, runs: Array.from({ length: runs }, script) });
  }
  const waiting = `
    for (let n = 0; n < ${waits}; n += 1) {
      node.send({ jobId: 'job' + (n % ${jobs}), runId: String(1 + Math.floor((n * ${runs}) / ${waits})) });
    }`;
  await nodeRed.deploy([
    { id: 'tab', type: 'tab' },
    platform(simulator),
    ...Array.from({ length: watches }, (_, index): FlowNode => ({
      ...place,
      id: `watch${index}`,
      type: 'rescale-watch-runs',
      platform: 'platform',
      // Each looks at another part of the jobs, so that every job is watched by some of them.
      jobs: jobIds.filter((_id, job) => (index + job) % 5 === 0).join(','),
      interval,
      outcome: false,
      wires: [[index < 5 ? 'told' : 'nobody']],
    })),
    {
      ...place,
      id: 'told',
      type: 'function',
      outputs: 0,
      func: record('told', '[Date.now(), msg.payload.occurredAt]'),
    },
    { ...place, id: 'nobody', type: 'junction', wires: [[]] },
    { ...place, id: 'begin', type: 'inject', props: [], wires: [['messages']] },
    { ...place, id: 'messages', type: 'function', outputs: 1, func: waiting, wires: [['wait']] },
    {
      ...place,
      id: 'wait',
      type: 'rescale-wait-run',
      platform: 'platform',
      interval,
      outcome: false,
      files: false,
      wires: [['waited'], []],
    },
    {
      ...place,
      id: 'waited',
      type: 'function',
      outputs: 0,
      func: record('told', '[Date.now(), msg.payload.dateCompleted]'),
    },
  ]);
  await nodeRed.inject('begin');
  await sleep(20_000);
  await simulator.clearRequests();
  await sleep(length * 1000);
  const requests = await simulator.requests();
  const delays = nodeRed
    .recorded<[number, string | null]>('told')
    .flatMap(([at, date]) => (date === null ? [] : [(at - Date.parse(date)) / 1000]))
    .sort((a, b) => a - b);
  const perMinute = requests.length / minutes;
  const rounds = (minutes * 60) / interval;
  const bench = `${watches} watches and ${waits} waits over ${jobs} jobs of ${runs} runs, every ${interval} s`;
  return [
    {
      bench,
      subject: 'one poller for all',
      figures: {
        requests: `${shown(perMinute)}/min`,
        'a round': shown(requests.length / rounds),
        'most in one second': String(busiest(requests)),
        'end to message, median': `${shown(median(delays))} s`,
        p99: `${shown(delays[Math.floor(delays.length * 0.99)]!)} s`,
        messages: shown(delays.length),
      },
    },
    {
      bench,
      subject: 'one GET per run (reckoned)',
      figures: {
        requests: `${shown(((jobs * runs) / interval) * 60)}/min for one watch of each run`,
        'at 1.7/s a round takes': `${shown((jobs * runs) / 1.7 / 60)} min`,
      },
    },
  ];
}

async function scale({ simulator, nodeRed, minutes }: Scene): Promise<Row[]> {
  const [jobs, runs, interval] = [100, 100, 30];
  const jobIds = Array.from({ length: jobs }, (_, index) => `job${index}`);
  for (const [job, id] of jobIds.entries()) {
    const script = (_: unknown, run: number) => ({
      startsAt: 0,
      // One run in a hundred ends in the time that is measured; the rest go on.
      duration: run === job % runs ? 120 + job : null,
      variables: ['x_velocity', 'y_velocity', 'Cd', 'Cl'].map((name) => ({ name, value: run })),
    });
    await simulator.createJob({ id, runs: Array.from({ length: runs }, script) });
  }
  await nodeRed.deploy([{ id: 'tab', type: 'tab' }, platform(simulator)]);
  await sleep(10_000);
  const idle = usage(nodeRed.pid);
  await sleep(30_000);
  const idleCpu = usage(nodeRed.pid).cpu - idle.cpu;
  await nodeRed.deploy([
    { id: 'tab', type: 'tab' },
    platform(simulator),
    {
      ...place,
      id: 'watch',
      type: 'rescale-watch-runs',
      platform: 'platform',
      jobs: jobIds.join(','),
      interval,
      outcome: true,
      wires: [['told']],
    },
    {
      ...place,
      id: 'told',
      type: 'function',
      outputs: 0,
      func: record('told', 'msg.payload') + record('sent', '[Date.now(), msg.payload.occurredAt]'),
    },
  ]);
  // The first lists of a hundred jobs go through the budget like everything else.
  await sleep(90_000);
  const before = usage(nodeRed.pid);
  await simulator.clearRequests();
  await sleep(minutes * 60_000);
  const after = usage(nodeRed.pid);
  const requests = await simulator.requests();
  const events = nodeRed.recorded<WatchEvent>('told');
  const delays = nodeRed
    .recorded<[number, string]>('sent')
    .map(([at, date]) => (at - Date.parse(date)) / 1000)
    .sort((a, b) => a - b);
  return [
    {
      bench: `${shown(jobs * runs)} runs over ${jobs} jobs, watched every ${interval} s`,
      subject: 'one watch',
      figures: {
        memory: `${megabytes(after.memory)} (${megabytes(after.memory - idle.memory)} more than without the watch)`,
        CPU: `${shown((100 * (after.cpu - before.cpu)) / (minutes * 60))} % of a core (idle ${shown((100 * idleCpu) / 30)} %)`,
        requests: `${shown(requests.length / minutes)}/min`,
        events: String(events.length),
        'end to message, median': delays.length > 0 ? `${shown(median(delays))} s` : '–',
        p99: delays.length > 0 ? `${shown(delays[Math.floor(delays.length * 0.99)]!)} s` : '–',
      },
    },
  ];
}

/** The most requests that arrived within a second of the wall clock. */
function busiest(requests: RequestRecord[]): number {
  const seconds = new Map<number, number>();
  for (const { at } of requests) {
    const second = Math.floor(at / 1000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...seconds.values());
}

/** Resident bytes and CPU seconds of a process. */
function usage(pid: number): { memory: number; cpu: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { memory: Number(resident![1]) * 1024, cpu: ticks / 100 };
}

const scenes = { economy, scale };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: 'string', default: '5' } },
  });
  const rows: Row[] = [];
  for (const [name, scene] of Object.entries(scenes)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    console.error(`${name} …`);
    const simulator = await startRemoteSimulator({ speed: 1 });
    const nodeRed = await startNodeRed({ runtime: '4.1' });
    try {
      rows.push(...(await scene({ simulator, nodeRed, minutes: Number(values.minutes) })));
    } finally {
      await nodeRed.remove();
      await simulator.close();
    }
  }
  console.log(`${machine()}\n\n${table(rows)}`);
}

void main();
