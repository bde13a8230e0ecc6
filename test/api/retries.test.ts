import type { IncomingMessage } from 'node:http';
import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { RescaleError } from '../../src/api/errors/errors';
import {
  clientOf,
  drip,
  failure,
  json,
  redirect,
  reset,
  run,
  silence,
  startServer,
  text,
  type Answer,
  type ScriptedServer,
} from './scripted-server';

const good = json(run('1'));

/** Announces a whole answer and closes in the middle of it. */
const cut: Answer = (_request, response) => {
  response.writeHead(200, { 'Content-Length': 1000 });
  response.write('{"id": "1", ');
  setImmediate(() => response.socket!.end());
};

/** The same, but resets the connection. */
const resetInTheMiddle: Answer = (request, response) => {
  response.writeHead(200, { 'Content-Length': 1000 });
  response.write('{"id": "1", ', () => setTimeout(() => request.socket.resetAndDestroy(), 20));
};

/** As when the process is stopped, or the machine sleeps: nothing goes on, and what was sent lies in its sockets. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

describe('Retries', () => {
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

  describe('of a read', () => {
    const passing: [string, Answer][] = [
      ['429', json({ detail: 'Request was throttled.' }, 429)],
      ['502', text('<html>', 502)],
      ['503', text('', 503)],
      ['504', text('<html>', 504)],
      ['a reset', reset],
      ['an answer cut in the middle', cut],
      ['a reset in the middle', resetInTheMiddle],
    ];
    for (const [name, answer] of passing) {
      it(`follow ${name}`, async () => {
        server.answerInTurn(answer, answer, good);
        (await client.getRun('X', '1')).id.should.equal('1');
        server.asked.should.have.length(3);
      });
    }

    it('follow silence', async () => {
      client = clientOf(server, { timeout: 100 });
      server.answerInTurn(silence, good);
      (await client.getRun('X', '1')).id.should.equal('1');
    });

    it('do not follow a 500, for there the application itself has answered', async () => {
      server.answer(text('<h1>Server Error (500)</h1>', 500));
      (await failure(client.getRun('X', '1'))).should.have.properties({
        code: 'RESCALE_SERVER',
        statusCode: 500,
      });
      server.asked.should.have.length(1);
    });

    const unfinished: [string, (request: IncomingMessage) => void][] = [
      ['stops', () => {}],
      ['breaks off', (request) => setTimeout(() => request.socket.resetAndDestroy(), 20)],
      ['is cut', (request) => setTimeout(() => request.socket.end(), 20)],
    ];
    for (const [name, then] of unfinished) {
      it(`heed the status of a refusal whose body ${name}`, async () => {
        client = clientOf(server, { timeout: 100 });
        server.answer((request, response) => {
          response.writeHead(500, { 'Content-Length': 1000 });
          response.write('{"detail": ', () => then(request));
        });
        const error = await failure(client.getRun('X', '1'));
        error.should.have.properties({ code: 'RESCALE_SERVER', statusCode: 500 });
        server.asked.should.have.length(1);
      });
    }

    const ends: [string, Answer, string][] = [
      ['429', json({}, 429), 'RESCALE_RATE_LIMIT'],
      ['503', json({}, 503), 'RESCALE_SERVER'],
      ['resets', reset, 'RESCALE_NETWORK'],
      ['cut answers', cut, 'RESCALE_PROTOCOL'],
      ['resets in the middle', resetInTheMiddle, 'RESCALE_NETWORK'],
      ['silence', silence, 'RESCALE_TIMEOUT'],
    ];
    for (const [name, answer, code] of ends) {
      it(`end with the patience: ${name}`, async () => {
        client = clientOf(server, { patience: 300, timeout: 100, random: () => 0.5 });
        server.answer(answer);
        const began = Date.now();
        (await failure(client.getRun('X', '1'))).should.have.property('code', code);
        (Date.now() - began).should.be.below(3_000);
      });
    }

    it('end with the patience, also in the middle of an attempt', async () => {
      client = clientOf(server, { patience: 300, timeout: 60_000 });
      server.answer(silence);
      (await failure(client.getRun('X', '1'))).code.should.equal('RESCALE_TIMEOUT');
    });

    it('end with what was wrong before, when the patience breaks off the last attempt', async () => {
      client = clientOf(server, { patience: 400, timeout: 60_000 });
      server.answerInTurn(json({}, 503), silence);
      (await failure(client.getRun('X', '1'))).should.have.properties({
        code: 'RESCALE_SERVER',
        statusCode: 503,
      });
    });

    it('give a slow answer all the patience as long as bytes come', async () => {
      client = clientOf(server, { timeout: 150 });
      server.answer(drip(JSON.stringify(run('1')), 16, 50));
      (await client.getRun('X', '1')).id.should.equal('1');
      server.asked.should.have.length(1);
    });

    it('but not more than the patience', async () => {
      client = clientOf(server, { timeout: 150, patience: 400 });
      server.answer(drip(' '.repeat(10_000), 1, 20));
      (await failure(client.getRun('X', '1'))).code.should.equal('RESCALE_TIMEOUT');
    });

    for (const [what, options] of [
      ['time-out', { timeout: 100 }],
      ['patience', { patience: 100 }],
    ] as const) {
      it(`take an answer that came before the machine stood still for longer than the ${what}`, async () => {
        client = clientOf(server, options);
        server.answer((request, response) => {
          (request.method === 'GET' ? good : json({}))(request, response);
          standStill(300);
        });
        (await client.getRun('X', '1')).id.should.equal('1');
        await client.stopRun('X', '1').should.be.fulfilled();
        server.asked.should.have.length(2);
      });
    }

    it('count time without a byte also inside the head and the body', async () => {
      client = clientOf(server, { timeout: 100, patience: 5_000 });
      const stalled: Answer = (_request, response) => {
        response.writeHead(200, { 'Content-Length': 1000 });
        response.write('{');
      };
      const headOnly: Answer = (request) => request.socket.write('HTTP/1.1 200 OK\r\nContent-');
      server.answerInTurn(stalled, headOnly, good);
      (await client.getRun('X', '1')).id.should.equal('1');
      server.asked.should.have.length(3);
    });

    it('wait in spans that double and are filled by chance', async () => {
      const waits: number[] = [];
      const slept = new RescaleError('RESCALE_CLOSED', 'closed');
      let now = 0;
      client = clientOf(server, {
        random: () => 0.999,
        patience: 1_000_000,
        clock: {
          now: () => now,
          monotonic: () => now,
          sleep: (milliseconds) => {
            waits.push(milliseconds);
            now += milliseconds;
            return waits.length < 8 ? Promise.resolve() : Promise.reject(slept);
          },
        },
      });
      server.answer(json({}, 503));
      (await failure(client.getRun('X', '1'))).should.equal(slept);
      waits.should.deepEqual([999, 1998, 3996, 7992, 15984, 29970, 29970, 29970]);
    });
  });

  describe('on a connection that the platform was just closing', () => {
    it('come at once, on a new connection, for a read', async () => {
      await client.getRun('X', '1');
      server.answerInTurn(reset, good);
      await client.getRun('X', '1');
      server.asked.should.have.length(3);
      server.connections.total.should.equal(2);
    });

    it('do not come for a POST, for it may have been read', async () => {
      await client.getRun('X', '1');
      server.answer(reset);
      const error = await failure(client.stopRun('X', '1'));
      error.should.have.properties({ code: 'RESCALE_NETWORK', key: 'network-unsettled' });
      server.asked.filter((asked) => asked.startsWith('POST')).should.have.length(1);
    });
  });

  describe('of a POST', () => {
    it('follow 429', async () => {
      server.answerInTurn(json({}, 429, { 'Retry-After': '1' }), json({}));
      await client.stopRun('X', '1');
      server.asked.should.have.length(2);
    });

    it('follow a connection that was refused', async () => {
      const { port } = server;
      await server.close();
      const refused = failure(clientOf(server, { patience: 200 }).stopRun('X', '1'));
      (await refused).should.have.properties({ code: 'RESCALE_NETWORK', key: 'network-refused' });

      const stopped = clientOf({ origin: `http://127.0.0.1:${port}` }, { random: () => 0.2 }).stopRun(
        'X',
        '1',
      );
      server = await startServer(json({}), false, port);
      await stopped;
      server.asked.should.deepEqual(['POST /api/v2/jobs/X/runs/1/stop/']);
    });

    const lost: [string, Answer, string, string][] = [
      ['a reset', reset, 'RESCALE_NETWORK', 'network-unsettled'],
      ['silence', silence, 'RESCALE_TIMEOUT', 'timeout-unsettled'],
      ['a cut answer', cut, 'RESCALE_NETWORK', 'network-unsettled'],
      ['502', text('', 502), 'RESCALE_SERVER', 'server-unsettled'],
      ['504', text('', 504), 'RESCALE_SERVER', 'server-unsettled'],
      ['500', text('', 500), 'RESCALE_SERVER', 'server-unsettled'],
    ];
    for (const [name, answer, code, key] of lost) {
      it(`do not follow ${name}, and the error says that it may have been carried out`, async () => {
        client = clientOf(server, { timeout: 200 });
        server.answer(answer);
        const error = await failure(client.snapshotRun('X', '1'));
        error.should.have.properties({ code, key });
        error.should.have.property('kind', 'unsettled');
        error.message.should.match(/may have been carried out/);
        server.asked.should.have.length(1);
      });
    }

    it('do not follow a redirect that would make it a read', async () => {
      server.answer(redirect('/api/v2/elsewhere/', 302));
      (await failure(client.stopRun('X', '1'))).code.should.equal('RESCALE_PROTOCOL');
      server.asked.should.have.length(1);
    });
  });
});
