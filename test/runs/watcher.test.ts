import should from 'should';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { failure } from './fake-platform';
import { settled } from './virtual-clock';
import { MINUTE, SECOND, clock, newForEach, running, platform, restart, store, watch } from './watch-setup';

describe('Watch over jobs', () => {
  newForEach();

  it('tells the ends of several jobs, and the figures of all', async () => {
    const [one, two] = [platform.addJob('one', 2), platform.addJob('two', 3)];
    const node = watch(['one', 'two']);
    await clock.advance(SECOND);
    platform.start(one, '1');
    platform.end(two, '3');
    await clock.advance(31 * SECOND);
    node.told().sort().should.eql(['completed two/3', 'started one/1', 'started two/3']);
    node.overview!.progress.should.eql({ total: 5, pending: 3, running: 1, completed: 1 });
    for (const id of ['1', '2']) platform.end(one, id);
    platform.setStatus(one, 'Completed', 'Completed successfully');
    await clock.advance(31 * SECOND);
    node.told().slice(3).should.eql(['started one/2', 'completed one/1', 'completed one/2', 'job one']);
  });

  it('tells no old end of a job whose list is empty at first, and every end since it watches', async () => {
    const job = platform.addJob('late', 3);
    platform.end(job, '1');
    platform.setStatus(job, 'Executing');
    await clock.advance(10 * MINUTE);
    const runs = job.runs;
    job.runs = [];
    const node = watch(['late']);
    await clock.advance(SECOND);
    job.runs = runs;
    platform.end(job, '2');
    await clock.advance(61 * SECOND);
    node.told().should.eql(['started late/2', 'completed late/2']);
    node.events.map(({ late }) => late).should.eql([false, false]);
    platform.end(job, '3');
    await clock.advance(61 * SECOND);
    node.told().slice(2).should.eql(['started late/3', 'completed late/3']);
  });

  it('does not disturb another watch of the same job', async () => {
    const job = platform.addJob('one', 2);
    const [first, second] = [watch(['one']), watch(['one'], { store: createMemoryStore(), outcome: true })];
    await clock.advance(SECOND);
    platform.end(job, '1', 0);
    await clock.advance(60 * SECOND);
    first.told().should.eql(['started one/1', 'completed one/1']);
    second.told().should.eql(first.told());
    await first.watcher.unwatch('one');
    platform.end(job, '2', 0);
    await clock.advance(60 * SECOND);
    first.events.length.should.equal(2);
    second.events.length.should.equal(4);
  });

  it('takes jobs by message, and keeps them over a restart', async () => {
    const job = platform.addJob('extra', 2);
    let node = watch([]);
    await clock.advance(SECOND);
    await node.watcher.watch('extra');
    await clock.advance(SECOND);
    node = await restart(node);
    await clock.advance(SECOND);
    platform.end(job, '1');
    await clock.advance(31 * SECOND);
    node.told().should.eql(['started extra/1', 'completed extra/1']);
    await node.watcher.unwatch('extra');
    node = await restart(node);
    platform.end(job, '2');
    await clock.advance(MINUTE);
    node.told().should.eql([]);
    node.overview!.jobs.should.equal(0);
  });

  it('keeps what it knows when a message comes before it has begun', async () => {
    for (const id of ['one', 'two', 'three']) platform.addJob(id, 1);
    let node = watch([]);
    await node.watcher.watch('one');
    await clock.advance(SECOND);
    await node.watcher.stop();
    running.length = 0;
    platform.end(platform.jobs.get('one')!, '1');
    node = watch([], { process: 'second' }, false);
    await node.watcher.watch('two');
    await node.watcher.stop();
    running.length = 0;
    node = watch([], { process: 'third' }, false);
    void node.watcher.watch('three');
    void node.watcher.start();
    await clock.advance(MINUTE);
    node.overview!.jobs.should.equal(3);
    node.told().should.eql(['started one/1', 'completed one/1']);
    node.events.map(({ late }) => late).should.eql([true, true]);
  });

  it('lets a message take away a job that the settings name, and give it back', async () => {
    platform.addJob('one', 1);
    const node = watch(['one']);
    await clock.advance(SECOND);
    await node.watcher.unwatch('one');
    await clock.advance(MINUTE);
    node.overview!.jobs.should.equal(0);
    await node.watcher.watch('one');
    await clock.advance(SECOND);
    node.overview!.jobs.should.equal(1);
  });

  it('reads the named jobs again at each round, and keeps what it has while they can’t be read', async () => {
    const [one, two] = [platform.addJob('one', 1), platform.addJob('two', 1)];
    const node = watch(['one']);
    await clock.advance(SECOND);
    node.jobs = null;
    await clock.advance(MINUTE);
    platform.end(one, '1');
    await clock.advance(31 * SECOND);
    node.told().should.eql(['started one/1', 'completed one/1']);
    node.jobs = ['two'];
    await clock.advance(31 * SECOND);
    node.notices.should.eql([{ notice: 'job-dropped', jobId: 'one' }]);
    platform.end(two, '1');
    await clock.advance(31 * SECOND);
    node.told().slice(2).should.eql(['started two/1', 'completed two/1']);
  });

  it('tells events on a full disk, says once that nothing is kept, and keeps again', async () => {
    const job = platform.addJob('one', 3);
    const node = watch(['one']);
    await clock.advance(SECOND);
    store.fail = true;
    platform.end(job, '1');
    await clock.advance(31 * SECOND);
    platform.end(job, '2');
    await clock.advance(31 * SECOND);
    node.told().should.eql(['started one/1', 'completed one/1', 'started one/2', 'completed one/2']);
    node.overview!.stored.should.be.false();
    node.notices.should.eql([{ notice: 'not-durable', reason: 'ENOSPC: no space left' }]);
    store.fail = false;
    platform.end(job, '3');
    await clock.advance(31 * SECOND);
    node.overview!.stored.should.be.true();
    node.events.length.should.equal(6);
  });

  describe('control', () => {
    it('pause asks for nothing, resume tells what ended as late, also over a restart', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      await node.watcher.pause();
      node.overview!.paused.should.be.true();
      node = await restart(node, { process: 'second' });
      const before = platform.requests.length;
      platform.end(job, '1');
      await clock.advance(60 * MINUTE);
      platform.requests.length.should.equal(before);
      node.overview!.paused.should.be.true();
      await node.watcher.resume();
      await clock.advance(SECOND);
      node.told().should.eql(['started one/1', 'completed one/1']);
      node.events[1]!.late.should.be.true();
      platform.end(job, '2');
      await clock.advance(31 * SECOND);
      node.events.at(-1)!.late.should.be.false();
    });

    it('check looks at once', async () => {
      const job = platform.addJob('one', 1);
      const node = watch(['one']);
      await clock.advance(SECOND);
      platform.end(job, '1');
      await node.watcher.check();
      await settled();
      node.told().should.eql(['started one/1', 'completed one/1']);
    });

    for (const paused of [false, true]) {
      it(`reset takes a new baseline and sends nothing${paused ? ', also while paused' : ''}`, async () => {
        const job = platform.addJob('one', 2);
        const node = watch(['one'], { baseline: { from: 'all' } });
        await clock.advance(SECOND);
        if (paused) await node.watcher.pause();
        platform.end(job, '1');
        await node.watcher.reset();
        if (paused) await node.watcher.resume();
        await clock.advance(SECOND);
        node.told().should.eql([]);
        platform.end(job, '2');
        await clock.advance(31 * SECOND);
        node.told().should.eql(['started one/2', 'completed one/2']);
      });
      const how = paused ? 'while paused' : 'in an outage';
      it(`a reset ${how} loses nothing that ends after it, also before the first answer`, async () => {
        const job = platform.addJob('one', 3);
        for (const { id } of job.runs) platform.start(job, id);
        const node = watch(['one']);
        await clock.advance(10 * SECOND);
        if (paused) await node.watcher.pause();
        else
          platform.fault = () => {
            throw failure('RESCALE_NETWORK');
          };
        platform.end(job, '1');
        await clock.advance(5 * SECOND);
        await node.watcher.reset();
        await clock.advance(5 * SECOND);
        platform.end(job, '2');
        await clock.advance(20 * SECOND);
        platform.fault = null;
        if (paused) await node.watcher.resume();
        await clock.advance(2 * MINUTE);
        node.told().should.eql(['completed one/2']);
      });
    }
  });

  describe('trouble', () => {
    it('is told once when the key is refused, and lost is nothing', async () => {
      const job = platform.addJob('one', 2);
      const node = watch(['one']);
      await clock.advance(SECOND);
      platform.fault = () => {
        throw failure('RESCALE_AUTH', 401);
      };
      await clock.advance(60 * MINUTE);
      node.outages.should.eql(['RESCALE_AUTH']);
      node.overview!.serious.should.be.true();
      platform.end(job, '1');
      platform.fault = null;
      await clock.advance(2 * MINUTE);
      node.told().should.eql(['started one/1', 'completed one/1']);
      should(node.overview!.trouble).be.null();
    });

    it('is told after ten minutes when the platform fails', async () => {
      platform.addJob('one', 2);
      const node = watch(['one']);
      await clock.advance(SECOND);
      platform.fault = () => {
        throw failure('RESCALE_SERVER', 504);
      };
      await clock.advance(9 * MINUTE);
      node.outages.should.eql([]);
      node.overview!.trouble!.error.code.should.equal('RESCALE_SERVER');
      await clock.advance(51 * MINUTE);
      node.outages.should.eql(['RESCALE_SERVER']);
    });

    it('a job that does not exist is told once', async () => {
      const node = watch(['nobody']);
      await clock.advance(30 * MINUTE);
      node.notices.should.eql([{ notice: 'job-gone', jobId: 'nobody' }]);
      node.overview!.jobsGone.should.eql(['nobody']);
    });

    it('a run that is gone is told once, also over a restart', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      job.runs.pop();
      await clock.advance(20 * MINUTE);
      node.notices.should.eql([{ notice: 'run-gone', jobId: 'one', runId: '2' }]);
      node = await restart(node);
      await clock.advance(20 * MINUTE);
      node.notices.should.eql([]);
      node.overview!.progress.total.should.equal(1);
    });
  });
});
