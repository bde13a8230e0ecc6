import 'should';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import type { WatchOptions } from '../../src/runs/watch/watcher';
import { failure, type FakeJob } from './fake-platform';
import { all as watchAll, clock, HOUR, MINUTE, newForEach, platform, SECOND } from './watch-trouble-setup';

describe('A watch of all jobs, of one that it was done with', () => {
  newForEach();

  const all = (more: Partial<WatchOptions> = {}) => watchAll({ outcome: true, ...more });

  async function end(job: FakeJob, runId: string, exitCode: number) {
    platform.end(job, runId, exitCode);
    await clock.advance(2 * SECOND);
    job.logsUploaded = new Date(clock.now()).toISOString();
  }

  /** Two runs, of which the second ends with this code; then their job is told. */
  async function toldJob(exitCode: number, more: Partial<WatchOptions> = {}) {
    const job = platform.addJob('one', 2);
    for (const { id } of job.runs) platform.start(job, id);
    const one = all(more);
    await clock.advance(MINUTE);
    await end(job, '1', 0);
    await end(job, '2', exitCode);
    platform.setStatus(job, 'Completed', exitCode === 0 ? 'Completed successfully' : 'A run failed');
    await clock.advance(3 * MINUTE);
    one.events.filter(({ event }) => event === 'job').length.should.equal(1);
    one.overview!.jobs.should.equal(0);
    one.events.length = 0;
    return { job, one };
  }

  function goOn(job: FakeJob, runId: string) {
    platform.setStatus(job, 'Executing');
    Object.assign(
      job.runs.find(({ id }) => id === runId)!,
      { dateCompleted: null },
    );
    platform.start(job, runId);
    job.logs.delete(runId);
  }

  for (const [name, wait] of [
    ['while it is watched', 2 * MINUTE],
    ['between two lists', 0],
  ] as const) {
    it(`tells it again when it is begun anew, and what ends ${name}`, async () => {
      const { job, one } = await toldJob(0);
      goOn(job, '1');
      await clock.advance(wait);
      await end(job, '1', 3);
      await clock.advance(MINUTE);
      platform.setStatus(job, 'Completed', 'A run failed');
      await clock.advance(20 * MINUTE);
      one.told().should.eql(['started one/1', 'completed one/1', 'job one']);
      one.events.at(-1)!.outcome!.result.should.equal('failed');
      one.events.some(({ late }) => late).should.be.false();
      one.overview!.jobs.should.equal(0);
    });
  }

  it('does so after a restart, late and once, and still knows of the runs that it told before', async () => {
    const store = createMemoryStore();
    const { job, one } = await toldJob(3, { store });
    await one.watcher.stop();
    goOn(job, '1');
    await clock.advance(5 * MINUTE);
    await end(job, '1', 0);
    const next = all({ store, process: 'two' });
    await clock.advance(5 * MINUTE);
    platform.setStatus(job, 'Completed', 'Completed successfully');
    await clock.advance(20 * MINUTE);
    next.told().should.eql(['started one/1', 'completed one/1', 'job one']);
    next.events.map(({ late }) => late).should.eql([true, true, false]);
    // The other run failed: that all is well now would be wrong.
    next.events.at(-1)!.outcome!.should.containEql({ result: 'failed', reason: '1 of 2 runs failed' });
  });

  it('tells nothing again of one that is only listed as going on, and asks for it now and then', async () => {
    const { job, one } = await toldJob(0);
    platform.behind.add('one');
    await clock.advance(10 * MINUTE);
    platform.requests.length = 0;
    await clock.advance(HOUR);
    one.told().should.eql([]);
    one.notices.should.eql([]);
    platform.requests.filter(({ jobId }) => jobId === 'one').length.should.be.within(12, 80);
    platform.behind.clear();
    goOn(job, '1');
    await clock.advance(6 * MINUTE);
    one.told().should.eql(['started one/1']);
  });

  it('tells nothing of what was before a reset', async () => {
    const { job, one } = await toldJob(0);
    goOn(job, '1');
    await end(job, '1', 3);
    await one.watcher.reset();
    await clock.advance(5 * MINUTE);
    platform.setStatus(job, 'Completed', 'A run failed');
    await clock.advance(5 * MINUTE);
    one.told().should.eql(['job one']);
  });

  for (const bad of [100, 110, 150].map((seconds) => seconds * SECOND)) {
    it(`tells one that was listed while its own addresses answered 404 for ${bad / SECOND} s`, async () => {
      platform.addJob('other', 1);
      const one = all();
      await clock.advance(MINUTE);
      const job = platform.addJob('one', 2);
      for (const { id } of job.runs) platform.start(job, id);
      platform.fault = ({ jobId }) => {
        if (jobId === 'one') throw failure('RESCALE_NOT_FOUND', 404);
      };
      await clock.advance(bad);
      platform.fault = null;
      // Before it is asked for again, which may be a minute later.
      await end(job, '1', 3);
      await end(job, '2', 3);
      platform.setStatus(job, 'Completed', 'A run failed');
      await clock.advance(10 * MINUTE);
      one
        .told()
        .filter((event) => event !== 'started other/1')
        .should.eql(['started one/1', 'started one/2', 'completed one/1', 'completed one/2', 'job one']);
      one.overview!.jobsGone.should.eql([]);
    });
  }

  it('tells one of long ago that leaves the list while its addresses answer 404', async () => {
    const job = platform.addJob('one', 1);
    platform.start(job, '1');
    await clock.advance(HOUR);
    platform.addJob('other', 1);
    const one = all();
    await clock.advance(MINUTE);
    platform.fault = ({ jobId }) => {
      if (jobId === 'one') throw failure('RESCALE_NOT_FOUND', 404);
    };
    await clock.advance(3 * MINUTE);
    await end(job, '1', 3);
    platform.setStatus(job, 'Completed', 'A run failed');
    await clock.advance(40 * SECOND);
    platform.fault = null;
    await clock.advance(10 * MINUTE);
    one.told().should.eql(['completed one/1', 'job one']);
  });
});
