import 'should';
import type { DirectoryEntry } from '../../src/api/client/types';
import { nodesOnFiles } from './files-script';

describe('rescale-list-directory', () => {
  const suite = nodesOnFiles();
  const type = 'rescale-list-directory';

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

  it('says that entries can’t be read, and gives a path once and no signature', async () => {
    const signed = 'https://storage.test/tail/b?X-Amz-Signature=secret';
    const body = [
      { path: 'a', resource: '/tail/a' },
      { path: 'a', resource: '/tail/a' },
      { path: 'b', resource: signed },
      ...[null, 5, { path: 5 }, { name: 'no path' }],
    ];
    suite.simulator.setFaults([{ method: 'GET', path: '/directory-contents/$', status: 200, body }]);
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: '2' });
    const { payload, rescale } = await flow.take('out');
    payload!.should.deepEqual([
      { path: 'a', resource: '/tail/a' },
      { path: 'b', resource: 'https://storage.test/tail/b' },
    ]);
    rescale!.should.have.properties({ count: 6, returned: 2, complete: false });
    await flow.status('node', ({ fill, text }) => fill === 'yellow' && /2 of 6/.test(text ?? ''));
  });
});
