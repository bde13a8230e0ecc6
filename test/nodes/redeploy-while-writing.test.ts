import 'should';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowAround, platformOf, type LoadedFlow } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';
import { slowDisk } from '../support/slow-disk';

const COUNT = 60;

describe('A redeploy while messages are being written to a slow disk', () => {
  slowDisk(20);
  const suite = nodesOnSimulator();
  let userDir: string;
  const written = async () =>
    (await readdir(join(userDir, 'rescale', 'node')).catch(() => [])).filter((name) =>
      name.endsWith('.json'),
    );
  const someAreWritten = async () => {
    while ((await written()).length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const numbers = (flow: LoadedFlow, id: string) => flow.received(id).map(({ n }) => n as number);

  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'redeploy-'));
  });
  afterEach(() => rm(userDir, { recursive: true, force: true, maxRetries: 3 }));

  for (const type of ['nodes', 'full'] as const) {
    it(`each wait goes on or is told closed, never both (deploy of type ${type})`, async () => {
      const jobId = `waits-${type}`;
      suite.simulator.createJob({ id: jobId, runs: [{ duration: null }] });
      const wait = {
        type: 'rescale-wait-run',
        ...{ jobId, jobIdType: 'str', runId: '1', runIdType: 'str' },
        ...{ outcome: false, files: false, interval: 5 },
      };
      const flow = await suite.load(wait, {}, { settings: { userDir } });
      for (let n = 0; n < COUNT; n += 1) flow.receive('node', { n });
      await someAreWritten();
      const [nodes] = flowAround({ ...wait, name: 'renamed' }, platformOf(suite.simulator));
      await flow.deploy(nodes, type);
      const closed = numbers(flow, 'caught');
      suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
      await flow.takeAll('out', COUNT - closed.length);
      const all = [...numbers(flow, 'out'), ...closed].sort((a, b) => a - b);
      all.should.eql(Array.from({ length: COUNT }, (_, n) => n));
      await flow.until(
        'the waits to be forgotten',
        () => flow.statuses('node').at(-1)?.fill === 'green' || undefined,
      );
    });
  }

  it('each follow goes on or is told closed', async () => {
    const jobId = 'follows';
    const file = { path: 'log', content: 'one\n' };
    const runs = Array.from({ length: COUNT }, () => ({ duration: null, files: [file] }));
    suite.simulator.createJob({ id: jobId, runs });
    const follow = {
      type: 'rescale-follow-file',
      jobId,
      jobIdType: 'str',
      path: 'log',
      pathType: 'str',
      interval: 2,
    };
    const flow = await suite.load(follow, {}, { settings: { userDir } });
    for (let run = 1; run <= COUNT; run += 1) flow.receive('node', { runId: String(run) });
    await someAreWritten();
    const [nodes] = flowAround({ ...follow, name: 'renamed' }, platformOf(suite.simulator));
    await flow.deploy(nodes, 'full');
    const expected = COUNT - flow.received('caught').length;
    for (let run = 1; run <= COUNT; run += 1) {
      suite.simulator.control(jobId, {
        action: 'append',
        runId: String(run),
        path: 'log',
        text: 'two\nthree\n',
      });
    }
    const alive = () => {
      const lines = flow.received('out').filter(({ payload }) => (payload as string[]).includes('two'));
      return new Set(lines.map(({ runId }) => runId)).size;
    };
    await flow.until('every follow to go on', () => alive() === expected || undefined);
  });

  it('a node that is removed meanwhile leaves nothing behind', async () => {
    const jobId = 'removed';
    suite.simulator.createJob({ id: jobId, runs: [{ duration: null }] });
    const wait = { type: 'rescale-wait-run', jobId, jobIdType: 'str', runId: '1', runIdType: 'str' };
    const flow = await suite.load(wait, {}, { settings: { userDir } });
    for (let n = 0; n < COUNT; n += 1) flow.receive('node', { n });
    await someAreWritten();
    const [nodes] = flowAround(wait, platformOf(suite.simulator));
    await flow.deploy(
      nodes.filter(({ id }) => id !== 'node'),
      'full',
    );
    (await written()).should.be.empty();
  });
});
