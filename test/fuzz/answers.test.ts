import 'should';
import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createBudget } from '../../src/api/limits/create-budget';
import type { RescaleClient } from '../../src/api/client/client';
import { createClient } from '../../src/api/endpoints/create-client';
import { isRescaleError } from '../../src/api/errors/errors';
import { runState } from '../../src/runs/run/run-state';
import { almost, json } from './arbitraries';
import { bounded } from './runs';

const run = {
  id: '1',
  displayOrder: 1,
  type: 3,
  parent: null,
  isOptimal: false,
  dateStarted: '2015-02-18T03:08:49.117000Z',
  dateCompleted: null,
  outputFileCount: 0,
  outputFileSize: null,
  variables: [{ name: 'x', value: 1, displayValue: '1', isRelative: false }],
};
const file = {
  id: 'dmpTse',
  name: 'nut',
  relativePath: 'airFoil2D/0/nut',
  path: 'user/user_X/output/job_X/run1/airFoil2D/0/nut',
  typeId: 5,
  decryptedSize: 1278,
  downloadUrl: 'https://s.test/x?sig=secret',
  encodedEncryptionKey: 'secret',
  fileChecksums: [{ fileHash: 'ab', hashFunction: 'sha512' }],
};
const status = { status: 'Completed', statusDate: '2015-02-18T03:09:14Z', statusReason: null };

/** A list whose rows, count and next may each be wrong. */
const list = (row: Record<string, unknown>) =>
  almost({ count: 2, next: null, previous: null, results: [] }).chain((envelope) =>
    fc
      .oneof(
        { weight: 5, arbitrary: fc.array(almost(row), { maxLength: 4 }) },
        { weight: 1, arbitrary: json },
      )
      .chain((results) =>
        fc
          .constantFrom(
            undefined,
            null,
            '',
            '?page=2',
            '?page=1',
            'https://example.com/?page=3&cursor=x',
            '?cursor=1',
          )
          .map((next) => ({ ...envelope, results, next })),
      ),
  );

type Read = (client: RescaleClient) => Promise<unknown>;
const all = async (pages: AsyncGenerator<{ rows: unknown[] }>): Promise<unknown[]> => {
  const rows: unknown[] = [];
  for await (const page of pages) rows.push(...page.rows);
  return rows;
};

/** Each call, with answers that are nearly what it expects. */
const calls: Record<string, [fc.Arbitrary<unknown>, Read]> = {
  getRun: [almost(run), async (client) => runState(await client.getRun('X', '1'))],
  listRuns: [list(run), (client) => all(client.listRuns('X'))],
  listRunFiles: [list(file), (client) => all(client.listRunFiles('X', '1'))],
  listJobStatuses: [list(status), (client) => client.listJobStatuses('X')],
  listDirectory: [
    fc.array(almost({ path: 'a', resource: '/api/v2/jobs/X/runs/1/tail/a' }), { maxLength: 4 }),
    (client) => client.listDirectory('X', '1'),
  ],
  tailLines: [
    almost({ fileType: 'ASCII', lines: ['a', 'b'] }),
    (client) => client.tailLines('X', '1', 'a', 10),
  ],
  snapshotRun: [
    almost({ data: '', exitcode: 0, lastSnapshotID: null, reason: '' }),
    (client) => client.snapshotRun('X', '1'),
  ],
  stopRun: [fc.oneof(almost({ detail: 'no' }), json), (client) => client.stopRun('X', '1')],
  getFile: [almost(file), (client) => client.getFile('dmpTse')],
  getJob: [almost({ id: 'X', name: 'x', dateInserted: '2015' }), (client) => client.getJob('X')],
};

describe('whatever the platform answers', function () {
  this.timeout(60_000);
  let server: Server;
  let client: RescaleClient;
  let body = '';
  let requests = 0;

  before(async () => {
    server = createServer((request, response) => {
      request.resume();
      requests += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = createClient({
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      apiVersion: 'v2',
      token: 'token-of-the-fuzz',
      timeout: 5_000,
      patience: 10_000,
      budget: createBudget({ rate: 0 }),
    });
  });
  after(() => {
    client.close();
    server.close();
    server.closeAllConnections();
  });

  /** A value or an error of ours, and never something else, for ever, or without end. */
  async function read(call: Read, answer: string): Promise<void> {
    body = answer;
    requests = 0;
    try {
      const value = await call(client);
      (JSON.stringify(value) ?? '').should.not.containEql('secret');
    } catch (error) {
      if (!isRescaleError(error)) throw error;
      error.code.should.match(/^RESCALE_(PROTOCOL|REJECTED|NETWORK|TOO_LARGE)$/);
      error.message.should.not.match(/undefined|\[object/);
    }
    requests.should.be.belowOrEqual(60, 'requests for one call');
  }

  for (const [name, [answers, call]] of Object.entries(calls)) {
    it(`${name} gives what was asked for or says what is wrong`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof({ weight: 4, arbitrary: answers }, { weight: 1, arbitrary: json }),
          async (answer) => read(call, JSON.stringify(answer)),
        ),
        bounded(150),
      );
    });
  }

  it('broken text is told as such', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constantFrom(...Object.values(calls)),
        async (text, [, call]) => read(call, text),
      ),
      bounded(200),
    );
  });
});
