import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import should from 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { clientOf, failure, json, reset, startServer, text, type ScriptedServer } from './scripted-server';

describe('Jobs', () => {
  let server: ScriptedServer;
  let client: RescaleClient;
  let bodies: Promise<Buffer>[];
  let heads: IncomingMessage['headers'][];

  beforeEach(async () => {
    bodies = [];
    heads = [];
    server = await startServer();
    client = clientOf(server);
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });
  const answer = (value: unknown, status = 200, headers = {}) =>
    server.answer((request, response) => {
      heads.push(request.headers);
      const body = buffer(request);
      bodies.push(body);
      void body.then(() =>
        value === null
          ? text('', status)(request, response)
          : json(value, status, headers)(request, response),
      );
    });

  it('are created from a definition, which is sent as JSON of a known length', async () => {
    answer({ id: 'NewJob', name: 'wing' }, 201);
    const job = await client.createJob({ name: 'wing “ü”', jobanalyses: [] });
    job.should.have.properties({ id: 'NewJob', name: 'wing' });
    server.asked.should.deepEqual(['POST /api/v2/jobs/']);
    const sent = await bodies[0]!;
    JSON.parse(sent.toString()).should.deepEqual({ name: 'wing “ü”', jobanalyses: [] });
    heads[0]!['content-length']!.should.equal(String(sent.length));
    heads[0]!['content-type']!.should.equal('application/json');
    // A length that stayed for the next request would have the platform wait for a body.
    await client.getJob('NewJob');
    heads[1]!.should.not.have.property('content-length');
  });

  it('say which field of a definition is refused', async () => {
    answer({ jobanalyses: [{ hardware: { coresPerSlot: ['Choose another.'] } }] }, 400);
    const error = await failure(client.createJob({}));
    error.should.have.property('code', 'RESCALE_REJECTED');
    error.message.should.match(/jobanalyses\[0\]\.hardware\.coresPerSlot: Choose another\./);
  });

  const actions: [string, (c: RescaleClient) => Promise<unknown>, string][] = [
    ['a create', (c) => c.createJob({ name: 'x' }), 'POST /api/v2/jobs/'],
    ['a submit', (c) => c.submitJob('ab'), 'POST /api/v2/jobs/ab/submit/'],
    ['a stop', (c) => c.stopJob('ab'), 'POST /api/v2/jobs/ab/stop/'],
    ['a change', (c) => c.patchJob('ab', { name: 'y' }), 'PATCH /api/v2/jobs/ab/'],
    [
      'an assignment',
      (c) => c.assignProject('org', 'ab', 'p1'),
      'POST /api/v2/organizations/org/jobs/ab/project-assignment/',
    ],
    ['an upload', (c) => c.uploadFile(fileOf('x')), 'POST /api/v2/files/contents/'],
  ];
  for (const [name, act, asked] of actions) {
    it(`are never sent ${name} twice when its answer is lost`, async () => {
      server.answer((request, response) => {
        request.resume();
        request.on('end', () => reset(request, response));
      });
      (await failure(act(client))).should.have.properties({ code: 'RESCALE_NETWORK', kind: 'unsettled' });
      server.asked.should.deepEqual([asked]);
    });

    it(`are sent ${name} again after a 429, with its whole body`, async () => {
      let times = 0;
      server.answer((request, response) => {
        const body = buffer(request);
        bodies.push(body);
        void body.then(() => {
          times += 1;
          if (times === 1) json({ detail: 'throttled' }, 429)(request, response);
          else json(/submit|stop/.test(asked) ? {} : { id: 'ab' }, 201)(request, response);
        });
      });
      await act(client);
      server.asked.should.deepEqual([asked, asked]);
      const [first, second] = await Promise.all(bodies);
      second!.length.should.equal(first!.length);
    });
  }

  it('take an empty answer to a submit and to a stop as accepted', async () => {
    answer(null);
    await client.submitJob('ab');
    answer(null, 202);
    await client.stopJob('ab');
  });

  const notices = [
    { error: 'busy' },
    { message: 'service busy', code: 503 },
    { code: 401, msg: 'please log in' },
    { success: false },
    { redirect: '/login' },
    { status: 'error', reason: 'session expired' },
    [],
    'ok',
    0,
  ];
  for (const notice of notices) {
    it(`take ${JSON.stringify(notice)} with 200 for no submit and no stop`, async () => {
      answer(notice);
      (await failure(client.submitJob('ab'))).code.should.equal('RESCALE_PROTOCOL');
      answer(notice);
      (await failure(client.stopJob('ab'))).code.should.equal('RESCALE_PROTOCOL');
    });
  }

  it('keep a status whose date is none where it was listed', async () => {
    const row = (status: string, statusDate: unknown) => ({ status, statusDate, statusReason: null });
    const executing = row('Executing', '2026-01-10T08:00:00Z');
    for (const odd of [null, 'soon', '', {}]) {
      answer({ count: 2, next: null, results: [row('Completed', odd), executing] });
      const statuses = await client.listJobStatuses('ab');
      statuses.map(({ status }) => status).should.eql(['Completed', 'Executing']);
    }
    answer({ count: 2, next: null, results: [executing, row('Completed', '2026-01-10T09:00:00Z')] });
    (await client.listJobStatuses('ab'))[0]!.status.should.equal('Completed');
  });

  it('are chosen from a catalog in which one odd row spoils no other', async () => {
    const list = (...results: unknown[]) => answer({ count: results.length, next: null, results });
    list({ code: 'odd', name: 7, cores: 'many' }, { code: 'emerald', name: 'Emerald', cores: [1, null, 2] });
    const coreTypes = (await client.listCoreTypes().next()).value!.rows;
    coreTypes.should.eql([{ code: 'odd' }, { code: 'emerald', name: 'Emerald', cores: [1, 2] }]);
    list({
      code: 'odd',
      name: [],
      versions: [null, { version: true, versionCode: 'v1', allowedCoreTypes: [3] }],
    });
    const analyses = (await client.listAnalyses().next()).value!.rows;
    analyses.should.eql([{ code: 'odd', versions: [{ versionCode: 'v1', allowedCoreTypes: [] }] }]);
    list({ id: 'p1', name: true }, { id: 'p2', name: 'Wing' });
    (await client.listProjects().next()).value!.rows.should.eql([{ id: 'p1' }, { id: 'p2', name: 'Wing' }]);
  });

  const fileOf = (content: string, typeId?: number) => ({
    name: 'wing "1".csv',
    bytes: Buffer.byteLength(content),
    ...(typeId !== undefined && { typeId }),
    async *open() {
      yield await Promise.resolve(Buffer.from(content.slice(0, 3)));
      yield Buffer.from(content.slice(3));
    },
  });

  it('get files in a form of known length, streamed, whatever type the answer has', async () => {
    answer({ id: 'f1', name: 'wing.csv', decryptedSize: 11 }, 201, { 'Content-Type': 'text/plain' });
    const file = await client.uploadFile(fileOf('a,b\n1,2\n3,4', 3));
    file.id.should.equal('f1');
    const body = (await bodies[0]!).toString();
    heads[0]!['content-length']!.should.equal(String(body.length));
    should(heads[0]!['transfer-encoding']).be.undefined();
    body.should.match(/name="file"; filename="wing %221%22\.csv"/);
    body.should.match(/name="typeId"\r\n\r\n3\r\n/);
    body.should.match(/type_id: 3\r\n\r\na,b\n1,2\n3,4\r\n--/);
  });

  it('may take longer to be uploaded than the patience, as long as something moves', async () => {
    client = clientOf(server, { patience: 150, timeout: 2_000 });
    answer({ id: 'f1' }, 201);
    const chunk = Buffer.alloc(64 * 1024);
    const file = await client.uploadFile({
      name: 'big',
      bytes: 6 * chunk.length,
      async *open() {
        for (let index = 0; index < 6; index += 1) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          yield chunk;
        }
      },
    });
    file.id.should.equal('f1');
  });

  it('are told what there is to choose from', async () => {
    answer({ count: 2, next: null, results: [{ code: 'emerald', cores: [1, 2] }, { name: 'no code' }] });
    const { value } = await client.listCoreTypes().next();
    value!.rows.map(({ code }) => code).should.deepEqual(['emerald']);
    answer([{ coreType: 'emerald', value: { amount: '0.5' } }, 7]);
    (await client.computePrices()).should.have.length(1);
    answer({ email: 'a@b', company: { code: 'org' } });
    should((await client.currentUser()).company).have.property('code', 'org');
    answer({ count: 1, next: null, results: [{ id: 'p1', name: 'Wings' }] });
    (await client.listProjects().next()).value!.rows[0]!.id.should.equal('p1');
    server.asked.should.deepEqual([
      'GET /api/v2/coretypes/?page=1&page_size=100&isActive=true',
      'GET /api/v2/billing/computeprices/',
      'GET /api/v2/users/me/',
      'GET /api/v2/users/me/projects/?page=1&page_size=100',
    ]);
  });
});
