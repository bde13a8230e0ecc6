import 'should';
import { requestedStops, type RequestedStops } from '../../src/runs/evidence/requested-stops';
import { noteStop } from '../../src/runs/evidence/sent-stop';
import { clock, newForEach, platform, SECOND } from './polling-setup';

describe('A stop while a gateway’s clock is ahead of the platform’s', () => {
  newForEach();
  let stops: RequestedStops;

  /** Told `ahead` when it is stopped; ends two seconds later by the platform's right dates, with what was read of it before. */
  async function stopped(ahead: number, isRead: boolean) {
    stops = requestedStops(platform.client);
    const job = platform.addJob('job', 1);
    platform.start(job, '1');
    await clock.advance(60 * SECOND);
    platform.ahead = ahead * SECOND;
    const sent = await noteStop(
      platform.client,
      'job',
      [isRead ? structuredClone(job.runs[0]!) : { id: '1' }],
      { clock },
    );
    sent.answered();
    sent.arrived();
    await clock.advance(2 * SECOND);
    platform.end(job, '1', 143);
    return job.runs[0]!;
  }

  it('explains the end of a run that was in progress right before it, also over a restart', async () => {
    for (const ahead of [0, 60, 200]) {
      const run = await stopped(ahead, true);
      stops.has('job', '1', run).should.be.true();
      const next = requestedStops({ budget: { ...platform.client.budget } });
      for (const [jobId, kept] of stops.all()) next.recall(jobId, structuredClone(kept));
      next.has('job', '1', run).should.be.true();
    }
  });

  it('does not where the run was not read before it', async () => {
    const unread = await stopped(60, false);
    stops.has('job', '1', unread).should.be.false();
  });

  it('does not where the end lies long before it', async () => {
    const long = await stopped(400, true);
    stops.has('job', '1', long).should.be.false();
  });
});
