import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { createBudget } from '../../src/api/limits/create-budget';
import { RescaleError } from '../../src/api/errors/errors';
import {
  clientOf,
  drip,
  failure,
  json,
  run,
  silence,
  startServer,
  text,
  type Answer,
  type ScriptedServer,
} from './scripted-server';

const good = json(run('1'));

describe('Retries that take time', () => {
  let server: ScriptedServer;
  let client: RescaleClient;

  beforeEach(async () => {
    server = await startServer(good);
    client = clientOf(server);
  });

  afterEach(async () => {
    client.close();
    await server.close();
  });

  describe('after Retry-After', () => {
    it('wait as long as it says', async () => {
      server.answerInTurn(json({}, 503, { 'Retry-After': '1' }), good);
      const began = Date.now();
      await client.getRun('X', '1');
      (Date.now() - began).should.be.aboveOrEqual(990);
    });

    it('end at once when it asks for more than the patience, and name the wait', async () => {
      server.answer(json({}, 429, { 'Retry-After': '1800' }));
      const error = await failure(client.getRun('X', '1'));
      error.should.have.properties({ code: 'RESCALE_RATE_LIMIT', statusCode: 429 });
      error.message.should.match(/1800 s/);
      server.asked.should.have.length(1);
    });

    it('end at once for everybody else on the key, without asking', async () => {
      server.answer(json({}, 429, { 'Retry-After': '1800' }));
      await failure(client.getRun('X', '1'));
      const other = await failure(client.getRun('X', '2'));
      other.should.have.property('code', 'RESCALE_RATE_LIMIT');
      // When it is worth to ask again, which is not what nobody can wait for.
      other.message.should.match(/ 1[45] s/);
      server.asked.should.have.length(1);
    });

    const absurd = ['86400', '99999999999', 'Tue, 01 Jan 2099 00:00:00 GMT'];
    for (const after of absurd) {
      it(`of ${after}, let a stop go all the same, and pause for a step only`, async () => {
        client = clientOf(server, { patience: 1_000 });
        server.answerInTurn(text('Too many', 429, { 'Retry-After': after }), json({}));
        (await failure(client.getRun('X', '1'))).should.have.property('code', 'RESCALE_RATE_LIMIT');
        client.budget.pauseOf('jobs').should.be.within(10_000, 15_000);
        await client.stopRun('X', '1');
        server.asked.should.eql(['GET /api/v2/jobs/X/runs/1/', 'POST /api/v2/jobs/X/runs/1/stop/']);
      });
    }

    it('hold a snapshot and a draft, which cost nothing while they wait', async () => {
      client = clientOf(server, { patience: 1_000 });
      server.answer(json({ detail: 'Request was throttled.' }, 429, { 'Retry-After': '60' }));
      await failure(client.getRun('X', '1'));
      for (const call of [client.snapshotRun('X', '1'), client.createJob({ name: 'draft' })]) {
        (await failure(call)).should.have.property('code', 'RESCALE_RATE_LIMIT');
      }
      server.asked.should.have.length(1);
    });

    it('pause everybody who shares the budget', async () => {
      const budget = createBudget({ rate: 0 });
      const one = clientOf(server, { budget });
      const other = clientOf(server, { budget });
      const arrivals: number[] = [];
      server.answerInTurn(json({}, 429, { 'Retry-After': '1' }), (request, response) => {
        arrivals.push(Date.now());
        good(request, response);
      });
      const began = Date.now();
      const first = one.getRun('X', '1');
      await new Promise<void>((resolve) => {
        const stop = budget.onPause((until) => {
          if (until === null) return;
          stop();
          resolve();
        });
      });
      await Promise.all([first, other.getRun('X', '2'), other.getRun('X', '3')]);
      arrivals.should.have.length(3);
      Math.min(...arrivals).should.be.aboveOrEqual(began + 990);
    });

    it('do not ask again without a breath when it says 0', async () => {
      client = clientOf(server, { patience: 1_500 });
      server.answer(json({}, 429, { 'Retry-After': '0' }));
      (await failure(client.getRun('X', '1'))).code.should.equal('RESCALE_RATE_LIMIT');
      server.asked.length.should.be.belowOrEqual(3);
    });
  });

  describe('end when the caller aborts', () => {
    const moments: [string, Answer][] = [
      ['while it waits for an answer', silence],
      ['while the body comes', drip(' '.repeat(100_000), 1, 20)],
      ['while it waits after a failure', json({}, 503, { 'Retry-After': '5' })],
      ['while everybody waits', json({}, 429, { 'Retry-After': '5' })],
    ];
    for (const [name, answer] of moments) {
      it(name, async () => {
        const controller = new AbortController();
        server.answer((request, response) => {
          answer(request, response);
          setTimeout(() => controller.abort(), 50);
        });
        (await failure(client.getRun('X', '1', { signal: controller.signal }))).should.have.property(
          'code',
          'RESCALE_CLOSED',
        );
      });
    }

    it('with the reason, when that is one of our errors', async () => {
      const reason = new RescaleError('RESCALE_DEADLINE', 'timeout', { platform: 'x', seconds: 1 });
      (await failure(client.getRun('X', '1', { signal: AbortSignal.abort(reason) }))).should.equal(reason);
      server.asked.should.be.empty();
    });
  });

  it('cost a timer for each request that is under way, and one listener of a signal that all have', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const controller = new AbortController();
    await client.getRun('X', '1', controller);
    server.answer(silence);
    const before = timers();
    const calls = ['1', '2', '3'].map((id) => failure(client.getRun('X', id, controller)));
    while (server.asked.length < 4) await nextTurn();
    (timers() - before).should.equal(3);
    getEventListeners(controller.signal, 'abort').should.have.length(1);
    controller.abort();
    for (const error of await Promise.all(calls)) error.code.should.equal('RESCALE_CLOSED');
    (timers() - before).should.equal(0);
  });

  it('say that the flow asks too often, when the call’s own turn never comes', async () => {
    const budget = createBudget({ rate: 0.01, burst: 1 });
    client = clientOf(server, { budget, patience: 200 });
    await client.getRun('X', '1');
    const error = await failure(client.getRun('X', '1'));
    error.should.have.properties({ code: 'RESCALE_RATE_LIMIT', key: 'rate-limit-own' });
  });
});
