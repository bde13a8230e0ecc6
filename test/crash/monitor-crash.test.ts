import 'should';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowNode, NodeRed } from '../real/node-red';
import type { RemoteSimulator } from '../support/remote-simulator';
import { beginWith, killedNodeRed, note, place, tabWithPlatform, until } from './killed-node-red';
import { seededRandom } from '../support/seeded-random';

/** A verdict, as the flow wrote it down. */
interface Told {
  runId: string;
  topic: string;
  payload: { step: number; redelivered: boolean };
}

/** `CRASH_KILLS=200 npx mocha test/crash/monitor-crash.test.ts` takes about half an hour. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 4);
const JOB = 'monitored';
const PATH = 'shared/log.simpleFoam';
/** How long Node-RED may take to tell the rest after the last kill, in milliseconds. */
const PATIENCE = 90_000;

describe('Logs that are monitored by a Node-RED that is killed again and again', function () {
  this.timeout(240_000 + KILLS * 20_000);
  const started = killedNodeRed({ speed: 60 });

  it('lose no verdict, tell none twice without saying so, and stop no run twice', async () => {
    const { simulator, nodeRed } = started;
    const random = seededRandom(Number(process.env['CRASH_SEED'] ?? 7));
    const runIds = Array.from({ length: KILLS }, (_, index) => String(index + 1));
    await simulator.createJob({ id: JOB, runs: runIds.map(() => ({ duration: null, outputsAfter: 0 })) });
    await simulator.advance(1);
    await nodeRed.deploy(flows(simulator, runIds));
    await nodeRed.inject('begin');

    const steps = new Map<string, number>();
    /** Some steps for all runs that compute; the last step of one that is to diverge is of no numbers. */
    const write = async (most: number, diverging?: string) => {
      for (const runId of runIds) {
        if (steps.get(runId) === Infinity) continue;
        const from = (steps.get(runId) ?? 0) + 1;
        const count = 1 + Math.floor(random() * most);
        const text = Array.from({ length: count }, (_, at) =>
          stepOf(from + at, runId === diverging && at === count - 1),
        );
        const action = { action: 'append', runId, path: PATH, text: text.join('') } as const;
        await simulator.control(JOB, action);
        steps.set(runId, runId === diverging ? Infinity : from + count - 1);
      }
    };
    for (const runId of runIds) {
      await write(5);
      await sleep(random() * 1500);
      await write(5, runId);
      // Follow looks every two seconds: the kill comes before, while or after the deciding line is judged.
      await sleep(random() * 4000);
      await nodeRed.kill();
      await nodeRed.restart();
    }
    const unended = () => runIds.filter((runId) => toldOf(nodeRed, runId, 'run/log-ended').length === 0);
    await until(() => unended().length === 0, 'the last words', PATIENCE).catch(() => {
      const told = unended().map(
        (runId) => `${runId}: ${JSON.stringify(toldOf(nodeRed, runId, 'run/diverging'))}`,
      );
      throw new Error(`these logs had no last word: ${told.join(', ')}`);
    });

    for (const runId of runIds) {
      for (const topic of ['run/diverging', 'run/log-ended']) {
        const told = toldOf(nodeRed, runId, topic);
        told.length.should.be.aboveOrEqual(1, `${topic} of run ${runId}`);
        told
          .slice(1)
          .every(({ payload }) => payload.redelivered)
          .should.be.true();
        new Set(told.map(({ payload }) => payload.step)).size.should.equal(1);
      }
    }
    const stops = (await simulator.requests()).filter(
      ({ method, url }) => method === 'POST' && url.endsWith('/stop/'),
    );
    const asked = stops.map(({ url }) => url);
    asked.sort().should.eql([...new Set(asked)].sort());
    stops.length.should.equal(runIds.length);
    nodeRed.log().should.not.match(/Close timed out|UnhandledPromiseRejection|Uncaught Exception/);
  });
});

function stepOf(step: number, broken: boolean): string {
  const solve = (field: string, value: number | string) =>
    `smoothSolver:  Solving for ${field}, Initial residual = ${value}, Final residual = ${value}, No Iterations 3\n`;
  const value = Number((10 ** (-step / 200)).toPrecision(6));
  // The next line closes the step, so that nothing hangs on what comes later.
  const next = broken ? `Time = ${step + 1}\n` : '';
  return `Time = ${step}\n${solve('Ux', value)}${solve('p', broken ? 'nan' : value)}ExecutionTime = ${step} s  ClockTime = ${step} s\n${next}`;
}

function toldOf(nodeRed: NodeRed, runId: string, topic: string): Told[] {
  return nodeRed.recorded<Told>('told').filter((told) => told.runId === runId && told.topic === topic);
}

function flows(simulator: RemoteSimulator, runIds: string[]): FlowNode[] {
  return [
    ...tabWithPlatform(simulator),
    beginWith({ jobId: JOB, path: PATH }, ['each']),
    {
      ...place,
      id: 'each',
      type: 'function',
      outputs: 1,
      func: `return [${JSON.stringify(runIds)}.map((runId) => ({ ...msg, runId }))];`,
      wires: [['follow']],
    },
    {
      ...place,
      id: 'follow',
      type: 'rescale-follow-file',
      platform: 'platform',
      interval: 2,
      wires: [['monitor'], ['monitor']],
    },
    { ...place, id: 'monitor', type: 'rescale-monitor-run', silence: 0, wires: [[], ['note', 'diverging']] },
    note('note', 'told', '{ runId: msg.runId, topic: msg.topic, payload: msg.payload }'),
    {
      ...place,
      id: 'diverging',
      type: 'switch',
      property: 'topic',
      propertyType: 'msg',
      rules: [{ t: 'eq', v: 'run/diverging', vt: 'str' }],
      outputs: 1,
      wires: [['stop']],
    },
    { ...place, id: 'stop', type: 'rescale-stop-run', platform: 'platform', confirm: true, wires: [[]] },
  ];
}
