import 'should';
import { outcomeReader, readRunOutcome } from '../../src/runs/evidence/run-outcome';
import { failure } from './fake-platform';
import { SECOND, clock, follow, newForEach, platform } from './polling-setup';

const UNREAD = 'process_output.log could not be read.';

describe('How runs ended, while the list of their job’s files is refused', () => {
  newForEach();
  let seen: ReturnType<typeof follow>;

  const refuse = (...calls: string[]) => {
    platform.fault = ({ call }) => {
      if (calls.includes(call)) throw failure('RESCALE_AUTH', 403);
    };
  };
  async function sweep(runs: number): Promise<void> {
    const job = platform.addJob('sweep', runs);
    for (const { id } of job.runs) platform.end(job, id, 3);
    seen = follow('sweep');
    await clock.advance(SECOND);
    for (const { id } of job.runs) seen.subscription.wantOutcome(id);
  }

  it('comes from the lists of the runs themselves', async () => {
    refuse('listJobFiles');
    await sweep(60);
    await clock.advance(60 * SECOND);
    const results = [...seen.last!.outcomes.values()].map(({ result }) => result);
    results.should.eql(Array.from({ length: 60 }, () => 'failed'));
    platform.count('listRunFiles').should.equal(60);
  });

  it('is unknown where no list can be read, as nobody could look for the log', async () => {
    refuse('listJobFiles', 'listRunFiles');
    await sweep(40);
    await clock.advance(130 * SECOND);
    seen.last!.outcomes.size.should.equal(40);
    for (const { result, evidence } of seen.last!.outcomes.values()) {
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
    seen.last!.outcomes.get('1')!.evidence[0]!.should.equal(UNREAD);
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
