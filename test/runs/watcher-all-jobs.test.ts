import 'should';
import { type WatchOptions } from '../../src/runs/watch/watcher';
import { failure } from './fake-platform';
import { MINUTE, SECOND, clock, newForEach, platform, restart, store, watch } from './watch-setup';

describe('A watch over every job there is', () => {
  newForEach();

  describe('all jobs', () => {
    const all = (more: Partial<WatchOptions> = {}) => watch(null, { scope: 'all', ...more });

    it('tells of those that go on, of new ones from their beginning, and of none that was over', async () => {
      const [old, active] = [platform.addJob('old', 1), platform.addJob('active', 2)];
      platform.end(old, '1');
      platform.setStatus(old, 'Completed');
      platform.end(active, '1');
      const node = all();
      await clock.advance(SECOND);
      node.overview!.jobs.should.equal(1);
      const fresh = platform.addJob('fresh', 1);
      platform.end(fresh, '1');
      platform.end(active, '2');
      await clock.advance(31 * SECOND);
      node
        .told()
        .sort()
        .should.eql(['completed active/2', 'completed fresh/1', 'started active/2', 'started fresh/1']);
      node.events.every(({ late }) => !late).should.be.true();
    });

    it('tells of a job that came and went between two rounds, and while Node-RED was down', async () => {
      platform.addJob('first', 1);
      let node = all();
      await clock.advance(SECOND);
      const quick = platform.addJob('quick', 1);
      platform.end(quick, '1');
      platform.setStatus(quick, 'Completed');
      await clock.advance(62 * SECOND);
      node.told().should.eql(['started quick/1', 'completed quick/1', 'job quick']);
      await node.watcher.stop();
      await clock.advance(MINUTE);
      const unseen = platform.addJob('unseen', 1);
      platform.end(unseen, '1');
      platform.setStatus(unseen, 'Completed');
      await clock.advance(60 * MINUTE);
      node = all({ process: 'second' });
      await clock.advance(62 * SECOND);
      node.told().should.eql(['started unseen/1', 'completed unseen/1', 'job unseen']);
      node.events.every(({ late }) => late).should.be.true();
    });

    it('tells of a new job whose date is none, also of what had ended before it was listed', async () => {
      platform.addJob('first', 1);
      const node = all();
      await clock.advance(SECOND);
      const odd = platform.addJob('odd', 1);
      odd.dateInserted = 'today';
      platform.end(odd, '1');
      await clock.advance(62 * SECOND);
      platform.setStatus(odd, 'Completed');
      await clock.advance(62 * SECOND);
      node.told().should.eql(['started odd/1', 'completed odd/1', 'job odd']);
    });

    it('tells a job that a message added once, also over a restart that begins with everything', async () => {
      const job = platform.addJob('one', 1);
      const everything = { scope: 'all', baseline: { from: 'all' } } as const;
      let node = watch(null, everything);
      await node.watcher.watch('one');
      await clock.advance(SECOND);
      platform.end(job, '1', 0);
      platform.setStatus(job, 'Completed');
      await clock.advance(5 * MINUTE);
      node.told().should.eql(['started one/1', 'completed one/1', 'job one']);
      node = await restart(node, { ...everything, process: 'second' });
      await clock.advance(5 * MINUTE);
      node.told().should.eql([]);
      node.overview!.jobs.should.equal(0);
    });

    it('lets go of a job that is told, and does not take it up again', async () => {
      const job = platform.addJob('one', 1);
      let node = all();
      await clock.advance(SECOND);
      platform.end(job, '1');
      platform.setStatus(job, 'Completed');
      await clock.advance(62 * SECOND);
      node.overview!.jobs.should.equal(0);
      (await store.keys()).should.eql(['watch']);
      node = await restart(node, { scope: 'all', process: 'second' });
      await clock.advance(10 * MINUTE);
      node.told().should.eql([]);
    });

    it('does not read drafts, and takes them from their beginning when they are submitted', async () => {
      const draft = platform.addJob('draft', 1);
      draft.statuses = [{ status: '', statusReason: null, statusDate: '' }];
      const node = all();
      await clock.advance(10 * MINUTE);
      platform.count('listRuns', 'draft').should.equal(0);
      platform.end(draft, '1');
      draft.statuses = [];
      platform.setStatus(draft, 'Completed');
      await clock.advance(62 * SECOND);
      node.told().should.eql(['started draft/1', 'completed draft/1', 'job draft']);
    });

    it('moves on only with a good list', async () => {
      platform.addJob('one', 1);
      const node = all();
      await clock.advance(SECOND);
      platform.fault = ({ call }) => {
        if (call === 'listJobs') throw failure('RESCALE_SERVER', 504);
      };
      const fresh = platform.addJob('fresh', 1);
      platform.end(fresh, '1');
      platform.setStatus(fresh, 'Completed');
      await clock.advance(30 * MINUTE);
      node.outages.should.eql(['RESCALE_SERVER']);
      platform.fault = null;
      await clock.advance(3 * MINUTE);
      node.told().should.containEql('completed fresh/1');
    });

    it('resets to a new baseline', async () => {
      const job = platform.addJob('one', 2);
      const node = all({ baseline: { from: 'all' } });
      await clock.advance(SECOND);
      platform.end(job, '1');
      await node.watcher.reset();
      await clock.advance(SECOND);
      node.told().should.eql([]);
      platform.end(job, '2');
      await clock.advance(31 * SECOND);
      node.told().should.eql(['started one/2', 'completed one/2']);
    });
  });
});
