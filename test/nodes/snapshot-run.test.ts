import 'should';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const type = 'rescale-snapshot-run';

describe('rescale-snapshot-run', () => {
  const suite = nodesOnSimulator({ speed: 60 });

  beforeEach(() => {
    suite.simulator.createJob({ id: 'j1', runs: [{ duration: 500_000 }, { duration: 1 }] });
    suite.simulator.advance(300);
    suite.simulator.clearRequests();
  });

  it('asks for a snapshot and gives the platform’s answer', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: 1 });
    const { payload } = await flow.take('out');
    payload!.should.have.property('exitcode', 0);
    payload!.should.not.have.property('file');
    suite.simulator
      .requests()
      .filter(({ method }) => method === 'POST')
      .should.have.length(1);
  });

  it('waits for the new archive', async () => {
    const flow = await suite.load({ type, waitForFile: true });
    flow.receive('node', { jobId: 'j1', runId: 1 });
    const { payload } = await flow.take('out');
    (payload as { file: { id: string; typeId: number } }).file.should.have.property('typeId', 12);
    await flow.status(
      'node',
      ({ fill, text }) => fill === 'green' && /^snapshot of run \d+, \d\d:\d\d$/.test(text!),
    );
  });

  it('says with the platform’s words that it failed', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: 2 });
    const { error } = await flow.take('caught');
    error!.should.have.property('code', 'RESCALE_SNAPSHOT');
    (error as { message: string }).message.should.endWith('Run is not active.');
  });

  it('sends nothing through a platform that is read-only', async () => {
    const flow = await suite.load({ type }, { readOnly: 'true' });
    flow.receive('node', { jobId: 'j1', runId: 1 });
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_READ_ONLY');
    suite.simulator.requests().should.be.empty();
  });
});
