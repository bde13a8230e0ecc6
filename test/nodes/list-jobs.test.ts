import 'should';
import type { JobSummary } from '../../src/api/client/types';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const type = 'rescale-list-jobs';

describe('rescale-list-jobs', () => {
  const nodes = nodesOnSimulator();

  async function names(config: Record<string, unknown>): Promise<string[]> {
    const flow = await nodes.load({ type, ...config });
    flow.receive('node', {});
    const { payload } = await flow.take('out');
    await flow.unload();
    return (payload as JobSummary[]).map(({ name }) => name);
  }

  it('lists all jobs, newest first, page by page', async () => {
    const flow = await nodes.load({ type, pageSize: 2 });
    flow.receive('node', {});
    const { payload, rescale } = await flow.take('out');
    const jobs = payload as JobSummary[];
    jobs.length.should.be.above(2);
    rescale!.should.have.properties({ count: jobs.length, returned: jobs.length });
    const dates = jobs.map(({ dateInserted }) => Date.parse(dateInserted));
    dates.should.deepEqual([...dates].sort((one, other) => other - one));
    await flow.status('node', ({ fill }) => fill === 'green');
  });

  it('shows no value of an environment, in whatever form a row carries it', async () => {
    const of = (envVars: unknown) => ({ id: 'j', name: 'n', jobanalyses: [{ envVars }] });
    const results = [{ KEY: 'lic-1', PIN: 1234 }, [{ name: 'KEY', value: 'lic-1' }], 'KEY=lic-1', null].map(
      (envVars, index) => ({ ...of(envVars), id: `j${index}` }),
    );
    const body = { count: results.length, next: null, previous: null, results };
    nodes.simulator.setFaults([{ method: 'GET', path: '/jobs/$', status: 200, body }]);
    const flow = await nodes.load({ type });
    flow.receive('node', {});
    const jobs = (await flow.take('out')).payload as { jobanalyses: { envVars: unknown }[] }[];
    jobs
      .map(({ jobanalyses }) => jobanalyses[0]!.envVars)
      .should.deepEqual([{ KEY: '…', PIN: '…' }, '…', '…', null]);
  });

  it('keeps what matches the pattern, and says when that is nothing', async () => {
    (await names({ glob: 'foam*', globType: 'str' }))
      .every((name) => name.startsWith('foam'))
      .should.be.true();
    const flow = await nodes.load({ type, glob: 'nothing*', globType: 'str' });
    flow.receive('node', {});
    (await flow.take('out')).payload!.should.deepEqual([]);
    await flow.status('node', ({ fill, text }) => fill === 'grey' && /no-jobs|no jobs/.test(text ?? ''));
  });

  it('tells drafts from jobs that were submitted, and leaves old ones out', async () => {
    const maker = await nodes.load({
      type: 'rescale-submit-job',
      source: 'foamSweep',
      sourceType: 'str',
      submit: false,
      jobName: 'a draft',
      jobNameType: 'str',
    });
    maker.receive('node', {});
    await maker.take('out');
    await maker.unload();
    (await names({ state: 'draft' })).should.deepEqual(['a draft']);
    (await names({ state: 'active' })).should.not.containEql('a draft');
    (await names({ newerThan: 1 })).should.containEql('a draft');
  });

  describe('where the platform does not filter by state', () => {
    const row = (id: string, content: unknown, dateInserted = new Date().toISOString()) => ({
      ...{ id, name: id, dateInserted },
      jobStatus: { content },
    });
    const results = [
      row('executing', 'Executing'),
      row('queued', 'Queued'),
      row('stopping', 'Stopping'),
      row('completed', 'Completed'),
      row('forced', 'Force Stopped'),
      row('a word of its own', 'Resting'),
      row('draft', ''),
    ];

    for (const [state, expected] of [
      ['active', ['executing', 'queued', 'stopping', 'a word of its own']],
      ['completed', ['completed', 'forced', 'a word of its own']],
      ['draft', ['draft']],
    ] as const) {
      it(`gives the ${state} ones by what their rows say, and misses none`, async () => {
        const body = { count: results.length, next: null, previous: null, results };
        nodes.simulator.setFaults([{ method: 'GET', path: '/jobs/$', status: 200, body }]);
        const flow = await nodes.load({ type, state });
        flow.receive('node', {});
        ((await flow.take('out')).payload as JobSummary[]).map(({ id }) => id).should.deepEqual(expected);
        await flow.status('node', ({ fill }) => fill === 'green');
      });
    }

    it('leaves old ones out without calling the list incomplete', async () => {
      const old = '2020-01-01T00:00:00Z';
      const body = {
        ...{ count: 300, previous: null, next: 'https://platform.rescale.com/api/v2/jobs/?page=2' },
        results: [row('new', 'Executing'), row('old', 'Executing', old)],
      };
      nodes.simulator.setFaults([
        { method: 'GET', path: '/jobs/$', status: 200, body },
        { method: 'GET', path: '/jobs/$', status: 200, body: { ...body, results: [row('older', '', old)] } },
      ]);
      const flow = await nodes.load({ type, newerThan: 1, pageSize: 2 });
      flow.receive('node', {});
      ((await flow.take('out')).payload as JobSummary[]).map(({ id }) => id).should.deepEqual(['new']);
      await flow.status('node', ({ text }) => text === '1 job');
    });
  });

  it('names the job of each message', async () => {
    const flow = await nodes.load({ type, emit: 'each' });
    flow.receive('node', {});
    const message = await flow.take('out');
    message['jobId']!.should.equal((message.payload as JobSummary).id);
  });
});
