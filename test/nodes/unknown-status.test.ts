import 'should';
import { nodesOnSimulator } from '../support/nodes-on-simulator';
import type { LoadedFlow } from '../support/flow';

/** A status that no list of ours has: the job may be over, or on its way. */
const ODD = 'Archived by Admin';

describe('A status of a job that nobody knows', function () {
  this.timeout(40_000);
  const suite = nodesOnSimulator();

  /** What the debug sidebar and the log were told by the node. */
  const warnings = (flow: LoadedFlow) => {
    const { warn } = flow.node('node') as unknown as { warn: { args: [string][] } };
    return warn.args.map(([text]) => String(text)).filter((text) => text.includes(ODD));
  };
  const yellow = (flow: LoadedFlow) =>
    flow.status('node', ({ fill, text }) => fill === 'yellow' && text === `status ${ODD}?`);
  const oddJob = () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    suite.simulator.control(jobId, { action: 'set-status', status: ODD });
    suite.simulator.advance(5);
    return jobId;
  };

  it('is shown in yellow and told once by a wait, which goes on to the end of its run', async () => {
    const jobId = oddJob();
    const flow = await suite.load({ type: 'rescale-wait-run', interval: 5, files: false, outcome: false });
    flow.receive('node', { jobId, runId: 1 });
    flow.receive('node', { jobId, runId: 2 });
    await yellow(flow);
    suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
    (await flow.take('out')).should.have.property('runId', '1');
    flow.received('out2').should.be.empty();
    flow.received('caught').should.be.empty();
    warnings(flow).length.should.equal(1);
    warnings(flow)[0]!.should.containEql(jobId);
    suite.simulator.control(jobId, { action: 'end-run', runId: '2' });
    (await flow.take('out')).should.have.property('runId', '2');
    await flow.status('node', ({ fill, text }) => fill === 'green' && text === 'run 2 completed');
  });

  it('is no silent wait either where a run is not listed, or a job was not submitted', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }] });
    const draft = suite.simulator.createJob({ runs: [{ duration: null }], submittedAt: null });
    const flow = await suite.load({ type: 'rescale-wait-run', interval: 5, files: false, outcome: false });
    flow.receive('node', { jobId, runId: '7' });
    await flow.status('node', ({ fill, text }) => fill === 'yellow' && text === 'run 7 not listed');
    flow.receive('node', { jobId: draft, runId: '1' });
    const unsubmitted = `job ${draft} not submitted`;
    await flow.status('node', ({ fill, text }) => fill === 'yellow' && text === unsubmitted);
    flow.received('caught').should.be.empty();
  });

  it('is shown in yellow and told once by a watch, which goes on', async () => {
    const jobId = oddJob();
    const flow = await suite.load({ type: 'rescale-watch-runs', jobs: jobId, interval: 5, outcome: false });
    await yellow(flow);
    suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
    flow.receive('node', { action: 'check' });
    (await flow.take('out')).should.have.properties({ topic: 'run/completed', runId: '1' });
    warnings(flow).length.should.equal(1);
    suite.simulator.control(jobId, { action: 'set-status', status: 'Executing' });
    suite.simulator.advance(5);
    flow.receive('node', { action: 'check' });
    await flow.until('blue again', () => {
      const last = flow.statuses('node').at(-1);
      return last?.fill === 'blue' ? last : undefined;
    });
  });

  it('makes get run and list runs yellow where they were asked how runs ended', async () => {
    const jobId = oddJob();
    const one = await suite.load({ type: 'rescale-get-run', outcome: true });
    one.receive('node', { jobId, runId: 1 });
    (await one.take('out')).rescale!.should.have.properties({ state: 'running', outcome: null });
    await yellow(one);
    await one.unload();
    const all = await suite.load({ type: 'rescale-list-runs', outcome: true });
    all.receive('node', { jobId });
    ((await all.take('out')).payload as unknown[]).length.should.equal(2);
    await yellow(all);
  });
});
