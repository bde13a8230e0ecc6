import 'should';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const type = 'rescale-stop-run';

describe('rescale-stop-run', () => {
  const suite = nodesOnSimulator({ speed: 60 });
  const posts = () => suite.simulator.requests().filter(({ method }) => method === 'POST');

  beforeEach(() => {
    suite.simulator.createJob({
      id: 'j1',
      runs: [{ duration: 500_000 }, { startsAt: 400_000 }, { duration: 1 }],
    });
    suite.simulator.advance(300);
    suite.simulator.clearRequests();
  });

  it('asks for a stop and goes on', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: '1' });
    const message = await flow.take('out');
    message.payload!.should.have.properties({ requested: true, confirmed: false });
    posts()
      .map(({ url }) => url)
      .should.deepEqual(['/api/v2/jobs/j1/runs/1/stop/']);
    await flow.status(
      'node',
      ({ fill, text }) => fill === 'green' && /^stop requested, run 1, \d\d:\d\d$/.test(text!),
    );
  });

  it('confirms that the run has ended', async () => {
    const flow = await suite.load({ type, confirm: true });
    flow.receive('node', { jobId: 'j1', runId: '1' });
    const { payload } = await flow.take('out');
    payload!.should.have.properties({ requested: true, confirmed: true });
    (payload as { run: { dateCompleted: string } }).run.dateCompleted.should.be.a.String();
    await flow.status(
      'node',
      ({ fill, text }) => fill === 'green' && /^stopped run 1, \d\d:\d\d$/.test(text!),
    );
  });

  it('leaves a completed run alone, without an error', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: '3' });
    (await flow.take('out')).payload!.should.have.property('requested', false);
    posts().should.be.empty();
  });

  it('says that the end was not seen in time', async () => {
    suite.simulator.setFaults([{ method: 'POST', path: '/stop/$', body: {}, status: 200, effective: false }]);
    const flow = await suite.load({ type, confirm: true, deadline: '0.1', deadlineType: 'num' });
    flow.receive('node', { jobId: 'j1', runId: '1' });
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_DEADLINE');
    posts().should.have.length(1);
  });

  describe('that was refused', () => {
    const slowly = nodesOnSimulator({ speed: 1 });

    it('counts as carried out, with a warning, when the run has ended since', async function () {
      this.timeout(40_000);
      slowly.simulator.createJob({ id: 'j2', runs: [{ duration: 500_000 }] });
      slowly.simulator.advance(300);
      slowly.simulator.setFaults([{ method: 'POST', path: '/stop/$', status: 409, effective: true }]);
      const flow = await slowly.load({ type });
      flow.receive('node', { jobId: 'j2', runId: '1' });
      const { payload } = await flow.take('out');
      payload!.should.have.properties({ requested: true, confirmed: true }).and.not.have.property('refused');
      const { warn } = flow.node('node') as unknown as { warn: { args: [string][] } };
      warn.args[0]![0].should.match(/^Run 1 of job j2 has ended since it was asked to stop.*HTTP 409/);
    });
  });

  describe('with a job that a message brought from another platform', () => {
    const brought = { jobId: 'j1', runId: '1', rescale: { platform: 'https://eu.rescale.com', jobId: 'j1' } };

    it('refuses it, names both platforms and sends nothing', async () => {
      const flow = await suite.load({ type });
      flow.receive('node', brought);
      const { error } = await flow.take('caught');
      error!.should.have.property('code', 'RESCALE_INPUT');
      error!.should.have.property('message').match(/https:\/\/eu\.rescale\.com/);
      (error as { message: string }).message.should.containEql(suite.simulator.origin);
      suite.simulator.requests().should.be.empty();
    });

    for (const [how, message, fields] of [
      [
        'set anew by the flow',
        { ...brought, jobId: 'j1', rescale: { ...brought.rescale, jobId: 'before' } },
        {},
      ],
      ['chosen in the dialog', brought, { jobId: 'j1', jobIdType: 'str' }],
    ] as const) {
      it(`takes one that was ${how}`, async () => {
        const flow = await suite.load({ type, ...fields });
        flow.receive('node', message);
        (await flow.take('out')).payload!.should.have.property('requested', true);
      });
    }

    it('takes one that came from the same', async () => {
      const flow = await suite.load({ type });
      flow.receive('node', { ...brought, rescale: { platform: suite.simulator.origin, jobId: 'j1' } });
      const message = await flow.take('out');
      message.rescale!.should.have.property('platform', suite.simulator.origin);
    });
  });

  it('sends nothing through a platform that is read-only', async () => {
    const flow = await suite.load({ type }, { readOnly: true });
    flow.receive('node', { jobId: 'j1', runId: '1' });
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_READ_ONLY');
    suite.simulator.requests().should.be.empty();
  });

  it('stops a whole job, and confirms by its status', async () => {
    const flow = await suite.load({ type, scope: 'job', confirm: true, runId: '' });
    flow.receive('node', { jobId: 'j1' });
    const { payload } = await flow.take('out');
    payload!.should.containEql({ requested: true, confirmed: true, run: null });
    posts()
      .map(({ url }) => url)
      .should.deepEqual(['/api/v2/jobs/j1/stop/']);
  });
});
