import 'should';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import should from 'should';
import type { Message } from '../../src/runtime/definition/definition';
import { flowAround, loadFlow, platformOf } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';
import { userFolderForEach } from '../support/user-folder';

const type = 'rescale-wait-run';

describe('rescale-wait-run', function () {
  this.timeout(120_000);
  const suite = nodesOnSimulator();
  const userFolder = userFolderForEach('wait-run');

  const load = (
    node: Record<string, unknown> = {},
    settings: Record<string, unknown> = { userDir: userFolder.path },
  ) => suite.load({ type, interval: 5, files: false, ...node }, {}, { settings });
  const stateOf = async () => {
    const folder = join(userFolder.path, 'rescale', 'node');
    return existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.json')) : [];
  };
  const rescaleOf = (message: Message) => message.rescale as Record<string, unknown>;

  it('lets a message go when its run has ended, with everything it had and how it ended', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, topic: 'kept', own: { deep: [1] } });
    await flow.status('node', ({ fill, text }) => fill === 'blue' && /waiting 1/.test(text!));
    suite.simulator.control(jobId, { action: 'end-run', runId: '1', exitCode: 137 });
    suite.simulator.advance(60);
    const message = await flow.take('out');
    message.should.have.properties({ topic: 'kept', own: { deep: [1] }, jobId, runId: '1' });
    (message.payload as { dateCompleted: string }).dateCompleted.should.be.a.String();
    rescaleOf(message).should.have.properties({ state: 'completed' });
    rescaleOf(message).outcome!.should.have.properties({
      result: 'failed',
      reason: 'exited with code 137 (killed or out of memory)',
    });
    rescaleOf(message).summary!.should.match(
      /^Job \w+ run 1 failed after .*: exited with code 137 \(killed or out of memory\)$/,
    );
    await flow.status('node', ({ fill, text }) => fill === 'red' && /run 1 failed/.test(text!));
    await until(async () => (await stateOf()).length === 0);
  });

  it('holds two hundred messages at once, stored, and lets each out once at its output', async () => {
    const runs = Array.from({ length: 50 }, () => ({ duration: null }));
    const jobs = [1, 2, 3, 4].map(() => suite.simulator.createJob({ runs }));
    const flow = await load({ outcome: false, deadline: 'seconds', deadlineType: 'msg' });
    for (const jobId of jobs) {
      for (let runId = 1; runId <= 50; runId += 1) {
        flow.receive('node', { jobId, runId, seconds: runId <= 40 ? 1000 : 6, mark: `${jobId}/${runId}` });
      }
    }
    await flow.status('node', ({ text }) => /waiting 200/.test(text!));
    for (const jobId of jobs) {
      for (let runId = 1; runId <= 40; runId += 1) {
        suite.simulator.control(jobId, { action: 'end-run', runId: String(runId), exitCode: 0 });
      }
    }
    const ended = await flow.takeAll('out', 160);
    const late = await flow.takeAll('out2', 40);
    new Set([...ended, ...late].map(({ mark }) => mark)).size.should.equal(200);
    for (const message of ended) Number(message.runId).should.be.belowOrEqual(40);
    for (const message of late) {
      Number(message.runId).should.be.above(40);
      rescaleOf(message).reason!.should.equal('deadline');
      (message.payload as { id: string }).id.should.equal(message.runId);
    }
    suite.simulator.requests().length.should.be.below(40);
    await until(async () => (await stateOf()).length === 0);
  });

  it('is the barrier before what comes after a whole job', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    const flow = await load({ scope: 'job' });
    flow.receive('node', { jobId });
    suite.simulator.control(jobId, { action: 'end-run', runId: '1', exitCode: 0 });
    suite.simulator.control(jobId, { action: 'end-run', runId: '2', exitCode: 3 });
    suite.simulator.advance(120);
    const message = await flow.take('out');
    (message.payload as unknown[]).length.should.equal(2);
    rescaleOf(message).progress!.should.eql({ total: 2, pending: 0, running: 0, completed: 2 });
    rescaleOf(message).outcome!.should.have.properties({ result: 'failed', reason: '1 of 2 runs failed' });
  });

  it('releases when the files are listed and says so', async () => {
    const jobId = suite.simulator.createJob({
      runs: [{ duration: 1, outputsAfter: 30 }, { duration: null }],
    });
    suite.simulator.advance(5);
    const flow = await load({ files: true, outcome: false });
    flow.receive('node', { jobId, runId: '1' });
    await flow.status('node', ({ text }) => /waiting 1/.test(text!));
    suite.simulator.advance(60);
    const message = await flow.take('out');
    rescaleOf(message).filesReady!.should.be.true();
    (message.payload as { outputFileCount: number }).outputFileCount.should.be.above(0);
  });

  it('is stopped by a message, one run alone or everything', async () => {
    const jobId = suite.simulator.createJob({
      runs: [{ duration: null }, { duration: null }, { duration: null }],
    });
    const flow = await load();
    for (const runId of [1, 2, 3]) flow.receive('node', { jobId, runId });
    await flow.status('node', ({ text }) => /waiting 3/.test(text!));
    flow.receive('node', { action: 'stop', jobId, runId: 2 });
    (await flow.take('out2')).should.have.property('runId', '2');
    flow.receive('node', { action: 'stop-all' });
    const rest = await flow.takeAll('out2', 2);
    rest
      .map(({ runId }) => runId)
      .sort()
      .should.eql(['1', '3']);
    for (const message of rest) rescaleOf(message).reason!.should.equal('stopped');
    flow.received('out').length.should.equal(0);
  });

  it('stops everything that came before, however much it is', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }] });
    const flow = await load();
    for (let mark = 0; mark < 300; mark += 1) flow.receive('node', { jobId, runId: 1, mark });
    flow.receive('node', { action: 'stop-all' });
    const stopped = await flow.takeAll('out2', 300);
    new Set(stopped.map(({ mark }) => mark)).size.should.equal(300);
    await until(async () => (await stateOf()).length === 0);
  });

  it('gives an unknown job to Catch and goes on', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: 1 }] });
    suite.simulator.advance(60);
    const flow = await load();
    flow.receive('node', { jobId: 'nobody', runId: 1 });
    // Three rounds of five seconds, which is more than `take` waits at once.
    const caught = await flow.take('caught').catch(() => flow.take('caught'));
    caught.error!.should.have.property('code', 'RESCALE_NOT_FOUND');
    flow.receive('node', { jobId, runId: 1 });
    await flow.take('out');
    await until(async () => (await stateOf()).length === 0);
  });

  it('survives a redeploy and a restart with its message, without done, and sends once', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    const [nodes, { credentials }] = flowAround(
      { type, interval: 5, files: false },
      platformOf(suite.simulator),
    );
    let flow = await loadFlow(nodes, { credentials, settings: { userDir: userFolder.path } });
    flow.receive('node', { jobId, runId: 1, payload: Buffer.from([1, 2]), when: new Date(5), topic: 'kept' });
    await flow.status('node', ({ text }) => /waiting 1/.test(text!));
    await until(async () => (await stateOf()).length === 1);
    await flow.deploy(nodes, 'full', credentials);
    flow.received('caught').should.eql([]);
    await flow.unload();
    suite.simulator.control(jobId, { action: 'end-run', runId: '1', exitCode: 0 });
    suite.simulator.advance(60);
    flow = await load();
    const message = await flow.take('out');
    message.should.have.properties({ topic: 'kept', jobId, runId: '1' });
    (message.when as Date).getTime().should.equal(5);
    rescaleOf(message).outcome!.should.have.property('result', 'succeeded');
    should(rescaleOf(message).redelivered).be.undefined();
    await until(async () => (await stateOf()).length === 0);
    flow.received('out').length.should.equal(1);
  });

  it('ends with the deploy when it is not durable, and tells Catch', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }] });
    const flow = await load({ durable: false });
    flow.receive('node', { jobId, runId: 1 });
    await flow.status('node', ({ text }) => /waiting 1/.test(text!));
    (await stateOf()).should.eql([]);
  });

  it('holds what can’t be stored in memory, and says so on the message', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: 1 }] });
    suite.simulator.advance(60);
    const flow = await load();
    flow.receive('node', { jobId, runId: 1, req: {}, res: {} });
    rescaleOf(await flow.take('out')).durable!.should.be.false();
    flow.receive('node', { jobId, runId: 1 });
    should(rescaleOf(await flow.take('out')).durable).be.undefined();
  });

  for (const [what, settings] of [
    ['nothing can be written', () => ({ rescalePlatformStateDir: join(userFolder.path, 'a file') })],
    ['there is no place for files', () => ({})],
  ] as const) {
    it(`waits in memory when ${what}, and says so on the message`, async () => {
      await writeFile(join(userFolder.path, 'a file'), 'where a folder should be');
      const jobId = suite.simulator.createJob({ runs: [{ duration: 1 }] });
      suite.simulator.advance(60);
      const flow = await load({}, settings());
      flow.receive('node', { jobId, runId: 1 });
      rescaleOf(await flow.take('out')).should.have.properties({ durable: false, state: 'completed' });
    });
  }

  it('writes no key of the platform to disk', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }] });
    const flow = await load();
    flow.receive('node', { jobId, runId: 1 });
    await until(async () => (await stateOf()).length === 1);
    const [name] = await stateOf();
    const text = await readFile(join(userFolder.path, 'rescale', 'node', name!), 'utf8');
    text.should.not.containEql(suite.simulator.token + '"');
  });

  it('removes its state with the node, and keeps it while the node is disabled', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }] });
    const flow = await load();
    flow.receive('node', { jobId, runId: 1 });
    await until(async () => (await stateOf()).length === 1);
    const [nodes, { credentials }] = flowAround(
      { type, interval: 5, files: false },
      platformOf(suite.simulator),
    );
    await flow.deploy(
      nodes.map((node) => (node.id === 'node' ? { ...node, d: true } : node)),
      'full',
      credentials,
    );
    (await stateOf()).length.should.equal(1);
    await flow.deploy(nodes, 'full', credentials);
    await flow.deploy(
      nodes.filter(({ id }) => id !== 'node'),
      'full',
      credentials,
    );
    (await stateOf()).should.eql([]);
  });

  it('tells Catch of the waits that are dropped because the platform has another address', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    const flow = await load();
    for (const runId of [1, 2]) flow.receive('node', { jobId, runId });
    await until(async () => (await stateOf()).length === 2);
    const [nodes, { credentials }] = flowAround(
      { type, interval: 5, files: false },
      platformOf({ ...suite.simulator, origin: 'http://127.0.0.1:9' }),
    );
    await flow.deploy(nodes, 'full', credentials);
    const { code, message } = (await flow.take('caught')).error as { code: string; message: string };
    code.should.equal('RESCALE_CONFIG');
    message.should.equal('Waits of another platform were dropped: 2.');
    (await stateOf()).should.eql([]);
  });
});

/** For what happens on disk, where nothing tells. */
async function until(happened: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await happened())) {
    if (Date.now() > end) throw new Error('did not happen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
