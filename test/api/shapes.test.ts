import fc from 'fast-check';
import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { isRescaleError } from '../../src/api/errors/errors';
import { clientOf, failure, json, startServer, text, type ScriptedServer } from './scripted-server';

const CODES = new Set(['RESCALE_PROTOCOL']);

/** Anything, with a liking for what the API might send. */
const plausible = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, '', '1', 'Run is not active.', 0, -1, 1e21, 'https://x.example/?sig=1'),
    fc.jsonValue(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'id',
          'results',
          'count',
          'next',
          'detail',
          'path',
          'lines',
          'fileType',
          'exitcode',
          'status',
          'statusDate',
        ],
        ...[
          'dateStarted',
          'dateCompleted',
          'encodedEncryptionKey',
          'downloadUrl',
          '__proto__',
          'constructor',
          'length',
        ],
      ),
      tie('value'),
      { maxKeys: 6 },
    ),
  ),
})).value;

describe('Shapes', () => {
  let server: ScriptedServer;
  let client: RescaleClient;

  before(async () => {
    server = await startServer();
    client = clientOf(server);
  });

  after(async () => {
    client.close();
    await server.close();
  });

  const calls: [string, (client: RescaleClient) => Promise<unknown>, (value: never) => boolean][] = [
    ['a run', (c) => c.getRun('X', '1'), (run: { id: unknown }) => typeof run.id === 'string'],
    ['a job', (c) => c.getJob('X'), (job: { id: unknown }) => typeof job.id === 'string'],
    [
      'a file',
      (c) => c.getFile('f'),
      (file: { id: unknown }) =>
        typeof file.id === 'string' && !/encodedEncryptionKey"|sig=/.test(JSON.stringify(file)),
    ],
    [
      'runs',
      async (c) => (await c.listRuns('X').next()).value,
      (page: { rows: { id: unknown }[] }) => page.rows.every((run) => typeof run.id === 'string'),
    ],
    [
      'statuses',
      (c) => c.listJobStatuses('X'),
      (rows: { status: unknown }[]) => rows.every((row) => typeof row.status === 'string'),
    ],
    [
      'a directory',
      (c) => c.listDirectory('X', '1'),
      (entries: { path: unknown }[]) => entries.every((entry) => typeof entry.path === 'string'),
    ],
    [
      'a tail',
      (c) => c.tailLines('X', '1', 'a', 1),
      (tail: { lines: unknown[]; fileType: unknown }) => tail.lines.every((line) => typeof line === 'string'),
    ],
    ['lines', (c) => c.fileLines('f'), (lines: unknown[]) => lines.every((line) => typeof line === 'string')],
    [
      'a snapshot',
      (c) => c.snapshotRun('X', '1'),
      (answer: { exitcode: unknown }) => typeof answer.exitcode === 'number',
    ],
    ['a stop', (c) => c.stopRun('X', '1'), (nothing: unknown) => nothing === undefined],
    [
      'a connection',
      (c) => c.checkConnection(),
      ({ user }: { user: unknown }) => user === null || typeof user === 'string',
    ],
  ];
  for (const [name, call, holds] of calls) {
    it(`of ${name}: either what the API promises or an error that says so`, async () => {
      await fc.assert(
        fc.asyncProperty(plausible, async (value) => {
          server.answer(json(value ?? null));
          try {
            holds((await call(client)) as never).should.be.true();
          } catch (error) {
            if (!isRescaleError(error)) throw error;
            CODES.has(error.code).should.be.true(error.message);
          }
        }),
        { numRuns: 150 },
      );
    });
  }

  it('nested without end are no way to break anything', async () => {
    const deep = (inner: string) => `{"id": "f", "detail": ${'['.repeat(5_000)}${inner}${']'.repeat(5_000)}}`;
    server.answer(text(deep('"https://x.example/?sig=1"')));
    const file = await client.getFile('f');
    file.id.should.equal('f');
    JSON.stringify(file).should.not.match(/sig/);
    server.answer(text(deep('1').replace('"id": "f", ', '')));
    (await failure(client.getFile('f'))).should.have.property('code', 'RESCALE_PROTOCOL');
    (await failure(client.stopRun('X', '1'))).should.have.property('code', 'RESCALE_PROTOCOL');
    server.answer(text(deep('"no"'), 400));
    (await failure(client.getFile('f'))).should.have.property('code', 'RESCALE_REJECTED');
  });
});
