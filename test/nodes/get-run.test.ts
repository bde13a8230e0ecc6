import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import 'should';
import type { Outcome } from '../../src/runs/run/outcome';
import { flowAround, loadFlow, platformOf } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const type = 'rescale-get-run';

describe('rescale-get-run', () => {
  const suite = nodesOnSimulator();

  before(() => {
    suite.simulator.createJob({
      id: 'j1',
      runs: [{ duration: 100 }, { duration: 5000 }, { startsAt: 4000 }],
    });
    suite.simulator.advance(1000);
  });

  for (const [runId, state] of [
    ['1', 'completed'],
    ['2', 'running'],
    ['3', 'pending'],
  ] as const) {
    it(`gives the run and says that it is ${state}`, async () => {
      const flow = await suite.load({ type });
      flow.receive('node', { jobId: 'j1', runId, topic: 'kept' });
      const message = await flow.take('out');
      message.should.have.properties({ topic: 'kept', jobId: 'j1', runId });
      message.payload!.should.have.properties({ id: runId, displayOrder: Number(runId) });
      message.rescale!.should.have.properties({ state, status: 200, attempts: 1 });
      await flow.status('node', ({ text }) => text === `run ${runId} ${state}`);
    });
  }

  for (const [what, fault, says] of [
    ['502', { status: 502 }, /^HTTP 502, again \d/],
    ['503', { status: 503 }, /^HTTP 503, again \d/],
    ['503 with a time to wait', { status: 503, retryAfter: { seconds: 1 } }, /^HTTP 503, again \d/],
    ['504', { status: 504 }, /^HTTP 504, again \d/],
    ['a reset', { reset: 'before' }, /^no connection, again \d/],
    ['an answer that breaks off', { reset: { at: 20 } }, /^no connection, again \d/],
  ] as const) {
    it(`shows why it waits in yellow, and is green again: ${what}`, async () => {
      suite.simulator.setFaults([{ method: 'GET', path: '/runs/1/$', ...fault, times: 2 }]);
      const flow = await suite.load({ type });
      flow.receive('node', { jobId: 'j1', runId: '1' });
      const waiting = await flow.status('node', ({ text }) => says.test(text ?? ''));
      waiting.should.containEql({ fill: 'yellow', shape: 'ring' });
      (await flow.take('out')).rescale!.should.have.property('status', 200);
      await flow.status('node', ({ fill, text }) => fill === 'green' && text === 'run 1 completed');
      flow.received('caught').should.be.empty();
    });
  }

  it('says that the job has no such run, also when the job is known', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'j1', runId: 99 });
    const caught = await flow.take('caught');
    caught.error!.should.have.property('code', 'RESCALE_NOT_FOUND');
    caught.should.have.property('statusCode', 404);
  });

  describe('with its outcome', () => {
    const ask = async (jobId: string, runId = '1') => {
      const flow = await suite.load({ type, outcome: true });
      flow.receive('node', { jobId, runId });
      return (await flow.take('out')).rescale as { state: string; outcome: Outcome | null; summary: string };
    };

    before(() => {
      suite.simulator.createJob({
        id: 'exits137',
        runs: [{ duration: 100, exitCode: 137 }, { duration: 100 }],
      });
      suite.simulator.createJob({ id: 'cancelled', runs: [{ startsAt: 5000 }], cancelledAt: 10 });
      suite.simulator.advance(1000);
    });

    it('says that a run failed, and why, in one sentence', async () => {
      const { state, outcome, summary } = await ask('exits137');
      state.should.equal('completed');
      outcome!.should.have.properties({
        result: 'failed',
        reason: 'exited with code 137 (killed or out of memory)',
      });
      outcome!.evidence.should.not.be.empty();
      summary.should.equal(
        'Job exits137 run 1 failed after 1 min 40 s: exited with code 137 (killed or out of memory)',
      );
    });

    it('says that a run succeeded', async () => {
      (await ask('exits137', '2')).outcome!.should.have.property('result', 'succeeded');
    });

    it('has no outcome of a run in progress', async () => {
      (await ask('j1', '2')).should.have.properties({
        state: 'running',
        outcome: null,
        summary: 'Job j1 run 2 is running',
      });
    });

    it('knows a run that its job ended without', async () => {
      const { state, outcome } = await ask('cancelled');
      state.should.equal('ended');
      outcome!.result.should.equal('stopped');
    });

    it('does not fail where only the evidence can’t be read', async () => {
      suite.simulator.setFaults([{ path: '/files/$', status: 403, times: 0 }]);
      const { outcome } = await ask('exits137', '2');
      outcome!.result.should.equal('unknown');
    });
  });

  for (const which of ['everything', 'what hears it'])
    it(`tells what a deploy interrupted once more when a deploy of ${which} comes right behind it`, async () => {
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const [nodes, options] = flowAround({ type }, platformOf({ origin, token: 't' }));
      const flow = await loadFlow(nodes, options);
      try {
        flow.receive('node', { jobId: 'j1', runId: '1', topic: 'kept' });
        await once(silent, 'request');
        await flow.deploy(nodes, 'full', options.credentials);
        const first = await flow.take('caught');
        first.should.have.property('topic', 'kept');
        (first.rescale === undefined).should.be.true();
        const heard = nodes.map((node) => (node.id === 'caught' ? { ...node, name: 'changed' } : node));
        if (which === 'everything') await flow.deploy(nodes, 'full', options.credentials);
        else await flow.deploy(heard, 'nodes', options.credentials);
        const second = await flow.take('caught');
        second.should.have.property('topic', 'kept');
        second.error!.should.have.property('code', 'RESCALE_CLOSED');
        second.rescale!.should.have.property('redelivered', true);
        // A row of deploys would else tell it for as long as it goes on.
        await flow.deploy(nodes, 'full', options.credentials);
        flow.receive('node', { jobId: '..', runId: '1', topic: 'behind' });
        (await flow.take('caught')).should.have.property('topic', 'behind');
        flow.received('caught').should.have.length(3);
      } finally {
        await flow.unload();
        silent.close();
      }
    });

  it('gives up a request in progress when it is redeployed, in under a second', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const platform = platformOf({ origin, token: 't' });
    const [nodes, options] = flowAround({ type }, platform);
    const flow = await loadFlow(nodes, options);

    flow.receive('node', { jobId: 'j1', runId: '1' });
    const [request] = (await once(silent, 'request')) as [IncomingMessage];
    const connectionEnds = once(request.socket, 'close');
    const [changed] = flowAround({ type, name: 'changed' }, platform);
    const start = performance.now();
    await flow.deploy(changed, 'nodes', options.credentials);
    (performance.now() - start).should.be.below(1000);
    await connectionEnds;
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_CLOSED');
    await flow.unload();
    silent.close();
  });

  it('does not mix fifty messages at once, whatever order the answers come in', async () => {
    suite.simulator.setFaults([
      { path: '/runs/2/$', delay: 80, times: 0 },
      { path: '/runs/3/$', delay: 30, times: 0 },
    ]);
    const flow = await suite.load({ type });
    for (let n = 0; n < 50; n += 1) {
      flow.receive('node', { jobId: 'j1', runId: (n % 3) + 1, n, payload: `asked ${n}`, own: { n } });
    }
    const messages = await flow.takeAll('out', 50);
    new Set(messages.map(({ n }) => n)).size.should.equal(50);
    for (const { n, own, runId, payload, rescale } of messages) {
      const expected = String(((n as number) % 3) + 1);
      runId!.should.equal(expected);
      (payload as { id: string }).id.should.equal(expected);
      (own as { n: number }).n.should.equal(n);
      rescale!.should.have.properties({ runId: expected, attempts: 1 });
    }
    (await flow.takeAll('completed', 50)).should.have.length(50);
    suite.simulator.peakConnections().should.be.belowOrEqual(8);
  });
});
