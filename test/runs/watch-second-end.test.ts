import 'should';
import type { WatchOptions } from '../../src/runs/watch/watcher';
import { failure, runOf, type FakeJob } from './fake-platform';
import { clock, MINUTE, newForEach, platform, SECOND, watch } from './watch-trouble-setup';

describe('A watch of a job that goes on after its end was told', () => {
  newForEach();

  /** Two runs succeed, and their job is told. Nothing more is looked at for 15 minutes. */
  async function toldJob(more: Partial<WatchOptions> = {}) {
    const job = platform.addJob('one', 2);
    for (const { id } of job.runs) platform.start(job, id);
    const one = watch({ outcome: true, ...more });
    await clock.advance(MINUTE);
    await end(job, '1', 0);
    platform.end(job, '2', 0);
    platform.setStatus(job, 'Completed', 'Completed successfully');
    await clock.advance(3 * MINUTE);
    one.events.filter(({ event }) => event === 'job').length.should.equal(1);
    one.events.length = 0;
    return { job, one };
  }

  async function end(job: FakeJob, runId: string, exitCode: number) {
    platform.end(job, runId, exitCode);
    job.logsUploaded = new Date(clock.now()).toISOString();
    await clock.advance(2 * SECOND);
  }

  function goOn(job: FakeJob, runId: string) {
    platform.setStatus(job, 'Executing');
    const run = job.runs.find(({ id }) => id === runId)!;
    Object.assign(run, { dateCompleted: null });
    platform.start(job, runId);
    job.logs.delete(runId);
  }

  it('tells a second end that came before it was looked at again, and how it was', async () => {
    const { job, one } = await toldJob();
    goOn(job, '1');
    await clock.advance(MINUTE);
    await end(job, '1', 3);
    platform.setStatus(job, 'Completed', 'A run failed');
    await clock.advance(20 * MINUTE);
    one.told().should.eql(['started one/1', 'completed one/1', 'job one']);
    one.events.at(-1)!.outcome!.result.should.equal('failed');
    await clock.advance(60 * MINUTE);
    one.events.length.should.equal(3);
  });

  it('tells it where the job went on with another run, and not while that computes', async () => {
    const { job, one } = await toldJob();
    job.runs.push(runOf('3', 3));
    goOn(job, '3');
    await clock.advance(5 * SECOND);
    await one.watcher.check();
    await clock.advance(MINUTE);
    one.told().should.eql(['started one/3']);
    await end(job, '3', 3);
    platform.setStatus(job, 'Completed', 'A run failed');
    await clock.advance(2 * MINUTE);
    one.told().should.eql(['started one/3', 'completed one/3', 'job one']);
    one.events.at(-1)!.summary.should.match(/1 of 3 runs failed/);
  });

  it('does not take a new run for ended while only the statuses are behind, or can’t be read', async () => {
    const { job, one } = await toldJob();
    job.runs.push(runOf('3', 3));
    platform.start(job, '3');
    platform.fault = ({ call }) => {
      if (call === 'listJobStatuses') throw failure('RESCALE_SERVER', 504);
    };
    await one.watcher.check();
    await clock.advance(2 * MINUTE);
    platform.fault = null;
    one.told().should.eql(['started one/3']);
    platform.setStatus(job, 'Executing');
    await clock.advance(2 * MINUTE);
    await end(job, '3', 0);
    await clock.advance(MINUTE);
    one.told().should.eql(['started one/3', 'completed one/3']);
    one.events.at(-1)!.outcome!.result.should.equal('succeeded');
  });

  it('tells the end of a run that was over with its job and goes on with it, also without a date', async () => {
    const job = platform.addJob('one', 2);
    for (const { id } of job.runs) platform.start(job, id);
    const one = watch();
    await clock.advance(MINUTE);
    platform.setStatus(job, 'Force Stop');
    await clock.advance(2 * MINUTE);
    one.told().should.eql(['completed one/1', 'completed one/2', 'job one']);
    one.events.length = 0;
    platform.setStatus(job, 'Executing');
    await clock.advance(40 * MINUTE);
    one.told().should.eql([]);
    platform.end(job, '1');
    await clock.advance(MINUTE);
    platform.setStatus(job, 'Force Stop');
    await clock.advance(2 * MINUTE);
    one.told().should.eql(['completed one/1', 'completed one/2', 'job one']);
    // Its date comes late: it is the same end.
    platform.end(job, '2');
    await one.watcher.check();
    await clock.advance(2 * MINUTE);
    one.events.length.should.equal(3);
  });

  it('gives each of two ends without a date an id of its own', async () => {
    const job = platform.addJob('one', 1);
    const one = watch();
    for (const status of ['Force Stop', 'Executing', 'Force Stop']) {
      await clock.advance(10 * MINUTE);
      platform.setStatus(job, status);
    }
    await clock.advance(60 * MINUTE);
    one.told().should.eql(['completed one/1', 'job one', 'completed one/1', 'job one']);
    new Set(one.events.map(({ eventId }) => eventId)).size.should.equal(4);
  });

  it('tells nothing twice of a job that is over while its list is behind or a last row is corrected', async () => {
    const { job, one } = await toldJob();
    const [run] = job.runs;
    const { dateCompleted } = run!;
    run!.dateCompleted = null;
    await one.watcher.check();
    await clock.advance(5 * MINUTE);
    one.told().should.eql([]);
    run!.dateCompleted = dateCompleted;
    platform.setStatus(job, 'Completed', 'All runs were successful');
    await one.watcher.check();
    await clock.advance(30 * MINUTE);
    one.told().should.eql([]);
    // And it is not forgotten that a real end may come.
    goOn(job, '1');
    await one.watcher.check();
    await clock.advance(MINUTE);
    await end(job, '1', 3);
    await clock.advance(MINUTE);
    one.told().should.eql(['started one/1', 'completed one/1']);
  });

  it('tells it where the first end was old', async () => {
    const job = platform.addJob('one', 1);
    platform.end(job, '1', 0);
    platform.setStatus(job, 'Completed', 'Completed successfully');
    await clock.advance(MINUTE);
    const one = watch({ outcome: true });
    await clock.advance(3 * MINUTE);
    one.told().should.eql([]);
    goOn(job, '1');
    await clock.advance(MINUTE);
    await end(job, '1', 3);
    platform.setStatus(job, 'Completed', 'A run failed');
    await clock.advance(20 * MINUTE);
    one.told().should.eql(['started one/1', 'completed one/1', 'job one']);
  });
});
