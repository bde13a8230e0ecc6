import 'should';
import type { DirectoryEntry, RescaleFile } from '../../src/api/client/types';
import { encode } from '../support/encode';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const script = {
  id: 'j1',
  runs: [
    {
      duration: 100,
      outputsAfter: 0,
      files: [
        { path: 'shared/case/0/U', content: 'one' },
        { path: 'shared/case/0/p', content: 'two' },
        { path: 'shared/.hidden/U', content: 'three' },
      ],
    },
    {
      duration: 50_000,
      files: [
        { path: 'shared/case/0/U', content: 'a\nb\nc\n' },
        { path: 'shared/case/log', content: 'x' },
      ],
    },
  ],
};

describe('rescale-list-files', () => {
  const suite = nodesOnSimulator();
  const type = 'rescale-list-files';

  before(() => {
    suite.simulator.createJob(script);
    suite.simulator.advance(1000);
  });

  const names = (payload: unknown) =>
    (payload as RescaleFile[]).map(({ relativePath }) => relativePath).sort();

  it('gives the output files of a run, without their keys', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: '1' });
    const message = await flow.take('out');
    names(message.payload).should.deepEqual(['.hidden/U', 'case/0/U', 'case/0/p', 'process_output.log']);
    JSON.stringify(message).should.not.containEql('encodedEncryptionKey');
    message.should.have.properties({ jobId: 'j1', runId: '1' });
    message.rescale!.should.have.properties({ count: 4, returned: 4, runId: '1' });
    await flow.status('node', ({ text }) => text === '4 files');
  });

  for (const [glob, expected] of [
    ['**/U', ['.hidden/U', 'case/0/U']],
    ['case/**', ['case/0/U', 'case/0/p']],
    ['*.log', ['process_output.log']],
    ['nothing*', []],
  ] as const) {
    it(`keeps what matches ${glob}`, async () => {
      const flow = await suite.load({ type, glob, globType: 'str' });
      flow.receive('node', { jobId: 'j1', runId: '1' });
      names((await flow.take('out')).payload).should.deepEqual(expected);
    });
  }

  it('gives each file with its path', async () => {
    const flow = await suite.load({ type, emit: 'each', glob: 'case/**', globType: 'str' });
    flow.receive('node', { jobId: 'j1', runId: '1' });
    const messages = await flow.takeAll('out', 2);
    for (const { path, payload } of messages) path!.should.equal((payload as RescaleFile).relativePath);
  });

  it('gives the files of the whole job, which needs no run, and lets the platform search', async () => {
    const flow = await suite.load({ type, scope: 'job', search: 'p', searchType: 'str' });
    flow.receive('node', { jobId: 'j1' });
    const message = await flow.take('out');
    message.should.not.have.property('runId');
    suite.simulator.requests()[0]!.url.should.match(/^\/api\/v2\/jobs\/j1\/files\/\?.*search=p/);
  });
});

describe('rescale-list-directory', () => {
  const suite = nodesOnSimulator();
  const type = 'rescale-list-directory';

  before(() => {
    suite.simulator.createJob(script);
    suite.simulator.advance(1000);
  });

  it('gives the working directory of a run in progress', async () => {
    const flow = await suite.load({ type, glob: 'shared/**', globType: 'str' });
    flow.receive('node', { jobId: 'j1', runId: '2' });
    const message = await flow.take('out');
    const entries = message.payload as DirectoryEntry[];
    entries.map(({ path }) => path).should.deepEqual(['shared/case/0/U', 'shared/case/log']);
    entries[0]!.should.have.property('resource');
  });

  it('gives each file with its path', async () => {
    const flow = await suite.load({ type, emit: 'each', glob: 'shared/**', globType: 'str' });
    flow.receive('node', { jobId: 'j1', runId: '2' });
    const messages = await flow.takeAll('out', 2);
    messages.map(({ path }) => path).should.deepEqual(['shared/case/0/U', 'shared/case/log']);
    messages[1]!.parts!.should.have.properties({ index: 1, count: 2 });
  });

  it('says that the run is not in progress', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: '1' });
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_NOT_ACTIVE');
  });
});

describe('rescale-tail-file', () => {
  const suite = nodesOnSimulator();
  const type = 'rescale-tail-file';

  before(() => {
    suite.simulator.createJob(script);
    suite.simulator.advance(1000);
  });

  const asked = { jobId: 'j1', runId: '2', path: 'shared/case/0/U' };

  it('gives the last lines of a live file', async () => {
    const flow = await suite.load({ type, lines: '2', linesType: 'num' });
    flow.receive('node', asked);
    const message = await flow.take('out');
    message.payload!.should.deepEqual(['b', 'c']);
    message.should.have.property('path', 'shared/case/0/U');
    message.rescale!.should.have.properties({ source: 'live', runId: '2' });
    await flow.status('node', ({ text }) => text === '2 lines');
  });

  it('gives the whole file as text, its lines joined', async () => {
    const flow = await suite.load({ type, lines: '', linesType: 'num', format: 'text' });
    flow.receive('node', asked);
    (await flow.take('out')).payload!.should.equal('a\nb\nc');
  });

  it('gives the whole file as bytes', async () => {
    const flow = await suite.load({ type, lines: '', linesType: 'num', format: 'buffer' });
    flow.receive('node', asked);
    (await flow.take('out')).payload!.should.deepEqual(Buffer.from('a\nb\nc\n'));
  });

  it('reads the output file of a run that has ended', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: '1', path: 'shared/case/0/U' });
    const message = await flow.take('out');
    message.payload!.should.deepEqual(['one']);
    message.rescale!.should.have.property('source', 'file');
  });

  it('reads the encoding that the dialog names, and says which there are for one that is none', async () => {
    const bytes = encode('圧力 = 3\r\nソ能\n', 'shift_jis');
    const file = { runId: '2', path: 'shared/log.sjis', text: bytes.toString('base64') };
    suite.simulator.control('j1', { action: 'append', encoding: 'base64', ...file });
    const flow = await suite.load({ type, encoding: 'shift_jis' });
    flow.receive('node', { jobId: 'j1', runId: '2', path: file.path });
    (await flow.take('out')).payload!.should.deepEqual(['圧力 = 3', 'ソ能']);
    await flow.unload();
    const odd = await suite.load({ type, encoding: 'klingon' });
    odd.receive('node', { jobId: 'j1', runId: '2', path: file.path });
    const { error } = await odd.take('caught');
    error!.should.have.property('code', 'RESCALE_INPUT');
    (error as Error).message.should.match(/encoding must be one of utf-8, .*euc-kr, but is klingon/);
  });

  it('says that there is no such file', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { ...asked, path: 'shared/nothere' });
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_NOT_FOUND');
  });
});
