import 'should';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../src/runtime/definition/definition';
import type { FollowProgress } from '../../src/runtime/long-running/follow-format';
import { openStateStore } from '../../src/runtime/state/state-place';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';
import { encode } from '../support/encode';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const type = 'rescale-follow-file';
const path = 'shared/log.solver';

describe('rescale-follow-file', function () {
  this.timeout(120_000);
  const suite = nodesOnSimulator();
  let userDir: string;
  let jobId: string;

  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'follow-file-'));
    jobId = suite.simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
  });
  afterEach(() => rm(userDir, { recursive: true, force: true }));

  const load = (node: Record<string, unknown> = {}) =>
    suite.load({ type, interval: 2, ...node }, {}, { settings: { userDir } });
  const append = (text: string) =>
    suite.simulator.control(jobId, { action: 'append', runId: '1', path, text });
  const endRun = () => {
    suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
    suite.simulator.advance(120);
  };
  const stateOf = async () => {
    const folder = join(userDir, 'rescale', 'node');
    return existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.json')) : [];
  };
  /** It goes just after the last message has gone. */
  const stateIsGone = async () => {
    const late = Date.now() + 5_000;
    while ((await stateOf()).length > 0 && Date.now() < late)
      await new Promise((next) => setTimeout(next, 10));
    (await stateOf()).should.eql([]);
  };
  const followOf = (message: Message) => (message.rescale as { follow: Record<string, unknown> }).follow;
  /** Messages until so many lines came. */
  async function takeLines(flow: LoadedFlow, count: number): Promise<Message[]> {
    const messages: Message[] = [];
    const lines = () => messages.flatMap(({ payload }) => payload as string[]).length;
    while (lines() < count) messages.push(await flow.take('out'));
    return messages;
  }
  /** A follow that has sent its first lines, and whose node was then disabled: what is stored of it, and the way to go on. */
  async function interruptedFollow() {
    const [nodes, { credentials }] = flowAround({ type, interval: 2 }, platformOf(suite.simulator));
    const without = nodes.map((node) => (node.id === 'node' ? { ...node, d: true } : node));
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, path });
    await flow.take('out');
    await flow.deploy(without, 'full', credentials);
    const store = openStateStore({ id: 'node', settings: { userDir } });
    const key = (await store.keys()).find((name) => name.startsWith('follow-at:'))!;
    const progress = (await store.read(key))!.value as FollowProgress;
    return { flow, store, key, progress, deployAgain: () => flow.deploy(nodes, 'full', credentials) };
  }
  const linesOf = (messages: Message[]) => messages.flatMap(({ payload }) => payload as string[]);

  it('sends new lines only, then says once that the run has ended, and keeps the message', async () => {
    append('one\ntwo\nthree\n');
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, path, topic: 'kept' });
    const first = await flow.take('out');
    first.payload!.should.eql(['one', 'two']);
    first.should.have.properties({ topic: 'kept', jobId, runId: '1', path });
    followOf(first).should.eql({ seq: 1, lines: 2, gap: null });
    append('four\nfive');
    const second = await flow.take('out');
    second.payload!.should.eql(['three', 'four']);
    followOf(second).should.eql({ seq: 3, lines: 2, gap: null });
    endRun();
    (await flow.take('out')).payload!.should.eql(['five']);
    const end = await flow.take('out2');
    end.payload!.should.eql({ reason: 'completed', lines: 5, gaps: 0 });
    end.should.have.properties({ topic: 'kept', jobId, runId: '1' });
    await flow.take('completed');
    await stateIsGone();
    flow.received('caught').should.be.empty();
  });

  it('sends a message per line when told', async () => {
    append('one\ntwo\nthree\n');
    endRun();
    const flow = await load({ emit: 'line' });
    flow.receive('node', { jobId, runId: 1, path });
    const messages = await flow.takeAll('out', 3);
    messages.map(({ payload }) => payload).should.eql(['one', 'two', 'three']);
    messages.map((message) => followOf(message).seq).should.eql([1, 2, 3]);
    (await flow.take('out2')).payload!.should.eql({ reason: 'completed', lines: 3, gaps: 0 });
  });

  it('reads another encoding, and takes a change of it over a restart', async () => {
    const write = (text: string) =>
      suite.simulator.control(jobId, {
        action: 'append',
        runId: '1',
        path,
        text: encode(text, 'euc-kr').toString('base64'),
        encoding: 'base64',
      });
    write('압력\n수렴\nTime = 1\n');
    const before = await load({ encoding: 'euc-kr' });
    before.receive('node', { jobId, runId: 1, path });
    linesOf(await takeLines(before, 3)).should.eql(['압력', '수렴', 'Time = 1']);
    await before.unload();
    write('발산\n');
    const after = await load({ encoding: 'windows-1252' });
    linesOf(await takeLines(after, 1)).should.eql(['¹ß»ê']);
    await after.unload();
    write('끝\n');
    const again = await load({ encoding: 'euc-kr' });
    linesOf(await takeLines(again, 1)).should.eql(['끝']);
    again.received('caught').should.be.empty();
  });

  it('does not follow the same file twice, whatever form its path has', async () => {
    append('one\ntwo\n');
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, path });
    await flow.take('out');
    flow.receive('node', { jobId, runId: '1', path: `./${path}` });
    await flow.take('completed');
    endRun();
    await flow.take('out2');
    linesOf(flow.received('out')).should.eql(['one', 'two']);
    flow.received('out2').length.should.equal(1);
  });

  it('is stopped by a message, one file alone or everything', async () => {
    append('one\ntwo\n');
    suite.simulator.control(jobId, { action: 'append', runId: '2', path, text: 'a\nb\n' });
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, path });
    flow.receive('node', { jobId, runId: 2, path });
    await flow.takeAll('out', 2);
    flow.receive('node', { action: 'stop', jobId, runId: 2, path });
    const end = await flow.take('out2');
    end.runId!.should.equal('2');
    (end.payload as { reason: string }).reason.should.equal('stopped');
    flow.receive('node', { action: 'stop-all' });
    (await flow.take('out2')).runId!.should.equal('1');
    await stateIsGone();
    flow.receive('node', { action: 'pause' });
    ((await flow.take('caught')).error as { code: string }).code.should.equal('RESCALE_INPUT');
  });

  it('goes on after a redeploy and after a restart, with each line once and no done', async () => {
    append('one\ntwo\n');
    const node = { type, interval: 2 };
    const [nodes, { credentials }] = flowAround(node, platformOf(suite.simulator));
    let flow = await loadFlow(nodes, { credentials, settings: { userDir } });
    flow.receive('node', { jobId, runId: 1, path, own: Buffer.from('kept') });
    await takeLines(flow, 1);
    append('three\n');
    await flow.deploy(nodes, 'full', credentials);
    const afterDeploy = await takeLines(flow, 1);
    append('four\n');
    await flow.unload();
    append('five\n');

    flow = await load({ emit: 'line' });
    append('six\n');
    endRun();
    const end = await flow.take('out2');
    const lines = flow.received('out');
    [...linesOf(afterDeploy), ...linesOf(lines)].should.eql(['two', 'three', 'four', 'five', 'six']);
    lines
      .map((message) => followOf(message))
      .forEach((follow) => follow.should.not.have.property('redelivered'));
    end.payload!.should.eql({ reason: 'completed', lines: 6, gaps: 0 });
    (end.own as Buffer).toString().should.equal('kept');
    flow.received('completed').should.be.empty();
    await stateIsGone();
  });

  it('sends again what a kill may have kept from going out, and says so', async () => {
    append('one\ntwo\nthree\n');
    const { flow, store, key, progress, deployAgain } = await interruptedFollow();
    // As a kill between writing and sending leaves it.
    const unsent = { lines: ['one', 'two'], seq: 1, gap: null };
    await store.write(key, { ...progress, unsent, perhapsSent: true, mark: 'not noted' });
    await deployAgain();
    const again = await flow.take('out');
    again.payload!.should.eql(['one', 'two']);
    followOf(again).should.eql({ seq: 1, lines: 2, gap: null, redelivered: true });
    endRun();
    const next = await flow.take('out');
    next.payload!.should.eql(['three']);
    followOf(next).should.eql({ seq: 3, lines: 1, gap: null });
  });

  it('sends nothing again that it noted to be sent before a kill', async () => {
    append('one\ntwo\n');
    const { flow, progress, deployAgain } = await interruptedFollow();
    // The progress is written before a sending, and what was sent is noted beside it.
    progress.perhapsSent.should.be.true();
    progress.unsent!.lines.length.should.be.above(0);
    await deployAgain();
    append('three\n');
    endRun();
    await flow.take('out2');
    const lines = flow.received('out');
    linesOf(lines).should.eql(['one', 'two', 'three']);
    for (const message of lines) followOf(message).should.not.have.property('redelivered');
  });

  it('marks again what was perhaps sent before an earlier kill, and the end as well', async () => {
    append('one\ntwo\nthree\nfour\n');
    const { flow, store, key, progress, deployAgain } = await interruptedFollow();
    const unsent = { lines: ['two', 'three'], seq: 2, gap: null };
    await store.write(key, { ...progress, unsent, perhapsSent: true, end: 'completed', mark: 'not noted' });
    await deployAgain();
    followOf(await flow.take('out')).should.eql({ seq: 2, lines: 2, gap: null, redelivered: true });
    followOf(await flow.take('out2')).should.eql({ redelivered: true });
  });

  it('is stopped by the path at which the file was found, too', async () => {
    append('one\ntwo\n');
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, path: path.replace('shared/', '') });
    await flow.take('out');
    flow.receive('node', { action: 'stop', jobId, runId: 1, path });
    ((await flow.take('out2')).payload as { reason: string }).reason.should.equal('stopped');
  });

  it('does not go on with the jobs of another simulator', async () => {
    const start = (speed: string) => {
      const platform = {
        id: 'platform',
        type: 'rescale-platform',
        name: '',
        url: 'simulator',
        rate: 0,
        speed,
      };
      const [nodes] = flowAround({ type, interval: 2 }, { node: platform, credentials: {} });
      return loadFlow(nodes, { settings: { userDir } });
    };
    const before = await start('60');
    before.receive('node', { jobId: 'foamSweep', runId: 1, path: 'process_output.log' });
    await before.take('out');
    await before.unload();
    (await stateOf()).should.not.be.empty();
    // Each speed has a simulator of its own, as each start of Node-RED has.
    const after = await start('61');
    try {
      await stateIsGone();
      after.received('out').should.be.empty();
    } finally {
      await after.unload();
    }
  });

  it('stops everything that came before, while it is still being written', async () => {
    const runs = Array.from({ length: 60 }, () => ({ duration: null }));
    const many = suite.simulator.createJob({ runs });
    const flow = await load();
    for (let runId = 1; runId <= 60; runId += 1) flow.receive('node', { jobId: many, runId, path });
    flow.receive('node', { action: 'stop-all' });
    const ends = await flow.takeAll('out2', 60);
    ends.forEach(({ payload }) => payload!.should.have.property('reason', 'stopped'));
    new Set(ends.map(({ runId }) => runId)).size.should.equal(60);
    await stateIsGone();
  });

  it('ends with the deploy when it is not durable', async () => {
    append('one\ntwo\n');
    const node = { type, interval: 2, durable: false };
    const [nodes, { credentials }] = flowAround(node, platformOf(suite.simulator));
    const flow = await load({ durable: false });
    flow.receive('node', { jobId, runId: 1, path });
    await flow.take('out');
    (await stateOf()).should.eql([]);
    await flow.deploy(nodes, 'full', credentials);
    flow.receive('node', { jobId, runId: 1, path });
    followOf(await flow.take('out')).seq!.should.equal(1);
  });

  it('leaves nothing on disk when the node is removed', async () => {
    append('one\ntwo\n');
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, path });
    await flow.take('out');
    (await stateOf()).should.not.be.empty();
    const [nodes, { credentials }] = flowAround({ type, interval: 2 }, platformOf(suite.simulator));
    await flow.deploy(
      nodes.filter(({ id }) => id !== 'node'),
      'full',
      credentials,
    );
    await stateIsGone();
  });

  it('tells Catch of a job that is not there, and of a path that can’t be', async () => {
    const flow = await load();
    flow.receive('node', { jobId: 'nowhere', runId: 1, path });
    ((await flow.take('caught')).error as { code: string }).code.should.equal('RESCALE_NOT_FOUND');
    flow.receive('node', { jobId, runId: 1, path: '../x' });
    ((await flow.take('caught')).error as { code: string }).code.should.equal('RESCALE_INPUT');
    await stateIsGone();
  });

  it('shows trouble, tells Catch once of a refused key, and goes on by itself', async () => {
    append('one\ntwo\n');
    suite.simulator.setFaults([{ path: 'tail', status: 401, times: 2 }]);
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, path });
    const caught = await flow.take('caught');
    (caught.error as { code: string }).code.should.equal('RESCALE_AUTH');
    // What is told of an outage is of no message, and says all the same what the platform answered.
    caught.should.have.property('statusCode', 401);
    (await flow.take('out')).payload!.should.eql(['one']);
    flow.received('caught').length.should.equal(1);
    flow.receive('node', { action: 'stop-all' });
    await flow.take('out2');
  });

  it('ends at its deadline', async () => {
    append('one\ntwo\n');
    const flow = await load({ deadline: '1', deadlineType: 'num' });
    flow.receive('node', { jobId, runId: 1, path });
    (await flow.take('out2')).payload!.should.eql({ reason: 'deadline', lines: 1, gaps: 0 });
    await flow.status('node', ({ fill, text }) => fill === 'yellow' && /deadline/.test(text!));
  });
});
