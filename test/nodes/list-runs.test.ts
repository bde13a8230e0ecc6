import 'should';
import type { Run } from '../../src/api/client/types';
import { flowAround, loadFlow, platformOf } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const type = 'rescale-list-runs';

describe('rescale-list-runs', () => {
  const suite = nodesOnSimulator();

  before(() => {
    suite.simulator.createJob({
      id: 'sweep',
      runs: [
        ...Array.from({ length: 200 }, () => ({ startsAt: 0, duration: 100 })),
        ...Array.from({ length: 30 }, (_, index) => ({
          startsAt: 0,
          duration: 5000,
          isOptimal: index === 0,
        })),
        ...Array.from({ length: 20 }, () => ({ startsAt: 4000, type: 1 as const })),
      ],
    });
    suite.simulator.createJob({ id: 'empty', runs: [] });
    suite.simulator.advance(1000);
  });

  const numbers = (payload: unknown) => (payload as Run[]).map(({ id }) => Number(id));

  it('gives all runs of a job in one array, in their canonical order, with few requests', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'sweep', topic: 'kept', runId: 'kept too' });
    const message = await flow.take('out');
    numbers(message.payload).should.deepEqual(Array.from({ length: 250 }, (_, index) => index + 1));
    message.should.have.properties({ topic: 'kept', jobId: 'sweep', runId: 'kept too' });
    message.rescale!.should.have.properties({
      platform: suite.simulator.origin,
      jobId: 'sweep',
      count: 250,
      returned: 250,
      truncated: false,
      status: 200,
      attempts: 2,
      link: `${suite.simulator.origin}/jobs/sweep/`,
    });
    message.rescale!.should.not.have.property('runId');
    suite.simulator.requests().should.have.length(2);
    await flow.take('completed');
    await flow.status('node', ({ fill, text }) => fill === 'green' && text === '250 runs');
  });

  for (const [fields, expected] of [
    [{ state: 'completed' }, [1, 200]],
    [{ state: 'running' }, [201, 230]],
    [{ state: 'pending' }, [231, 250]],
    [{ runType: '1' }, [231, 250]],
    [{ optimalOnly: true }, [201, 201]],
    [{ state: 'running', limit: 5 }, [201, 205]],
  ] as const) {
    it(`filters by ${JSON.stringify(fields)}`, async () => {
      const flow = await suite.load({ type, ...fields });
      flow.receive('node', { jobId: 'sweep' });
      const found = numbers((await flow.take('out')).payload);
      [found[0], found.at(-1)].should.deepEqual(expected);
    });
  }

  it('stops paging at the limit', async () => {
    const flow = await suite.load({ type, limit: 15, pageSize: 10 });
    flow.receive('node', { jobId: 'sweep' });
    const message = await flow.take('out');
    numbers(message.payload).should.have.length(15);
    message.rescale!.should.have.properties({ count: 250, returned: 15, truncated: true });
    // Two pages are needed; a few more may have been fetched ahead.
    suite.simulator.requests().length.should.be.belowOrEqual(6);
  });

  it('gives each run as a message of its own, that get-run behind it can work on', async () => {
    const flow = await suite.load({ type, emit: 'each', limit: 3 });
    flow.receive('node', { jobId: 'sweep', payload: 'asked', nested: {} });
    const messages = await flow.takeAll('out', 3);
    messages.map(({ runId }) => runId).should.deepEqual(['1', '2', '3']);
    messages
      .map(({ rescale }) => (rescale as { link: string }).link)
      .should.matchEach(/\/runs\/[123]\/results\/$/);
    messages[2]!.parts!.should.have.properties({ type: 'array', index: 2, count: 3 });
    messages[0]!.nested!.should.not.equal(messages[1]!.nested);
    await flow.take('completed');
    flow.received('completed').should.have.length(1);
  });

  it('lets others have their turn while many runs are sent one by one', async () => {
    suite.simulator.createJob({ id: 'many', runs: Array.from({ length: 1_000 }, () => ({ duration: 1 })) });
    const flow = await suite.load({ type, emit: 'each', pageSize: 1_000 });
    flow.receive('node', { jobId: 'many', nested: Array.from({ length: 1_000 }, (_, index) => ({ index })) });
    let before = 0;
    let most = 0;
    while (before < 1_000) {
      await new Promise((resolve) => setImmediate(resolve));
      const arrived = flow.received('out').length;
      most = Math.max(most, arrived - before);
      before = arrived;
    }
    most.should.be.below(500);
  });

  it('gives nothing but done for each of an empty list, and an empty array otherwise', async () => {
    const each = await suite.load({ type, emit: 'each' });
    each.receive('node', { jobId: 'empty' });
    await each.take('completed');
    each.received('out').should.be.empty();
  });

  for (const emit of ['array', 'page']) {
    it(`gives one empty array as ${emit} of an empty list`, async () => {
      const flow = await suite.load({ type, emit });
      flow.receive('node', { jobId: 'empty' });
      (await flow.take('out')).payload!.should.deepEqual([]);
    });
  }

  for (const emit of ['each', 'page']) {
    it(`is put together again by Join from ${emit}, also inside an outer sequence`, async () => {
      const [nodes, options] = flowAround(
        { type, emit, pageSize: 100, wires: [['join']] },
        platformOf(suite.simulator),
      );
      const join = { id: 'join', type: 'join', z: 'tab', mode: 'auto', wires: [['out']] };
      const flow = await loadFlow([...nodes, join], options);
      const outer = { id: 'outer', type: 'array', index: 0, count: 2 };
      flow.receive('node', { jobId: 'sweep', parts: outer });
      const message = await flow.take('out');
      numbers(message.payload).should.have.length(250);
      message.parts!.should.deepEqual(outer);
      await flow.unload();
    });
  }

  it('leaves out a run that a changing list shows twice', async () => {
    suite.simulator.setFaults([{ path: '/runs/$', skip: 1, duplicateRows: 3 }]);
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'sweep' });
    const found = numbers((await flow.take('out')).payload);
    new Set(found).size.should.equal(found.length);
  });

  it('says that there is no such job', async () => {
    const flow = await suite.load({ type });
    flow.receive('node', { jobId: 'nothere' });
    const caught = await flow.take('caught');
    caught.should.have.property('statusCode', 404);
    caught.error!.should.have.property('code', 'RESCALE_NOT_FOUND');
    await flow.status('node', ({ fill, shape }) => fill === 'red' && shape === 'dot');
  });

  describe('with outcomes', () => {
    before(() => {
      suite.simulator.createJob({
        id: 'mixed',
        runs: [
          { startsAt: 0, duration: 10, exitCode: 0 },
          { startsAt: 0, duration: 10, exitCode: 139 },
          { startsAt: 0, duration: null },
        ],
      });
      suite.simulator.advance(400);
    });

    for (const emit of ['array', 'page']) {
      it(`says how each run ended, by its id: ${emit}`, async () => {
        const flow = await suite.load({ type, outcome: true, emit });
        flow.receive('node', { jobId: 'mixed' });
        const rescale = (await flow.take('out')).rescale as Record<string, unknown>;
        const outcomes = rescale.outcomes as Record<string, { result: string; reason: string }>;
        Object.keys(outcomes).should.eql(['1', '2']);
        outcomes['1']!.result.should.equal('succeeded');
        outcomes['2']!.reason.should.equal('exited with code 139 (memory fault)');
      });
    }

    it('says it of each run by itself', async () => {
      const flow = await suite.load({ type, outcome: true, emit: 'each' });
      flow.receive('node', { jobId: 'mixed' });
      const messages = await flow.takeAll('out', 3);
      messages
        .map(({ rescale }) => rescale as { state: string; outcome: { result: string } | null })
        .map(({ state, outcome }) => [state, outcome?.result])
        .should.eql([
          ['completed', 'succeeded'],
          ['completed', 'failed'],
          ['running', undefined],
        ]);
      String((messages[1]!.rescale as Record<string, unknown>).summary).should.match(
        /^Job mixed run 2 failed after .*139/,
      );
      messages[0]!.rescale!.should.not.have.property('outcomes');
    });
  });
});
