import 'should';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Download } from '../../src/runs/download/download-files';
import type { Message } from '../../src/runtime/definition/definition';
import { flowAround, loadFlow, platformOf } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const type = 'rescale-download-files';

describe('rescale-download-files', () => {
  const suite = nodesOnSimulator();
  let folder: string;
  let rows: { id: string; relativePath: string }[];

  before(async () => {
    suite.simulator.createJob({
      id: 'calc',
      createdAt: suite.simulator.now() - 86_400_000,
      runs: [
        {
          duration: 60,
          files: [
            { path: 'a.txt', content: 'first' },
            { path: 'shared/deep/b.txt', content: 'second' },
            { path: 'large.bin', bytes: 100_000 },
          ],
        },
      ],
    });
    const answer = await fetch(`${suite.simulator.origin}/api/v2/jobs/calc/runs/1/files/`, {
      headers: { authorization: `Token ${suite.simulator.token}` },
    });
    rows = ((await answer.json()) as { results: typeof rows }).results;
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'download-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const load = (node: Record<string, unknown> = {}) =>
    suite.load({ type, folder, folderType: 'str', ...node });
  const errorOf = (message: Message) => message.error as { code: string; message: string };
  const row = (name: string) => rows.find(({ relativePath }) => relativePath === name)!;

  it('fetches as many small files at the same time as contents may hold connections, however many are asked for', async () => {
    const files = Array.from({ length: 30 }, (_, index) => ({ path: `part${index}`, content: 'small' }));
    const createdAt = suite.simulator.now() - 86_400_000;
    const jobId = suite.simulator.createJob({ createdAt, runs: [{ duration: 60, files }] });
    const answer = await fetch(`${suite.simulator.origin}/api/v2/jobs/${jobId}/runs/1/files/?page_size=100`, {
      headers: { authorization: `Token ${suite.simulator.token}` },
    });
    const { results } = (await answer.json()) as { results: object[] };
    suite.simulator.setFaults([{ path: '/contents/$', times: 0, delay: 50 }]);
    const flow = await load({ concurrency: 7 });
    suite.simulator.clearRequests();
    flow.receive('node', { jobId, runId: '1', payload: results });
    const downloads = (await flow.take('out')).payload as Download[];
    downloads.every(({ file }) => file !== null).should.be.true();
    // Five of the eight, for the others' answers must not wait for a storage; one connection was there before.
    suite.simulator.peakConnections().should.be.within(5, 6);
  });

  it('puts files into the folder of their run and says where', async () => {
    const flow = await load();
    flow.receive('node', { jobId: 'calc', runId: 1, payload: rows, topic: 'kept' });
    const message = await flow.take('out');
    message.should.have.properties({ topic: 'kept', jobId: 'calc', runId: '1' });
    const downloads = message.payload as Download[];
    downloads.map(({ relativePath }) => relativePath).should.eql(rows.map((each) => each.relativePath));
    const file = join(folder, 'calc', 'run1', 'deep', 'b.txt');
    downloads.find(({ relativePath }) => relativePath === 'deep/b.txt')!.file!.should.equal(file);
    (await readFile(file, 'utf8')).should.equal('second');
    await flow.status('node', ({ fill, text }) => fill === 'green' && /files/.test(text!));
    await flow.take('completed');
  });

  it('takes one file or one id, and the run from the storage where the message has none', async () => {
    const flow = await load();
    flow.receive('node', { payload: row('a.txt') });
    ((await flow.take('out')).payload as Download[]).length.should.equal(1);
    flow.receive('node', { payload: row('a.txt').id });
    const [download] = (await flow.take('out')).payload as Download[];
    download!.should.have.properties({ skipped: true, file: join(folder, 'calc', 'run1', 'a.txt') });
  });

  it('gives Catch what was achieved when a file failed', async () => {
    const flow = await load();
    const bad = { ...row('a.txt'), relativePath: '../../escape' };
    flow.receive('node', { jobId: 'calc', runId: 1, payload: [bad, row('large.bin')] });
    const message = await flow.take('caught');
    errorOf(message).code.should.equal('RESCALE_PATH');
    errorOf(message).message.should.match(/^Files that could not be downloaded: 1 of 2;/);
    const downloads = message.payload as Download[];
    downloads[0]!.error!.should.eql({
      code: 'RESCALE_PATH',
      message: '../../escape would be written outside its folder. Fetch it into a message instead.',
    });
    downloads[1]!.bytes.should.equal(100_000);
    flow.received('out').should.be.empty();
    (await readdir(folder)).should.eql(['calc']);
  });

  it('makes a message of each file, which Join puts together again', async () => {
    const [nodes, { credentials }] = flowAround({ type, to: 'buffer' }, platformOf(suite.simulator));
    const joined = nodes.map((node) => (node.id === 'node' ? { ...node, wires: [['join', 'out']] } : node));
    const join = { id: 'join', type: 'join', z: 'tab', name: '', mode: 'auto', wires: [['out2']] };
    const flow = await loadFlow([...joined, join], { credentials });
    try {
      flow.receive('node', { jobId: 'calc', runId: 1, payload: rows });
      const messages = await flow.takeAll('out', rows.length);
      messages.map(({ file }) => (file as { id: string }).id).should.eql(rows.map(({ id }) => id));
      const together = (await flow.take('out2')).payload as Buffer[];
      together.length.should.equal(rows.length);
      together[rows.indexOf(row('a.txt'))]!.toString().should.equal('first');
    } finally {
      await flow.unload();
    }
  });

  it('sends the good ones as buffers and tells Catch of the bad one', async () => {
    const flow = await load({ to: 'buffer', limitBytes: 1000 });
    flow.receive('node', { jobId: 'calc', runId: 1, payload: [row('large.bin'), row('a.txt')] });
    const message = await flow.take('out');
    (message.payload as Buffer).toString().should.equal('first');
    (message.parts as { count: number }).count.should.equal(1);
    errorOf(await flow.take('caught')).code.should.equal('RESCALE_TOO_LARGE');
  });

  it('says what is missing or can’t be used, before any request', async () => {
    const flow = await load({ folder: '' });
    flow.receive('node', { payload: rows });
    errorOf(await flow.take('caught')).code.should.equal('RESCALE_INPUT');
    suite.simulator.requests().should.be.empty();
  });

  for (const to of ['folder', 'buffer'])
    it(`fetches the others where an element of a list is no file (${to})`, async () => {
      const flow = await load({ to });
      const odd = [null, 3, { id: null }, ['x']];
      flow.receive('node', { jobId: 'calc', runId: 1, payload: [row('a.txt'), ...odd, row('large.bin')] });
      const caught = await flow.take('caught');
      const { code, message } = errorOf(caught);
      code.should.equal('RESCALE_INPUT');
      message.should.endWith('files must be a file, a file’s id or an array of them, but is null.');
      if (to === 'buffer') {
        (await flow.takeAll('out', 2)).map(({ file }) => file).should.eql([row('a.txt'), row('large.bin')]);
        return;
      }
      message.should.startWith('Files that could not be downloaded: 4 of 6; the first: ');
      const downloads = caught.payload as Download[];
      downloads
        .map(({ id, error }) => (error ? error.code : id))
        .should.eql([row('a.txt').id, ...odd.map(() => 'RESCALE_INPUT'), row('large.bin').id]);
    });

  for (const payload of [undefined, 7, { name: 'x' }, [null, 3], 'a/b', true]) {
    it(`refuses ${JSON.stringify(payload)} as files`, async () => {
      const flow = await load();
      flow.receive('node', { payload });
      errorOf(await flow.take('caught')).code.should.equal('RESCALE_INPUT');
      suite.simulator.requests().should.be.empty();
    });
  }

  it('leaves nothing half done when it is closed', async () => {
    suite.simulator.setFaults([{ path: 'contents', drip: { bytes: 500, every: 20 } }]);
    const [nodes, { credentials }] = flowAround(
      { type, folder, folderType: 'str' },
      platformOf(suite.simulator),
    );
    const flow = await load();
    flow.receive('node', { jobId: 'calc', runId: 1, payload: row('large.bin') });
    const run = join(folder, 'calc', 'run1');
    while ((await readdir(run).catch(() => [])).length === 0)
      await new Promise((next) => setTimeout(next, 5));
    await flow.deploy(nodes, 'full', credentials);
    (await readdir(run)).should.be.empty();
  });
});
