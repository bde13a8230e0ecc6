import should from 'should';
import type { RescaleFile } from '../../src/api/client/types';
import { nodesOnFiles } from './files-script';

describe('rescale-list-files', () => {
  const suite = nodesOnFiles();
  const type = 'rescale-list-files';

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

  describe('where rows of the list can’t be read', () => {
    const row = (id: string) => ({ id, name: id, relativePath: id, decryptedSize: 1 });
    const answer = (path: string, results: unknown[], count: number | null, skip = 0) => {
      const body = { count, next: null, previous: null, results };
      suite.simulator.setFaults([{ method: 'GET', path, skip, status: 200, body }]);
    };

    for (const [what, results, count] of [
      ['are left out', [row('a'), null, { name: 'no id' }], 3],
      ['are left out of a list without a count', [row('a'), null, { name: 'no id' }], null],
      ['are missing', [row('a')], 3],
    ] as const) {
      for (const config of [
        { complete: true },
        { complete: false },
        { scope: 'job' },
        { emit: 'each', complete: true },
      ]) {
        it(`says that it is not complete: rows ${what}, ${JSON.stringify(config)}`, async () => {
          // The list is looked at before, where it is waited for.
          const path = 'scope' in config ? '/jobs/j1/files/' : '/jobs/j1/runs/1/files/';
          answer(path, [...results], count, 'scope' in config || config.complete === false ? 0 : 1);
          const flow = await suite.load({ type, ...config });
          flow.receive('node', { jobId: 'j1', runId: '1' });
          (await flow.take('out')).rescale!.should.have.properties({ returned: 1, complete: false });
          await flow.status('node', ({ fill }) => fill === 'yellow');
        });
      }
    }

    it('says no more of the next list what it said of this one', async () => {
      answer('/jobs/j1/files/', [row('a')], 3);
      const flow = await suite.load({ type, scope: 'job' });
      flow.receive('node', { jobId: 'j1' });
      const message = await flow.take('out');
      message.rescale!.should.have.property('complete', false);
      suite.simulator.setFaults([]);
      flow.receive('node', message);
      const { rescale } = (await flow.take('out')) as { rescale: Record<string, unknown> };
      should(rescale['complete']).be.undefined();
      await flow.status('node', ({ fill }) => fill === 'green');
    });
  });
});
