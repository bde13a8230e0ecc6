import 'should';
import { EventEmitter } from 'node:events';
import { mock } from 'node:test';
import type { Node, NodeAPI } from 'node-red';
import { leaveInterrupted, takeInterrupted, watchDeploys } from '../../src/runtime/node/interrupted';

describe('messages that a deploy interrupts', () => {
  const node = { id: 'n1', type: 'rescale-get-run', name: 'look' } as Node;
  let events: EventEmitter;
  let warned: string[];
  let RED: NodeAPI;

  beforeEach(() => {
    events = new EventEmitter();
    warned = [];
    const log = { warn: (text: string) => warned.push(text) };
    const _ = (key: string, values: object) => `${key} ${JSON.stringify(values)}`;
    RED = { events, log, _ } as unknown as NodeAPI;
    watchDeploys(RED);
  });
  /** Timers that are due at once have fired. */
  const settle = () => new Promise((resolve) => setTimeout(resolve, 2));
  const stopped = (deploy?: boolean) =>
    events.emit('runtime-event', { id: 'runtime-state', payload: { state: 'stop', deploy } });

  it('are left to the next node, once', async () => {
    leaveInterrupted(RED, node, { topic: 'before' }).should.be.false();
    events.emit('flows:stopping');
    leaveInterrupted(RED, node, { topic: 'kept' }).should.be.true();
    stopped(true);
    events.emit('flows:started');
    // A node takes them as soon as it hears that the flows have started.
    await Promise.resolve();
    takeInterrupted(RED, node).should.eql([{ message: { topic: 'kept' }, again: false }]);
    takeInterrupted(RED, node).should.eql([]);
    await settle();
    warned.should.eql([]);
    leaveInterrupted(RED, node, { topic: 'after' }).should.be.false();
  });

  it('wait for the node that comes with the second of two deploys', async () => {
    events.emit('flows:stopping');
    leaveInterrupted(RED, node, { topic: 'kept' });
    events.emit('flows:started');
    events.emit('flows:stopping');
    await settle();
    events.emit('flows:started');
    takeInterrupted(RED, node).should.have.length(1);
  });

  it('are told once more when a second deploy comes before what hears of them is done, and counted in the log at a third', async () => {
    events.emit('flows:stopping');
    leaveInterrupted(RED, node, { topic: 'a' });
    events.emit('flows:started');
    takeInterrupted(RED, node).should.have.length(1);
    await settle();
    events.emit('flows:stopping');
    events.emit('flows:started');
    takeInterrupted(RED, node).should.eql([{ message: { topic: 'a' }, again: true }]);
    await settle();
    warned.should.eql([]);
    events.emit('flows:stopping');
    events.emit('flows:started');
    takeInterrupted(RED, node).should.eql([]);
    await settle();
    warned.should.have.length(1);
    warned[0]!.should.containEql('closed-twice').and.containEql('"count":1');
  });

  it('are not told again when the second deploy comes after what hears of them had its time', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      events.emit('flows:stopping');
      leaveInterrupted(RED, node, { topic: 'a' });
      events.emit('flows:started');
      takeInterrupted(RED, node).should.have.length(1);
      mock.timers.tick(5_001);
      events.emit('flows:stopping');
      events.emit('flows:started');
      takeInterrupted(RED, node).should.eql([]);
    } finally {
      mock.timers.reset();
    }
  });

  it('are not told again when the flow has sent them to the node again, and that is interrupted', () => {
    events.emit('flows:stopping');
    for (const id of ['a', 'b']) leaveInterrupted(RED, node, { _msgid: id });
    events.emit('flows:started');
    takeInterrupted(RED, node);
    events.emit('flows:stopping');
    leaveInterrupted(RED, node, { _msgid: 'a' });
    events.emit('flows:started');
    takeInterrupted(RED, node).should.eql([
      { message: { _msgid: 'b' }, again: true },
      { message: { _msgid: 'a' }, again: false },
    ]);
  });

  it('are told again, each of those that came of one message, while another of these is in work', () => {
    const other = { ...node, id: 'n2' } as Node;
    const runs = ['1', '2', '3'].map((runId) => ({ _msgid: 'list', jobId: 'j', runId }));
    const same = { _msgid: 'list', jobId: 'j', runId: '4' };
    events.emit('flows:stopping');
    for (const message of [...runs, same, same]) leaveInterrupted(RED, node, message);
    events.emit('flows:started');
    takeInterrupted(RED, node).should.have.length(5);
    events.emit('flows:stopping');
    // What Catch asks of another node is no message that was told.
    leaveInterrupted(RED, other, runs[0]!);
    leaveInterrupted(RED, node, runs[1]!);
    leaveInterrupted(RED, node, same);
    events.emit('flows:started');
    const told = takeInterrupted(RED, node).map(({ message, again }) => [message.runId, again]);
    told.should.eql([
      ['1', true],
      ['3', true],
      ['4', true],
      ['2', false],
      ['4', false],
    ]);
    takeInterrupted(RED, other).should.have.length(1);
  });

  it('are counted in the log when the second deploy has no such node, or Node-RED ends', async () => {
    for (const end of [() => events.emit('flows:started'), () => stopped()]) {
      warned.length = 0;
      events.emit('flows:stopping');
      leaveInterrupted(RED, node, { topic: 'a' });
      events.emit('flows:started');
      takeInterrupted(RED, node).should.have.length(1);
      events.emit('flows:stopping');
      end();
      await settle();
      warned.should.have.length(1);
      warned[0]!.should
        .containEql('closed-twice')
        .and.containEql('"count":1')
        .and.containEql('"node":"look"');
    }
  });

  for (const [how, end] of [
    ['Node-RED ends', () => stopped()],
    ['no such node comes', () => events.emit('flows:started')],
  ] as const) {
    it(`are counted in the log when ${how}`, async () => {
      events.emit('flows:stopping');
      for (const topic of ['a', 'b']) leaveInterrupted(RED, node, { topic });
      end();
      await settle();
      warned.should.have.length(1);
      warned[0]!.should
        .containEql('closed-untold')
        .and.containEql('"count":2')
        .and.containEql('"node":"look"');
      takeInterrupted(RED, node).should.eql([]);
    });
  }
});
