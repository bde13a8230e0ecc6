import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { endedLongAgo } from '../../src/runs/evidence/job-facts';
import { runReader } from '../../src/runs/reading/run-reader';
import { noticeEnd, sinceEnd } from '../../src/runs/run/noticed-ends';

const DAY = 86_400_000;
const ended = { id: '1', dateStarted: '2026-01-01T00:00:00Z', dateCompleted: '2026-01-01T01:00:00Z' };

/** A platform that does not date its answers, read by a machine whose clock is a day ahead. */
function clientOf(...readings: object[]): RescaleClient {
  return {
    platformNow: () => Date.parse(ended.dateCompleted) + DAY,
    getRun: () => Promise.resolve(readings.shift()),
  } as unknown as RescaleClient;
}

describe('A run whose end was noticed', () => {
  const clock = { monotonic: () => 5_000 } as Parameters<typeof runReader>[2];

  it('has not ended long ago, whatever the clocks say', async () => {
    const client = clientOf({ ...ended, dateCompleted: null }, ended);
    const read = runReader(client, { jobId: 'J', runId: '1' }, clock);
    await read({});
    endedLongAgo(client, 'J', ended as never, 5_000).should.be.true();
    await read({});
    sinceEnd(client, 'J', ended, 6_000).should.equal(1_000);
    endedLongAgo(client, 'J', ended as never, 6_000).should.be.false();
  });

  it('has in time, and its end says nothing of a run of another job or platform', () => {
    const client = clientOf();
    noticeEnd(client, 'J', '1', 0);
    endedLongAgo(client, 'J', ended as never, DAY).should.be.true();
    sinceEnd(client, 'K', ended, 0).should.equal(DAY);
    sinceEnd(clientOf(), 'J', ended, 0).should.equal(DAY);
  });

  it('was over before, where it was met ended', async () => {
    const client = clientOf(ended, ended);
    const read = runReader(client, { jobId: 'J', runId: '1' }, clock);
    await read({});
    await read({});
    sinceEnd(client, 'J', ended, 0).should.equal(DAY);
  });
});
