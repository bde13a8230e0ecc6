import 'should';
import type { RequestRecord } from '../../src/api/client/request-record';
import { clientOf, json, redirect, run, startServer, text, TOKEN } from './scripted-server';

describe('The log of requests', () => {
  it('has each request with its status and scope, and neither key nor signed address', async () => {
    const records: RequestRecord[] = [];
    const server = await startServer();
    const storage = await startServer(text('bytes'));
    const client = clientOf(server, { log: (record) => records.push(record) });
    server.answerInTurn(json({}, 503), json(run('1')), redirect(`${storage.origin}/object?sig=secret`));
    await client.getRun('a', '1');
    (await client.openContents('f')).discard();
    records
      .map(({ method, path, status, scope }) => `${method} ${path} ${status} ${scope}`)
      .should.deepEqual([
        'GET /api/v2/jobs/a/runs/1/ 503 jobs',
        'GET /api/v2/jobs/a/runs/1/ 200 jobs',
        'GET /api/v2/files/f/contents/ 302 files',
        'GET (storage) 200 files',
      ]);
    for (const { milliseconds, waited } of records) [milliseconds >= 0, waited >= 0].should.eql([true, true]);
    JSON.stringify(records).should.not.match(new RegExp(`secret|${TOKEN}`));
    client.close();
    await Promise.all([server.close(), storage.close()]);
  });
});
