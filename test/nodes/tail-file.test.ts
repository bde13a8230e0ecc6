import 'should';
import { encode } from '../support/encode';
import { nodesOnFiles } from './files-script';

describe('rescale-tail-file', () => {
  const suite = nodesOnFiles();
  const type = 'rescale-tail-file';

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
