import 'should';
import type { JobReading } from '../../src/runs/run/job-reading';
import { createJobPolling, type JobPolling, type JobSubscription } from '../../src/runs/polling/job-polling';
import { fakePlatform, type FakePlatform } from './fake-platform';
import { virtualClock, type VirtualClock } from './virtual-clock';

const SECOND = 1000;
const LOG = '[2026-01-01T00:00:00Z]: Exited with code 3\n';

describe('Logs of a job that come slowly, or never', () => {
  let clock: VirtualClock;
  let platform: FakePlatform;
  let polling: JobPolling;
  let subscription: JobSubscription;
  let reading: JobReading;

  beforeEach(() => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    polling = createJobPolling({ client: platform.client, clock });
  });
  afterEach(() => polling.close());

  /** A job of so many runs that have all ended with code 3; the log of a run takes so many ms. */
  async function ended(runs: number, takes: (runId: number) => number): Promise<void> {
    const job = platform.addJob('sweep', runs);
    platform.slow = ({ call, detail }) => (call === 'openContents' ? takes(Number(detail.slice(4))) : 0);
    for (let id = 1; id <= runs; id += 1) {
      platform.end(job, String(id));
      job.logs.set(String(id), LOG);
    }
    const onReading = (news: JobReading) => void (reading = news);
    subscription = polling.followJob('sweep', {
      interval: 30 * SECOND,
      onReading,
      onTrouble: () => undefined,
    });
    await clock.advance(SECOND);
    for (let id = 1; id <= runs; id += 1) subscription.wantOutcome(String(id));
  }
  const failed = () => [...reading.outcomes.values()].filter(({ result }) => result === 'failed').length;

  it('hold back no others: those are told within seconds', async () => {
    await ended(200, (id) => (id <= 8 ? 3_600 * SECOND : 0));
    await clock.advance(15 * SECOND);
    failed().should.equal(192);
  });

  it('are read with patience in the end', async () => {
    await ended(40, (id) => (id <= 8 ? 20 * SECOND : 0));
    await clock.advance(15 * SECOND);
    failed().should.equal(32);
    await clock.advance(90 * SECOND);
    failed().should.equal(40);
  });

  it('are read all the same where all are slow', async () => {
    await ended(60, () => 8 * SECOND);
    await clock.advance(240 * SECOND);
    failed().should.equal(60);
  });
});
