import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { decideJobOutcome, decideOutcome } from '../../src/runs/run/outcome';
import { clientOf, json, startServer, type ScriptedServer } from './scripted-server';

/** Rows as another version of the platform may send them. */
const ODD = [
  { status: 5, statusDate: '2026-01-10T12:00:04Z', statusReason: null },
  { status: 'Completed', statusDate: '2026-01-10T12:00:03Z', statusReason: 7 },
  { status: 'Executing', statusDate: '2026-01-10T12:00:02Z', statusReason: { code: 3 } },
  { status: 'Started', statusDate: 1_768_046_401 },
  { status: { name: 'Queued' }, statusDate: '2026-01-10T12:00:00Z' },
  { status: null },
  'Pending',
];

describe('Odd statuses of a job', () => {
  let server: ScriptedServer;
  let client: RescaleClient;

  beforeEach(async () => {
    server = await startServer(json({ count: 7, next: null, previous: null, results: ODD }));
    client = clientOf(server);
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('are read as far as they can be, and the others left out', async () => {
    const rows = await client.listJobStatuses('j');
    rows
      .map(({ status, statusDate, statusReason }) => [status, statusDate, statusReason])
      .should.eql([
        ['5', '2026-01-10T12:00:04Z', null],
        ['Completed', '2026-01-10T12:00:03Z', '7'],
        ['Executing', '2026-01-10T12:00:02Z', null],
        ['Started', '2026-01-10T12:00:01.000Z', null],
      ]);
  });

  it('make sentences, and neither an end nor an error', async () => {
    const statuses = await client.listJobStatuses('j');
    const run = { dateStarted: '2026-01-10T12:00:00Z', dateCompleted: '2026-01-10T12:00:03Z' };
    const facts = { run, onlyRun: true, statuses, log: { kind: 'missing' }, stopRequested: false } as const;
    const { outcome } = decideOutcome(facts);
    outcome.result.should.equal('unknown');
    const job = decideJobOutcome(statuses, { total: 1, succeeded: 0, failed: 0, stopped: 0 });
    for (const sentence of [...outcome.evidence, outcome.reason, job.reason, ...job.evidence]) {
      sentence.should.not.match(/object|undefined|null|NaN/);
    }
    outcome.evidence.should.containEql('The job’s status is 5.');
  });
});
