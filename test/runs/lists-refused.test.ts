import 'should';
import { outcomeReader, readRunOutcome } from '../../src/runs/evidence/run-outcome';
import { createJobPolling, type JobPolling, type JobSubscription } from '../../src/runs/polling/job-polling';
import type { JobReading } from '../../src/runs/run/job-reading';
import { failure, fakePlatform, type FakePlatform } from './fake-platform';
import { virtualClock, type VirtualClock } from './virtual-clock';

const SECOND = 1000;
const UNREAD = 'process_output.log could not be read.';

describe('How runs ended, while the list of their job’s files is refused', () => {
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

  const refuse = (...calls: string[]) => {
    platform.fault = ({ call }) => {
      if (calls.includes(call)) throw failure('RESCALE_AUTH', 403);
    };
  };
  async function sweep(runs: number): Promise<void> {
    const job = platform.addJob('sweep', runs);
    for (const { id } of job.runs) platform.end(job, id, 3);
    subscription = polling.followJob('sweep', {
      interval: 30 * SECOND,
      onReading: (news) => (reading = news),
      onTrouble: () => undefined,
    });
    await clock.advance(SECOND);
    for (const { id } of job.runs) subscription.wantOutcome(id);
  }

  it('comes from the lists of the runs themselves', async () => {
    refuse('listJobFiles');
    await sweep(60);
    await clock.advance(60 * SECOND);
    const results = [...reading.outcomes.values()].map(({ result }) => result);
    results.should.eql(Array.from({ length: 60 }, () => 'failed'));
    platform.count('listRunFiles').should.equal(60);
  });

  it('is unknown where no list can be read, as nobody could look for the log', async () => {
    refuse('listJobFiles', 'listRunFiles');
    await sweep(40);
    await clock.advance(130 * SECOND);
    reading.outcomes.size.should.equal(40);
    for (const { result, evidence } of reading.outcomes.values()) {
      result.should.equal('unknown');
      evidence[0]!.should.equal(UNREAD);
    }
    // All of them are not asked for one by one at each look.
    platform.count('listRunFiles').should.be.belowOrEqual(7 * platform.count('listJobFiles'));
  });

  it('is unknown where the log is listed and its contents are refused', async () => {
    refuse('openContents');
    await sweep(1);
    await clock.advance(130 * SECOND);
    reading.outcomes.get('1')!.evidence[0]!.should.equal(UNREAD);
  });

  it('is the same for who asks once, about one run or several', async () => {
    const job = platform.addJob('sweep', 2);
    for (const { id } of job.runs) platform.end(job, id, 3);
    const once = async () => {
      const one = await readRunOutcome(platform.client, { jobId: 'sweep', runId: '1' }, {});
      const several = await outcomeReader(platform.client, 'sweep', {})(job.runs);
      return [one, several.get('1')!].map(({ outcome }) => [outcome!.result, outcome!.evidence[0]]);
    };
    refuse('listJobFiles');
    const says = ['failed', 'process_output.log says “Exited with code 3”.'];
    (await once()).should.eql([says, says]);
    refuse('listJobFiles', 'listRunFiles');
    (await once()).should.eql([
      ['unknown', UNREAD],
      ['unknown', UNREAD],
    ]);
  });
});
