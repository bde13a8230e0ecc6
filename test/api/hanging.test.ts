import type { ServerResponse } from 'node:http';
import 'should';
import type { CallOptions, RescaleClient } from '../../src/api/client/client';
import {
  clientOf,
  failure,
  json,
  run,
  startServer,
  type Answer,
  type ScriptedServer,
} from './scripted-server';

const times = (count: number) => Array.from({ length: count });

describe('Requests that hang', () => {
  let server: ScriptedServer;
  let client: RescaleClient;
  let hanging: Set<ServerResponse>;
  /** Aborts what is left. */
  let controller: AbortController;
  let doesHang: (url: string) => boolean;

  const answer: Answer = (request, response) => {
    if (request.method === 'POST') json({})(request, response);
    else if (doesHang(request.url!)) {
      hanging.add(response);
      response.once('close', () => hanging.delete(response));
    } else if (request.url!.includes('/tail/')) json({ lines: ['live'] })(request, response);
    else setTimeout(() => json(run('1'))(request, response), 2);
  };
  const askedOf = (job: string) => server.asked.filter((asked) => asked.includes(`/jobs/${job}`)).length;

  /** Answers each request after so long (ms); gives how many were open at the same time at most. */
  function answerAfter(milliseconds: number): () => number {
    let open = 0;
    let most = 0;
    server.answer((request, response) => {
      most = Math.max(most, (open += 1));
      setTimeout(() => {
        open -= 1;
        json(run('1'))(request, response);
      }, milliseconds);
    });
    return () => most;
  }

  beforeEach(async () => {
    hanging = new Set();
    controller = new AbortController();
    doesHang = (url) => url.includes('/jobs/H');
    server = await startServer(answer);
    client = clientOf(server, { timeout: 600, slowAfter: 500, patience: 60_000 });
    // The first one waits for what has to be loaded, the second is quick.
    for (let count = 0; count < 2; count += 1) await client.getRun('E', '1');
  });

  afterEach(async () => {
    controller.abort();
    client.close();
    await server.close();
  });

  /** So many requests that are never answered, of one job or of several. */
  async function hang(count: number, job: (index: number) => string = () => 'H'): Promise<void> {
    const { signal } = controller;
    for (const [index] of times(count).entries()) void failure(client.getRun(job(index), '1', { signal }));
    while (askedOf('H') < 7) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  const others: [string, CallOptions][] = [
    ['a message', {}],
    ['a poll', { priority: 'poll' }],
  ];
  for (const [name, options] of others) {
    it(`of one job let ${name} of another one go after the first time-outs`, async () => {
      await hang(40);
      (await client.getRun('E', '1', options)).id.should.equal('1');
      // Those that hung at first, and no more than three after them: not all forty, seven at a time.
      askedOf('H').should.be.within(7, 10);
    });
  }

  it('are still taken for such when who asks calls one off', async () => {
    const { signal } = controller;
    await failure(client.getRun('H', '1', { signal, once: true }));
    const one = new AbortController();
    const calledOff = failure(client.getRun('H', '1', { signal: one.signal }));
    while (hanging.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    one.abort();
    await calledOff;
    for (let count = 0; count < 40; count += 1) void failure(client.getRun('H', '1', { signal }));
    (await client.getRun('E', '1')).id.should.equal('1');
    askedOf('H').should.be.belowOrEqual(2 + 3);
  });

  it('hold three connections from then on, and everything else is answered at once', async () => {
    await hang(40);
    await client.getRun('E', '1');
    for (const [index] of times(30).entries()) {
      await client.getRun(`E${index}`, '1', { priority: index % 2 ? 'poll' : 'message' });
      hanging.size.should.be.belowOrEqual(3);
    }
    await Promise.all(times(100).map(() => client.getRun('E', '1')));
    hanging.size.should.be.belowOrEqual(3);
    server.connections.peak.should.be.belowOrEqual(8);
  });

  it('go on being asked, those of one job beside those of another', async () => {
    await hang(8, (index) => (index % 2 ? 'H1' : 'H2'));
    await client.getRun('E', '1');
    while (askedOf('H1') < 7 || askedOf('H2') < 7) await client.getRun('E', '1');
    hanging.size.should.be.belowOrEqual(3);
  });

  it('are answered, and as quickly as any, once their job answers again', async () => {
    const calls = times(60).map(() => client.getRun('H', '1'));
    while (askedOf('H') < 7) await new Promise((resolve) => setTimeout(resolve, 5));
    await client.getRun('E', '1');
    doesHang = () => false;
    for (const { id } of await Promise.all(calls)) id.should.equal('1');
    const atOnce = answerAfter(5);
    await Promise.all(times(60).map(() => client.getRun('H', '1')));
    atOnce().should.equal(7);
  });

  it('let a stop go first, also one of their own job', async () => {
    await hang(40);
    await client.stopRun('H', '1');
    askedOf('H').should.equal(8);
    await client.getRun('E', '1');
    await client.stopRun('H', '2');
    server.asked.filter((asked) => asked.startsWith('POST')).should.have.length(2);
    // Both stops, those that hung at first, and three after them.
    askedOf('H').should.be.belowOrEqual(12);
  });

  it('of many jobs that all begin to hang leave a connection to the polls of one that answered before', async () => {
    const { signal } = controller;
    const polled: CallOptions = { priority: 'poll', signal };
    await client.getRun('E', '1', polled);
    for (const [index] of times(40).entries()) void failure(client.getRun(`H${index}`, '1', polled));
    while (askedOf('H') < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    await client.getRun('E', '1', polled);
    for (const round of times(20).keys()) {
      await client.getRun('E', String(round + 1), polled);
      hanging.size.should.be.belowOrEqual(5);
    }
    askedOf('H').should.be.below(16);
    // They wait, and are not forgotten.
    while (askedOf('H39') === 0) await client.getRun('E', '1', polled);
  });

  it('of live files let others go, too', async () => {
    const { signal } = controller;
    for (const [index] of times(40).entries())
      void failure(
        index % 2
          ? client.openTail('H', '1', 'log', { signal })
          : client.tailLines('H', '1', 'log', 9, { signal }),
      );
    while (askedOf('H') < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    (await client.tailLines('E', '1', 'log', 9)).lines.should.deepEqual(['live']);
    askedOf('H').should.be.belowOrEqual(11);
  });

  it('that are waiting can be aborted', async () => {
    await hang(40);
    await client.getRun('E', '1');
    const one = new AbortController();
    const waiting = failure(client.getRun('H', '1', { signal: one.signal }));
    one.abort();
    (await waiting).code.should.equal('RESCALE_CLOSED');
    await client.getRun('E', '1');
  });

  it('are none where a burst of one job is answered: it has all connections but the one for a stop', async () => {
    const atOnce = answerAfter(2);
    await Promise.all(times(500).map(() => client.getRun('X', '1')));
    atOnce().should.equal(7);
    server.connections.peak.should.equal(7);
  });
});
