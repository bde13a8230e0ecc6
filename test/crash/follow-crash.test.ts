import 'should';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowNode } from '../real/node-red';
import type { RemoteSimulator } from '../support/remote-simulator';
import { beginWith, killedNodeRed, note, place, tabWithPlatform, until } from './killed-node-red';
import { seededRandom } from '../support/seeded-random';

/** A message of a follow, as the flow wrote it down. */
interface Told {
  lines: string[];
  follow: { seq: number; gap: unknown; redelivered?: boolean };
}

interface End {
  payload: { reason: string; lines: number; gaps: number };
  follow?: { redelivered?: boolean };
}

const KILLS = 8;
const JOB = 'growing';
const PATH = 'shared/log.solver';
/** How long Node-RED may take to tell the rest after the last kill, in milliseconds. */
const PATIENCE = 60_000;

describe('A log that is followed by a Node-RED that is killed again and again', function () {
  this.timeout(240_000);
  const started = killedNodeRed();

  it('comes line for line, and what comes twice says so', async () => {
    const { simulator, nodeRed } = started;
    const random = seededRandom(Number(process.env['CRASH_SEED'] ?? 7));
    await simulator.createJob({ id: JOB, runs: [{ duration: null, outputsAfter: 0 }] });
    await simulator.advance(1);
    await nodeRed.deploy(flows(simulator));
    await nodeRed.inject('begin');

    const written: string[] = [];
    const write = async (most: number) => {
      const lines = Array.from({ length: Math.floor(random() * most) }, (_, index) => {
        // Half of the lines are like others, as those of real logs are.
        return random() < 0.5 ? 'time step continuity errors : 0' : `Time = ${written.length + index}`;
      });
      written.push(...lines);
      const text = lines.map((line) => line + '\n').join('');
      if (text) await simulator.control(JOB, { action: 'append', runId: '1', path: PATH, text });
    };
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await write(40);
      if (random() < 0.5) await nodeRed.deploy(flows(simulator), random() < 0.5 ? 'full' : 'nodes');
      await write(40);
      await sleep(random() * 3000);
      if (random() < 0.3) await nodeRed.stop();
      else await nodeRed.kill();
      await write(random() < 0.3 ? 400 : 40);
      await nodeRed.restart();
    }
    await write(40);
    await simulator.control(JOB, { action: 'end-run', runId: '1', exitCode: 0 });
    await simulator.advance(60);
    const ended = () => KINDS.every((kind) => nodeRed.recorded<End>(`end of ${kind}`).length > 0);
    await until(ended, 'the ends of the follows', PATIENCE);

    for (const kind of KINDS) {
      const messages = nodeRed.recorded<Told>(kind);
      linesOf(messages).should.eql(written);
      messages.every(({ follow }) => follow.gap === null).should.be.true();
      const ends = nodeRed.recorded<End>(`end of ${kind}`);
      ends[0]!.payload.should.eql({ reason: 'completed', lines: written.length, gaps: 0 });
      ends
        .slice(1)
        .every(({ follow }) => follow?.redelivered)
        .should.be.true();
    }
    nodeRed.log().should.not.match(/Close timed out|UnhandledPromiseRejection|Uncaught Exception/);
  });
});

const KINDS = ['batch', 'line'];

/** By their numbers. A line that came before and is not marked as perhaps sent is an error. */
function linesOf(messages: Told[]): string[] {
  const lines: string[] = [];
  for (const { lines: some, follow } of messages) {
    for (const [index, line] of some.entries()) {
      const at = follow.seq - 1 + index;
      if (at === lines.length) lines.push(line);
      else if (at > lines.length) throw new Error(`line ${lines.length + 1} never came`);
      else if (!follow.redelivered) throw new Error(`line ${at + 1} came twice and does not say so`);
      else line.should.equal(lines[at]);
    }
  }
  return lines;
}

function flows(simulator: RemoteSimulator): FlowNode[] {
  return [
    ...tabWithPlatform(simulator),
    beginWith({ jobId: JOB, runId: '1', path: PATH }, KINDS),
    ...KINDS.flatMap((kind): FlowNode[] => [
      {
        ...place,
        id: kind,
        type: 'rescale-follow-file',
        platform: 'platform',
        interval: 2,
        emit: kind,
        wires: [[`note ${kind}`], [`note end of ${kind}`]],
      },
      note(`note ${kind}`, kind, '{ lines: [msg.payload].flat(), follow: msg.rescale.follow }'),
      note(`note end of ${kind}`, `end of ${kind}`, '{ payload: msg.payload, follow: msg.rescale.follow }'),
    ]),
  ];
}
