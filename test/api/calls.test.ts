import should from 'should';
import { gzipSync } from 'node:zlib';
import type { RescaleClient } from '../../src/api/client/client';
import { client, newForEach, server } from './client-setup';
import { clientOf, failure, json, run, text, TOKEN } from './scripted-server';

describe('Calls', () => {
  newForEach();

  describe('are addressed as the platform wants', () => {
    const asked = async (call: (client: RescaleClient) => Promise<unknown>, answer: unknown = {}) => {
      server.answer(json(answer));
      await call(client).catch(() => {});
      return server.asked;
    };
    const drain = async (list: AsyncGenerator<unknown>) => {
      while (!(await list.next()).done);
    };

    it('with a slash at the end, except after the path of a file', async () => {
      await asked((c) => c.getRun('XXXXXX', '1'), run('1'));
      await asked((c) => c.stopRun('XXXXX', '1'));
      await asked((c) => c.snapshotRun('XXXXX', '1'));
      await asked((c) => c.listDirectory('XXXXX', '1'), []);
      await asked((c) => c.tailLines('XXXXX', '1', 'airFoil2D/0/U', 100));
      await asked(async (c) => (await c.openTail('XXXXX', '1', './airFoil2D/0/U')).discard());
      await asked((c) => c.getJob('XXXXX'));
      await asked((c) => c.getFile('dmpTse'));
      await asked((c) => c.fileLines('dmpTse'));
      await asked(async (c) => (await c.openContents('dmpTse')).discard());
      server.asked.should.deepEqual([
        'GET /api/v2/jobs/XXXXXX/runs/1/',
        'POST /api/v2/jobs/XXXXX/runs/1/stop/',
        'POST /api/v2/jobs/XXXXX/runs/1/snapshot/',
        'GET /api/v2/jobs/XXXXX/runs/1/directory-contents/',
        'GET /api/v2/jobs/XXXXX/runs/1/tail/airFoil2D/0/U?lines=100',
        'GET /api/v2/jobs/XXXXX/runs/1/tail/airFoil2D/0/U',
        'GET /api/v2/jobs/XXXXX/',
        'GET /api/v2/files/dmpTse/',
        'GET /api/v2/files/dmpTse/lines/',
        'GET /api/v2/files/dmpTse/contents/',
      ]);
    });

    it('with the page and its size for lists, after the list’s own filters', async () => {
      const empty = { count: 0, next: null, previous: null, results: [] };
      await asked((c) => drain(c.listRuns('X')), empty);
      await asked((c) => drain(c.listRunFiles('X', '1', { pageSize: 50 })), empty);
      await asked(
        (c) => drain(c.listJobs({ state: 'not_completed', search: 'a b&c', ordering: '-dateInserted' })),
        empty,
      );
      await asked((c) => drain(c.listJobFiles('X', { search: 'process_output.log' })), empty);
      await asked((c) => c.listJobStatuses('X'), empty);
      await asked((c) => c.listClusterStatuses('X'), empty);
      await asked((c) => c.readRunsPage('X', 3, { pageSize: 7 }), empty);
      server.asked.map(parse).should.deepEqual([
        ['/api/v2/jobs/X/runs/', { page: '1', page_size: '100' }],
        ['/api/v2/jobs/X/runs/1/files/', { page: '1', page_size: '50' }],
        [
          '/api/v2/jobs/',
          { page: '1', page_size: '100', state: 'not_completed', search: 'a b&c', ordering: '-dateInserted' },
        ],
        ['/api/v2/jobs/X/files/', { page: '1', page_size: '100', search: 'process_output.log' }],
        ['/api/v2/jobs/X/statuses/', { page: '1', page_size: '100' }],
        ['/api/v2/jobs/X/cluster_statuses/', { page: '1', page_size: '100' }],
        ['/api/v2/jobs/X/runs/', { page: '3', page_size: '7' }],
      ]);
    });

    it('without the version for v1', async () => {
      server.answer(json(run('1')));
      await clientOf(server, { apiVersion: 'v1' }).getRun('XXXXXX', '1');
      server.asked.should.deepEqual(['GET /api/jobs/XXXXXX/runs/1/']);
    });

    it('with each segment encoded once', async () => {
      await asked((c) => c.tailLines('a b', '1', 'x y/50%25#1?+ü\\.log', 5));
      server.asked.should.deepEqual([
        'GET /api/v2/jobs/a%20b/runs/1/tail/x%20y/50%2525%231%3F%2B%C3%BC%5C.log?lines=5',
      ]);
    });

    it('with the token, and a body of no bytes for a POST', async () => {
      await asked((c) => c.stopRun('X', '1'));
      const { headers } = server.requests[0]!;
      headers.should.have.property('authorization', `Token ${TOKEN}`);
      headers.should.have.property('content-length', '0');
      headers.should.not.have.property('transfer-encoding');
      headers.should.not.have.property('cookie');
    });
  });

  it('show a key as a token and a JSON web token as a bearer', async () => {
    server.answer(json(run('1')));
    await clientOf(server, { token: 'eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl' }).getRun('X', '1');
    server.requests[0]!.headers.should.have.property(
      'authorization',
      'Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl',
    );
  });

  describe('refuse before any request', () => {
    const refused = async (call: Promise<unknown>) => {
      (await failure(call)).should.have.property('code', 'RESCALE_INPUT');
      server.asked.should.be.empty();
    };

    for (const id of ['', '  ', '.', '..', 'a/b', '../1', 'a\nb', 'a\u0000', '\u007f', '\ud800']) {
      it(`the id ${JSON.stringify(id)}`, async () => {
        await refused(client.getRun(id, '1'));
        await refused(client.getRun('X', id));
        await refused(client.stopRun('X', id));
        await refused(client.getFile(id));
        await refused(client.openContents(id));
        await refused(client.listRuns(id).next());
      });
    }

    for (const path of ['', ' ', '/', './', '..', '../x', 'a/../b', 'a/..', 'a\tb', 'x\u0000']) {
      it(`the path ${JSON.stringify(path)}`, async () => {
        await refused(client.tailLines('X', '1', path, 5));
        await refused(client.openTail('X', '1', path));
      });
    }

    it('lines, pages and ranges that there can’t be', async () => {
      await refused(client.tailLines('X', '1', 'a', 0));
      await refused(client.tailLines('X', '1', 'a', 1.5));
      await refused(client.listRuns('X', { pageSize: 0 }).next());
      await refused(client.listRuns('X', { pageSize: 1001 }).next());
      await refused(client.readRunsPage('X', 0));
      await refused(client.openContents('f', { range: { start: -1 } }));
      await refused(client.openContents('f', { range: { start: 5, end: 4 } }));
      await refused(client.openContents('f', { range: { last: 0 } }));
    });
  });

  describe('judge an answer by its content', () => {
    for (const type of ['text/plain', 'text/html; charset=utf-8', 'application/octet-stream', undefined]) {
      it(`which is JSON also as ${type}`, async () => {
        server.answer(
          text(`\ufeff ${JSON.stringify(run('1'))}\n`, 200, type ? { 'Content-Type': type } : {}),
        );
        (await client.getRun('X', '1')).should.deepEqual(run('1'));
      });
    }

    it('which may be compressed', async () => {
      const body = gzipSync(JSON.stringify(run('1')));
      server.answer(text(body, 200, { 'Content-Encoding': 'gzip' }));
      (await client.getRun('X', '1')).should.deepEqual(run('1'));
    });

    const wrong: [string, string | Buffer, string][] = [
      ['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>', 'protocol-page'],
      ['cut JSON', JSON.stringify(run('1')).slice(0, 100), 'protocol-cut'],
      ['nothing', '', 'protocol-empty'],
      ['blanks', ' \n ', 'protocol-empty'],
      ['null', 'null', 'protocol-shape'],
      ['a number', '42', 'protocol-shape'],
      ['a list', '[]', 'protocol-shape'],
      ['an object without an id', '{}', 'protocol-shape'],
      ['a notice', '{"detail":"Run is not active."}', 'protocol-notice'],
      ['bytes', Buffer.from([0, 159, 146, 150]), 'protocol-cut'],
    ];
    for (const [name, body, key] of wrong) {
      it(`and refuse ${name} as a run`, async () => {
        server.answer(text(body, 200, { 'Content-Type': 'application/json' }));
        const error = await failure(client.getRun('X', '1'));
        error.should.have.properties({ code: 'RESCALE_PROTOCOL', key, statusCode: 200 });
        server.asked.should.have.length(1);
      });
    }

    it('and tell what a notice says', async () => {
      server.answer(json({ detail: 'Run is not active.' }));
      (await failure(client.tailLines('X', '1', 'a', 5))).message.should.match(/Run is not active\./);
      (await failure(client.listDirectory('X', '1'))).code.should.equal('RESCALE_PROTOCOL');
      (await failure(client.listRuns('X').next())).code.should.equal('RESCALE_PROTOCOL');
      (await failure(client.stopRun('X', '1'))).code.should.equal('RESCALE_PROTOCOL');
      (await failure(client.snapshotRun('X', '1'))).code.should.equal('RESCALE_PROTOCOL');
    });

    it('and take any sign of consent for a stop, but not a web page', async () => {
      for (const [body, status] of [
        ['{}', 200],
        ['', 200],
        ['', 202],
        ['', 204],
      ] as const) {
        server.answer(text(body, status));
        await client.stopRun('X', '1');
      }
      for (const other of [
        '<html></html>',
        'null',
        '{"code": 401, "msg": "please log in"}',
        '{"success": false}',
      ]) {
        server.answer(text(other));
        (await failure(client.stopRun('X', '1'))).code.should.equal('RESCALE_PROTOCOL');
      }
    });

    it('and keep everything else as the platform sent it', async () => {
      const odd = run('1', {
        outputFileSize: null,
        dateCompleted: null,
        novelty: { deep: [1, 'https://x/?y=1'] },
      });
      server.answer(json(odd));
      (await client.getRun('X', '1')).should.deepEqual(odd);
    });

    it('and read a date that is missing as one that is not set', async () => {
      server.answer(json(run('1', { dateCompleted: undefined })));
      should((await client.getRun('X', '1')).dateCompleted).be.null();
    });
  });

  describe('tell what is wrong', () => {
    it('with the platform’s own words where something is not permitted, and blames the key for a 401 only', async () => {
      server.answer(text('{"detail":"The budget of this project is used up."}', 403));
      const forbidden = await failure(client.getRun('X', '1'));
      forbidden.message.should.match(/HTTP 403\): “The budget of this project is used up\.” Check what/);
      forbidden.message.should.not.match(/expired|refused the API key/);
      server.answer(text('{"detail":"Invalid token."}', 401));
      (await failure(client.getRun('X', '1'))).message.should.match(/refused the API key \(HTTP 401\)/);
    });

    const statuses: [number, string, string][] = [
      [401, '{"detail":"Invalid token."}', 'RESCALE_AUTH'],
      [403, '{"detail":"Nein."}', 'RESCALE_AUTH'],
      [400, '{"detail":"no"}', 'RESCALE_REJECTED'],
      [405, '{"detail":"Method not allowed."}', 'RESCALE_REJECTED'],
      [409, '"busy"', 'RESCALE_REJECTED'],
      [404, '{"detail":"Not found."}', 'RESCALE_NOT_FOUND'],
      [404, '{"detail":"見つかりません。"}', 'RESCALE_NOT_FOUND'],
      [404, '<html>nginx</html>', 'RESCALE_PROTOCOL'],
      [500, '<h1>Server Error (500)</h1>', 'RESCALE_SERVER'],
      [304, '', 'RESCALE_PROTOCOL'],
    ];
    for (const [status, body, code] of statuses) {
      it(`when the answer is ${status} with ${body || 'nothing'}`, async () => {
        server.answer(text(body, status));
        (await failure(client.getRun('X', '1'))).should.have.properties({ code, statusCode: status });
        server.asked.should.have.length(1);
      });
    }

    const gateways: [string, string][] = [
      ['a line of text', '404 page not found\n'],
      ['nothing', ''],
      ['JSON of its own', '{"message":"no Route matched with those values"}'],
      ['a problem document', '{"type":"about:blank","title":"No","status":404,"detail":"No such route."}'],
      ['a page', '<html>nginx</html>'],
    ];
    for (const status of [400, 401, 403, 404, 405, 410, 413]) {
      for (const [name, body] of gateways) {
        it(`and take ${status} with ${name} for a gateway’s answer, which says nothing about the key or the run`, async () => {
          server.answer(text(body, status));
          const error = await failure(client.getRun('X', '1'));
          error.should.have.properties({ code: 'RESCALE_PROTOCOL', kind: 'transient', statusCode: status });
          const contents = await failure(client.openContents('f'));
          contents.should.have.property('code', 'RESCALE_PROTOCOL');
        });
      }
    }

    it('also where the platform does not say why', async () => {
      server.answer(text('{}', 400));
      (await failure(client.getRun('X', '1'))).message.should.match(/\(HTTP 400\): no reason was given\.$/);
      server.answer(text('', 304));
      (await failure(client.getRun('X', '1'))).message.should.match(
        /not the API’s: HTTP status 304\. Check the address/,
      );
    });

    it('by what was asked for, when it does not exist', async () => {
      server.answer(json({ detail: 'Not found.' }, 404));
      (await failure(client.listRuns('abc').next())).message.should.match(/no job abc/);
      (await failure(client.getJob('abc'))).message.should.match(/no job abc/);
      (await failure(client.getRun('abc', '7'))).message.should.match(/Job abc has no run 7/);
      (await failure(client.stopRun('abc', '7'))).message.should.match(/Job abc has no run 7/);
      (await failure(client.tailLines('abc', '7', 'log', 1))).message.should.match(/has no file log/);
      (await failure(client.getFile('dmpTse'))).message.should.match(/no file dmpTse/);
    });

    it('in the platform’s words', async () => {
      server.answer(
        json({ jobanalyses: [{ command: ['This field is required.'] }], name: ['Too long.'] }, 400),
      );
      (await failure(client.getRun('X', '1'))).message.should.match(
        /jobanalyses\[0\]\.command: This field is required\.; name: Too long\./,
      );
    });

    it('under the name of the platform that was given', async () => {
      server.answer(json({ detail: 'Invalid token.' }, 401));
      const named = clientOf(server, { platform: 'simulator' });
      (await failure(named.getRun('X', '1'))).message.should.match(
        /^The platform refused .* Platform: simulator\.$/,
      );
    });
  });

  it('read no more than 64 MiB of JSON', async function () {
    this.timeout(120_000);
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    server.answer((request, response) => {
      response.on('close', () => request.socket.destroy());
      const more = () => {
        while (sent < 200 && !response.destroyed) {
          sent += 1;
          if (!response.write(megabyte)) return response.once('drain', more);
        }
        return response.end('{}');
      };
      more();
    });
    const error = await failure(client.getRun('X', '1'));
    error.should.have.properties({ code: 'RESCALE_TOO_LARGE', statusCode: 200 });
    sent.should.be.below(200);

    server.answer(text('', 200, { 'Content-Length': 65 * 1024 * 1024 }));
    (await failure(client.getRun('X', '1'))).code.should.equal('RESCALE_TOO_LARGE');
  });

  it('take a timeout and a patience of a month as they are, which no timer can hold', async () => {
    const month = 30 * 86_400_000;
    server.answer((request, response) => {
      setTimeout(() => json(run('1'))(request, response), 60);
    });
    const patient = clientOf(server, { timeout: month, patience: month });
    (await patient.getRun('X', '1')).id.should.equal('1');
    server.asked.should.have.length(1);
    patient.close();
  });

  it('count the requests sent and keep the last status', async () => {
    const trace = { attempts: 0, status: null as number | null };
    server.answerInTurn(json({}, 503), json({}, 503), json(run('1')));
    await client.getRun('X', '1', { trace });
    trace.should.deepEqual({ attempts: 3, status: 200 });
    server.answer(json({}, 404));
    await failure(client.getRun('X', '1', { trace }));
    trace.should.deepEqual({ attempts: 4, status: 404 });
  });

  it('read the histories newest first, whatever the form of the dates', async () => {
    const row = (status: string, statusDate: string) => ({ status, statusDate, statusReason: null });
    server.answer(
      json({
        count: 3,
        results: [
          row('Unknown', 'some day'),
          row('Started', '2026-01-01T10:00:00Z'),
          row('Completed', '2026-01-01T10:00:00.5-02:00'),
          row('Executing', '2026-01-01T11:00:00.000000+00:00'),
        ],
      }),
    );
    const statuses = await client.listJobStatuses('X');
    statuses.map(({ status }) => status).should.deepEqual(['Completed', 'Executing', 'Unknown', 'Started']);
  });

  it('check the connection with one small request, and say whose key it is', async () => {
    server.answer(
      json({ count: 1, next: null, results: [{ id: 'a', name: 'n', owner: 'demouser@rescale.com' }] }),
    );
    (await client.checkConnection()).should.deepEqual({ user: 'demouser@rescale.com' });
    server.answer(json({ count: 0, next: null, results: [] }));
    (await client.checkConnection()).should.deepEqual({ user: null });
    server.asked.should.have.length(2);
  });
});

function parse(asked: string): [string, Record<string, string>] {
  const url = new URL(asked.replace('GET ', ''), 'http://x');
  return [url.pathname, Object.fromEntries(url.searchParams)];
}
