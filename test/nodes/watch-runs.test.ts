import 'should';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import should from 'should';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import type { Message } from '../../src/runtime/definition/definition';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';
import { projectFolder } from '../real/scripts';
import { userFolderForEach } from '../support/user-folder';

const type = 'rescale-watch-runs';
const texts = JSON.parse(readFileSync(join(projectFolder, 'nodes', 'watch-runs', 'en-US.json'), 'utf8')) as {
  port: { input: string };
};

describe('rescale-watch-runs', function () {
  this.timeout(120_000);
  const suite = nodesOnSimulator();
  const userFolder = userFolderForEach('watch-runs');

  const load = (
    node: Record<string, unknown> = {},
    settings: Record<string, unknown> = { userDir: userFolder.path },
  ) => suite.load({ type, interval: 5, outcome: false, ...node }, {}, { settings });
  /** For a flow that is unloaded by its test, as a restart of Node-RED would. */
  const loadForRestart = (node: Record<string, unknown>) => {
    const [nodes, { credentials }] = flowOf(node);
    return loadFlow(nodes, { credentials, settings: { userDir: userFolder.path } });
  };
  const flowOf = (node: Record<string, unknown>) =>
    flowAround({ type, interval: 5, outcome: false, ...node }, platformOf(suite.simulator));
  const eventOf = (message: Message) => message.payload as WatchEvent;
  /** The watch has read its jobs when it knows how many runs there are. */
  const watching = (flow: LoadedFlow, runs: number) =>
    flow.status('node', ({ text }) => text?.endsWith(`of ${runs}`) ?? false);
  const end = (jobId: string, runId: string, exitCode = 0) =>
    suite.simulator.control(jobId, { action: 'end-run', runId, exitCode });
  const job = (runs: number) =>
    suite.simulator.createJob({ runs: Array.from({ length: runs }, () => ({ duration: null })) });

  it('tells the end of each run, how it ended, and the end of the job', async () => {
    const jobId = job(2);
    const flow = await load({ jobs: jobId, outcome: true });
    await watching(flow, 2);
    end(jobId, '1');
    end(jobId, '2', 137);
    suite.simulator.advance(60);
    flow.receive('node', { action: 'check' });
    const messages = await flow.takeAll('out', 3);
    const [first, second] = messages.filter(({ topic }) => topic === 'run/completed');
    first!.should.have.properties({ jobId, runId: '1' });
    eventOf(first!).should.have.properties({ event: 'completed', late: false, redelivered: false });
    eventOf(first!).outcome!.should.have.property('result', 'succeeded');
    eventOf(second!).outcome!.should.have.properties({
      result: 'failed',
      reason: 'exited with code 137 (killed or out of memory)',
    });
    eventOf(second!).run!.outputFileCount.should.be.above(0);
    second!.rescale!.should.have.properties({ jobId, runId: '2', state: 'completed' });
    (second!.rescale as { summary: string }).summary.should.equal(eventOf(second!).summary);
    messages[2]!.should.have.properties({ topic: 'job/completed', jobId });
    should(messages[2]!.runId).be.undefined();
    eventOf(messages[2]!).outcome!.reason.should.equal('1 of 2 runs failed');
    await flow.status('node', ({ text, fill }) => fill === 'green' && text?.includes('done 2 of 2') === true);
  });

  it('is not done while the logs of ended runs are still being read', async () => {
    const jobId = job(2);
    const flow = await load({ jobs: jobId, outcome: true });
    await watching(flow, 2);
    suite.simulator.setFaults([{ path: '/contents/$', status: 503, times: 1000 }]);
    end(jobId, '1');
    suite.simulator.advance(60);
    flow.receive('node', { action: 'check' });
    await flow.status('node', ({ text, fill }) => fill === 'blue' && text === 'running 1, done 0 of 2');
    end(jobId, '2');
    suite.simulator.advance(60);
    flow.receive('node', { action: 'check' });
    await flow.status('node', ({ text, fill }) => fill === 'blue' && text === 'reading logs of 2 ended runs');
    flow.received('out').should.be.empty();
    flow
      .statuses('node')
      .some(({ fill }) => fill === 'green')
      .should.be.false();
    suite.simulator.setFaults([]);
    await flow.takeAll('out', 2);
    await flow.status('node', ({ text, fill }) => fill === 'green' && text?.includes('done 2 of 2') === true);
  });

  it('tells starts, too, when they are ticked', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ startsAt: null, duration: null }] });
    const flow = await load({ jobs: jobId, events: ['started'] });
    await watching(flow, 1);
    suite.simulator.control(jobId, { action: 'start-run', runId: '1' });
    flow.receive('node', { action: 'check' });
    const message = await flow.take('out');
    message.should.have.properties({ topic: 'run/started', runId: '1' });
    message.rescale!.should.have.property('state', 'running');
  });

  for (const [name, fields] of [
    ['a text with commas', (one: string, two: string) => ({ jobs: ` ${one}, ${two} ,` })],
    ['a JSON array', (one: string, two: string) => ({ jobs: JSON.stringify([one, two]), jobsType: 'json' })],
  ] as const) {
    it(`takes its jobs from ${name}`, async () => {
      const flow = await load(fields(job(2), job(3)));
      await watching(flow, 5);
    });
  }

  it('takes its jobs from a context, and again when that changes', async () => {
    const [one, two] = [job(1), job(2)];
    const flow = await load({ jobs: 'jobs', jobsType: 'global' });
    await flow.status('node', ({ text }) => /no-jobs/.test(text!));
    flow.node('node').context().global.set('jobs', [one]);
    flow.receive('node', { action: 'check' });
    await watching(flow, 1);
    flow.node('node').context().global.set('jobs', `${one},${two}`);
    flow.receive('node', { action: 'check' });
    await watching(flow, 3);
  });

  it('tells once what is wrong with its jobs, and stays red', async () => {
    const flow = await load({ jobs: 'a/b' });
    const caught = await flow.take('caught');
    caught.error!.should.have.property('code', 'RESCALE_INPUT');
    await flow.status('node', ({ fill, text }) => fill === 'red' && text === 'check jobs');
    flow.receive('node', { action: 'check' });
    flow.receive('node', { action: 'nonsense' });
    const { message } = (await flow.take('caught')).error as Error;
    message.should.match(/nonsense/);
    // The input of the node names the same ones.
    const [, actions] = /It can be: (.*)\.$/.exec(message)!;
    texts.port.input.should.equal(`msg.action: ${actions}`);
  });

  for (const [what, odd] of [
    ['an object', { id: 'a' }],
    ['null', null],
    ['no id', 'a/b'],
  ] as const) {
    it(`watches the others of a list with an element that is ${what}, tells it once, and leaves none meanwhile`, async () => {
      const [one, two] = [job(1), job(1)];
      const flow = await load({ jobs: 'jobs', jobsType: 'global' });
      await flow.status('node', ({ text }) => /no-jobs/.test(text!));
      const { global } = flow.node('node').context();
      global.set('jobs', [one, two]);
      flow.receive('node', { action: 'check' });
      await watching(flow, 2);
      // What stood for the second is odd now: nobody can say that it is not meant any more.
      global.set('jobs', [odd, one]);
      flow.receive('node', { action: 'check' });
      flow.receive('node', { action: 'check' });
      (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_INPUT');
      await flow.status('node', ({ fill, text }) => fill === 'red' && text === 'check jobs');
      for (const jobId of [one, two]) end(jobId, '1');
      flow.receive('node', { action: 'check' });
      const told = (await flow.takeAll('out', 2)).map(({ jobId }) => jobId as string);
      told.sort().should.eql([one, two].sort());
      flow.received('caught').length.should.equal(1);
    });
  }

  it('is controlled by messages, which are not passed on', async () => {
    const [one, two] = [job(1), job(2)];
    const flow = await load({ jobs: one });
    await watching(flow, 1);
    flow.receive('node', { action: 'watch', jobId: two });
    await watching(flow, 3);
    flow.receive('node', { action: 'pause' });
    await flow.status('node', ({ text }) => /paused/.test(text!));
    end(two, '1');
    flow.receive('node', { action: 'resume' });
    const message = await flow.take('out');
    eventOf(message).should.have.properties({ runId: '1', late: true });
    flow.receive('node', { action: 'unwatch', jobId: two });
    flow.receive('node', { action: 'watch' });
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_INPUT');
    flow.received('out').length.should.equal(1);
  });

  it('watches a job again that a message removed, once its list has dropped it and names it anew', async () => {
    const [one, two] = [job(1), job(2)];
    const flow = await load({ jobs: 'jobs', jobsType: 'global' });
    const name = (...jobs: string[]) => {
      flow.node('node').context().global.set('jobs', jobs);
      flow.receive('node', { action: 'check' });
    };
    name(one, two);
    await watching(flow, 3);
    flow.receive('node', { action: 'unwatch', jobId: two });
    await watching(flow, 1);
    // Each list has a figure of its own, because an earlier status would do as well.
    const [three, four, five] = [job(3), job(8), job(16)];
    name(one, two, three);
    await watching(flow, 4);
    name(one, four);
    await watching(flow, 9);
    name(one, two, five);
    await watching(flow, 19);
  });

  it('resets without sending', async () => {
    const jobId = job(3);
    const flow = await load({ jobs: jobId });
    await watching(flow, 3);
    end(jobId, '1');
    flow.receive('node', { action: 'reset' });
    flow.receive('node', { action: 'check' });
    await flow.status('node', ({ text }) => text?.includes('done 1 of 3') === true);
    end(jobId, '2');
    flow.receive('node', { action: 'check' });
    eventOf(await flow.take('out')).runId!.should.equal('2');
    flow.received('out').length.should.equal(1);
  });

  it('keeps what it knows over a redeploy with another name and interval, and a restart', async () => {
    const jobId = job(3);
    let flow = await loadForRestart({ jobs: jobId });
    await watching(flow, 3);
    end(jobId, '1');
    const [renamed, { credentials }] = flowOf({ jobs: jobId, name: 'renamed', interval: 6 });
    await flow.deploy(renamed, 'full', credentials);
    eventOf(await flow.take('out')).should.have.properties({ runId: '1', late: false });
    await flow.unload();
    end(jobId, '2');
    flow = await load({ jobs: jobId });
    eventOf(await flow.take('out')).should.have.properties({ runId: '2' });
    flow.received('out').length.should.equal(1);
  });

  it('begins anew for another job, and says so', async () => {
    const [one, two] = [job(2), job(2)];
    end(two, '1');
    const flow = await load({ jobs: one });
    await watching(flow, 2);
    const [changed, { credentials }] = flowOf({ jobs: two });
    await flow.deploy(changed, 'full', credentials);
    await flow.status('node', ({ text }) => text?.includes('done 1 of 2') === true);
    end(two, '2');
    suite.simulator.advance(60);
    flow.receive('node', { action: 'check' });
    (await flow.takeAll('out', 2)).map(({ topic }) => topic).should.eql(['run/completed', 'job/completed']);
  });

  it('goes on from the last good copy when its files are cut', async () => {
    const jobId = job(2);
    let flow = await loadForRestart({ jobs: jobId });
    await watching(flow, 2);
    await flow.unload();
    const folder = join(userFolder.path, 'rescale', 'node');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    for (const name of files) await truncate(join(folder, name), 9);
    end(jobId, '1');
    flow = await load({ jobs: jobId });
    eventOf(await flow.take('out')).should.have.properties({ runId: '1', redelivered: true });
  });

  for (const [what, spoil] of Object.entries({
    'is damaged': (file: string) => truncate(file, 9),
    'a later version wrote': async (file: string) => {
      const later = (await readFile(file, 'utf8')).replace(/"version":\d+/, '"version":99');
      await writeFile(file, later);
    },
  })) {
    it(`tells Catch of state that ${what}, keeps it beside, and goes on`, async () => {
      const jobId = job(2);
      let flow = await loadForRestart({ jobs: jobId });
      await watching(flow, 2);
      await flow.unload();
      const folder = join(userFolder.path, 'rescale', 'node');
      const files = await readdir(folder);
      for (const name of files) await spoil(join(folder, name));
      const before = new Map<string, string>();
      for (const name of files) before.set(name, await readFile(join(folder, name), 'utf8'));
      flow = await load({ jobs: jobId });
      const caught = (await flow.takeAll('caught', 2)).map(
        ({ error }) => error as { code: string; message: string },
      );
      caught.map(({ code }) => code).should.eql(['RESCALE_PROTOCOL', 'RESCALE_PROTOCOL']);
      caught[1]!.message.should.match(
        new RegExp(`^What was stored of job ${jobId} can’t be read: .*Look at the job`),
      );
      for (const [name, text] of before)
        (await readFile(join(folder, `${name}.unread`), 'utf8')).should.equal(text);
      await watching(flow, 2);
      end(jobId, '1');
      suite.simulator.advance(60);
      flow.receive('node', { action: 'check' });
      eventOf(await flow.take('out')).runId!.should.equal('1');
    });
  }

  it('tells everything when nothing can be written, and shows that it is not durable', async () => {
    const file = join(userFolder.path, 'a file');
    await writeFile(file, 'where a folder should be');
    const jobId = job(2);
    end(jobId, '1');
    const flow = await load({ jobs: jobId, startFrom: 'all' }, { rescalePlatformStateDir: file });
    eventOf(await flow.take('out')).runId!.should.equal('1');
    await flow.status('node', ({ fill, text }) => fill === 'red' && /not-stored/.test(text!));
  });

  it('works without a place for files', async () => {
    const jobId = job(2);
    const flow = await load({ jobs: jobId }, {});
    await watching(flow, 2);
    end(jobId, '1');
    flow.receive('node', { action: 'check' });
    eventOf(await flow.take('out')).runId!.should.equal('1');
  });

  it('removes its state with the node, and keeps it while the node is disabled', async () => {
    const jobId = job(2);
    const flow = await load({ jobs: jobId });
    await watching(flow, 2);
    const folder = join(userFolder.path, 'rescale', 'node');
    const [nodes, { credentials }] = flowOf({ jobs: jobId });
    const disabled = nodes.map((node) => (node.id === 'node' ? { ...node, d: true } : node));
    await flow.deploy(disabled, 'full', credentials);
    existsSync(folder).should.be.true();
    end(jobId, '1');
    await flow.deploy(nodes, 'full', credentials);
    eventOf(await flow.take('out')).runId!.should.equal('1');
    await flow.deploy(
      nodes.filter(({ id }) => id !== 'node'),
      'full',
      credentials,
    );
    existsSync(folder).should.be.false();
  });

  it('keeps one state for each instance of a subflow, and removes what no flow has any more in time', async () => {
    const jobId = job(2);
    const [nodes, { credentials }] = flowOf({ jobs: jobId });
    const inside = nodes.map((node) => (node.z === 'tab' ? { ...node, z: 'template' } : node));
    const template = { id: 'template', type: 'subflow', name: 'watch', in: [], out: [] };
    const instances = ['first', 'second'].map((id) => ({
      id,
      type: 'subflow:template',
      z: 'tab',
      x: 0,
      y: 0,
      wires: [],
    }));
    const abandoned = join(userFolder.path, 'rescale', 'abandoned');
    await mkdir(abandoned, { recursive: true });
    for (const path of [abandoned, join(userFolder.path, 'rescale')]) await utimes(path, 1, 1);
    const flow = await loadFlow([...inside, template, ...instances], {
      credentials,
      settings: { userDir: userFolder.path },
    });
    try {
      await flow.status('first-node', ({ text }) => text?.endsWith('of 2') ?? false);
      await flow.status('second-node', ({ text }) => text?.endsWith('of 2') ?? false);
      const folders = (await readdir(join(userFolder.path, 'rescale'))).sort();
      folders.should.eql(['first-node', 'second-node']);
    } finally {
      await flow.unload();
    }
  });

  it('tells of a refused key once and goes on by itself', async () => {
    const jobId = job(1);
    suite.simulator.setFaults([{ path: '^/jobs/', status: 401 }]);
    const flow = await load({ jobs: jobId });
    const caught = await flow.take('caught');
    caught.error!.should.have.property('code', 'RESCALE_AUTH');
    caught.should.have.property('statusCode', 401);
    await flow.status('node', ({ fill, text }) => fill === 'red' && /failed-auth/.test(text!));
    flow.receive('node', { action: 'check' });
    await watching(flow, 1);
    flow.received('caught').length.should.equal(1);
  });

  it('tells of a job that does not exist once', async () => {
    const flow = await load({ jobs: 'nobody' });
    // Three rounds of five seconds, which is more than `take` waits at once.
    const caught = await flow.take('caught').catch(() => flow.take('caught'));
    caught.should.have.properties({ jobId: 'nobody', statusCode: 404 });
    caught.error!.should.have.property('code', 'RESCALE_NOT_FOUND');
    await flow.status('node', ({ fill, text }) => fill === 'red' && /nobody/.test(text!));
  });

  it('follows all jobs, with new ones from their beginning', async () => {
    const flow = await load({ scope: 'all', events: ['completed'] });
    await flow.status('node', ({ text }) => / of /.test(text!));
    const fresh = suite.simulator.createJob({ runs: [{ duration: 5 }] });
    suite.simulator.advance(10);
    flow.receive('node', { action: 'check' });
    for (;;) {
      const message = await flow.take('out');
      if (message.jobId !== fresh) continue;
      eventOf(message).should.have.properties({ runId: '1', late: false });
      break;
    }
  });
});
