import 'should';
import { outcomeReader, readRunOutcome } from '../../src/runs/evidence/run-outcome';
import type { FakeJob } from './fake-platform';
import { clock, MINUTE, newForEach, platform, SECOND, watch } from './watch-trouble-setup';

describe('An end whose date the platform corrects afterwards', () => {
  newForEach();

  /** A job of two runs of which the first has ended, and its log was uploaded. */
  async function endedRun(job = platform.addJob('one', 2)): Promise<FakeJob> {
    platform.end(job, '1', 3);
    await clock.advance(2 * SECOND);
    job.logsUploaded = new Date(clock.now()).toISOString();
    await clock.advance(MINUTE);
    return job;
  }

  function shift(job: FakeJob, seconds: number): void {
    const [run] = job.runs;
    run!.dateCompleted = new Date(Date.parse(run!.dateCompleted!) + seconds * SECOND).toISOString();
  }

  for (const seconds of [2, 5, 40, 300, -5]) {
    it(`by ${seconds} s is told by a watch once`, async () => {
      const job = platform.addJob('one', 2);
      const one = watch({ outcome: true });
      await clock.advance(MINUTE);
      await endedRun(job);
      shift(job, seconds);
      await clock.advance(5 * MINUTE);
      shift(job, seconds);
      await clock.advance(5 * MINUTE);
      one.told().should.eql(['started one/1', 'completed one/1']);
      one.events[1]!.outcome!.reason.should.equal('exited with code 3');
    });

    it(`by ${seconds} s does not change how get run and list runs say that it ended`, async () => {
      const job = await endedRun();
      const reasons = async () => [
        (await readRunOutcome(platform.client, { jobId: 'one', runId: '1' }, {})).outcome!.reason,
        (await outcomeReader(platform.client, 'one', {})(job.runs)).get('1')!.outcome!.reason,
      ];
      const before = await reasons();
      before.should.eql(['exited with code 3', 'exited with code 3']);
      shift(job, seconds);
      (await reasons()).should.eql(before);
    });
  }

  it('is another end where the history shows that the job went on in between', async () => {
    const job = platform.addJob('one', 1);
    const one = watch({ outcome: true });
    await clock.advance(MINUTE);
    platform.end(job, '1', 0);
    platform.setStatus(job, 'Completed', 'Completed successfully');
    await clock.advance(3 * MINUTE);
    platform.setStatus(job, 'Executing');
    await clock.advance(MINUTE);
    job.runs[0]!.dateCompleted = null;
    platform.end(job, '1', 3);
    await clock.advance(2 * SECOND);
    job.logsUploaded = new Date(clock.now()).toISOString();
    platform.setStatus(job, 'Completed', 'A run failed');
    await clock.advance(40 * MINUTE);
    one.told().should.eql(['started one/1', 'completed one/1', 'job one', 'completed one/1', 'job one']);
    one.events[3]!.outcome!.reason.should.equal('exited with code 3');
  });

  it('is another end where the run was seen without one, or so much later that nobody corrects that', async () => {
    const job = platform.addJob('one', 2);
    const one = watch();
    await clock.advance(MINUTE);
    await endedRun(job);
    job.runs[0]!.dateCompleted = null;
    await clock.advance(MINUTE);
    platform.end(job, '1', 0);
    await clock.advance(MINUTE);
    one.told().should.eql(['started one/1', 'completed one/1', 'completed one/1']);
    shift(job, 3600);
    await clock.advance(3 * MINUTE);
    one.told().length.should.equal(4);
  });
});
