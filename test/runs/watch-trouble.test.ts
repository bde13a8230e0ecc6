import 'should';
import { createJobPolling } from '../../src/runs/polling/job-polling';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { failure, fakePlatform } from './fake-platform';
import { type VirtualClock } from './virtual-clock';
import { all, clock, HOUR, MINUTE, newForEach, platform, SECOND, watch } from './watch-trouble-setup';

describe('A watch through trouble', () => {
  newForEach();

  it('withdraws what is over, also when the job was not found meanwhile', async () => {
    const one = watch();
    platform.start(platform.addJob('one', 2), '1');
    await clock.advance(3 * MINUTE);
    platform.fault = () => {
      throw failure('RESCALE_NOT_FOUND', 404);
    };
    await clock.advance(8 * MINUTE);
    platform.fault = null;
    await clock.advance(5 * MINUTE);
    one.overview!.should.containEql({ trouble: null, serious: false, jobsGone: [] });
    for (let outage = 1; outage <= 3; outage += 1) {
      platform.fault = () => {
        throw failure('RESCALE_NETWORK');
      };
      await clock.advance(30 * MINUTE);
      platform.fault = null;
      await clock.advance(HOUR);
      one.outages.filter(({ code }) => code === 'RESCALE_NETWORK').length.should.equal(outage);
    }
  });

  it('tells a key that is refused although a job has long been forbidden', async () => {
    platform.addJob('one', 1);
    platform.addJob('two', 1);
    const one = watch({ readJobs: () => Promise.resolve(['one', 'two']) });
    await clock.advance(MINUTE);
    platform.fault = ({ jobId }) => {
      if (jobId === 'two') throw failure('RESCALE_AUTH', 403);
    };
    await clock.advance(5 * MINUTE);
    one.outages.should.eql([{ code: 'RESCALE_AUTH', jobId: 'two' }]);
    platform.fault = () => {
      throw failure('RESCALE_AUTH', 401);
    };
    await clock.advance(5 * MINUTE);
    one.outages.length.should.equal(2);
  });

  it('tells a job that the platform refuses with 401 as that job, as long as the key is taken for others', async () => {
    for (const jobId of ['one', 'two', 'three']) platform.addJob(jobId, 1);
    const one = watch({ readJobs: () => Promise.resolve(['one', 'two', 'three']) });
    await clock.advance(MINUTE);
    platform.fault = ({ jobId }) => {
      if (jobId === 'two') throw failure('RESCALE_AUTH', 401);
    };
    await clock.advance(5 * MINUTE);
    one.outages.should.eql([{ code: 'RESCALE_AUTH', jobId: 'two' }]);
    one.overview!.trouble!.error.key.should.equal('auth-job');
    platform.fault = () => {
      throw failure('RESCALE_AUTH', 401);
    };
    await clock.advance(5 * MINUTE);
    one.outages.length.should.equal(2);
    one.overview!.trouble!.error.key.should.not.equal('auth-job');
  });

  it('tells at once that a key is refused from which nothing else is read', async () => {
    platform.addJob('one', 1);
    const one = watch();
    await clock.advance(MINUTE);
    platform.fault = () => {
      throw failure('RESCALE_AUTH', 401);
    };
    await clock.advance(31 * SECOND);
    one.outages.length.should.equal(1);
    one.overview!.serious.should.be.true();
  });

  it('tells at once that an address never worked, and an outage after ten minutes', async () => {
    platform.fault = () => {
      throw failure('RESCALE_NETWORK');
    };
    const one = watch();
    platform.addJob('one', 1);
    await clock.advance(SECOND);
    one.outages.length.should.equal(1);
    one.overview!.serious.should.be.true();
    platform.fault = null;
    await clock.advance(2 * MINUTE);
    platform.fault = () => {
      throw failure('RESCALE_NETWORK');
    };
    await clock.advance(9 * MINUTE);
    one.outages.length.should.equal(1);
    await clock.advance(3 * MINUTE);
    one.outages.length.should.equal(2);
  });

  it('shows what should not happen as trouble, and is not blinded by an odd value in one row', async () => {
    const one = all();
    platform.addJob('one', 1);
    await clock.advance(2 * MINUTE);
    platform.addJob('odd', 1).statuses[0]!.status = 5 as never;
    await clock.advance(MINUTE);
    const news = platform.addJob('news', 1);
    await clock.advance(MINUTE);
    platform.start(news, '1');
    await clock.advance(MINUTE);
    one.told().should.containEql('started news/1');
    platform.fault = ({ call }) => {
      if (call === 'listJobs') throw new TypeError('not of this package');
    };
    await clock.advance(11 * MINUTE);
    one.overview!.trouble!.error.message.should.match(/not of this package/);
    one.outages.length.should.equal(1);
  });

  it('of all jobs asks no more for those that were deleted, and says nothing of a draft', async () => {
    const one = all({ store: createMemoryStore() });
    for (let id = 0; id < 20; id += 1) platform.addJob(`job${id}`, 1);
    platform.addJob('draft', 0).statuses = [{ status: '', statusReason: null, statusDate: '' }];
    await clock.advance(3 * MINUTE);
    platform.jobs.clear();
    await clock.advance(10 * MINUTE);
    one.overview!.should.containEql({ jobs: 0, jobsGone: [] });
    one.notices.should.eql([]);
    platform.requests.length = 0;
    await clock.advance(HOUR);
    platform.requests.filter(({ jobId }) => jobId !== '').should.eql([]);
  });

  it('of all jobs says of a deleted one that it had computed', async () => {
    const one = all();
    platform.start(platform.addJob('busy', 1), '1');
    await clock.advance(MINUTE);
    platform.jobs.clear();
    await clock.advance(10 * MINUTE);
    one.notices.should.eql([{ notice: 'job-gone', jobId: 'busy' }]);
  });

  it('of all jobs loses nothing when it resumes while another’s list is being read', async () => {
    platform.latency = 2 * SECOND;
    const [first, second] = [all({ store: createMemoryStore() }), all({ store: createMemoryStore() })];
    platform.addJob('old', 1);
    await clock.advance(2 * MINUTE);
    await second.watcher.pause();
    const brief = platform.addJob('brief', 1);
    await clock.advance(MINUTE);
    platform.end(brief, '1');
    platform.setStatus(brief, 'Completed');
    await clock.advance(5 * MINUTE);
    platform.addJob('later', 1);
    await clock.advance(20 * MINUTE);
    const before = platform.count('listJobs');
    while (platform.count('listJobs') === before) await clock.advance(100);
    await clock.advance(100);
    const resumed = second.watcher.resume();
    await clock.advance(30 * MINUTE);
    await resumed;
    first.told().should.containEql('job brief');
    second.told().should.containEql('job brief');
  });

  it('counts from the moment it began, however late the first answer comes', async () => {
    const job = platform.addJob('one', 3);
    platform.end(job, '1');
    platform.start(job, '2');
    platform.fault = () => {
      throw failure('RESCALE_SERVER', 503);
    };
    await clock.advance(10 * SECOND);
    const one = watch();
    await clock.advance(40 * SECOND);
    platform.end(job, '2');
    await clock.advance(20 * SECOND);
    platform.fault = null;
    await clock.advance(2 * MINUTE);
    one.told().should.eql(['completed one/2']);
  });

  it('of all jobs counts from the moment it began, too', async () => {
    const job = platform.addJob('one', 1);
    platform.start(job, '1');
    await clock.advance(10 * SECOND);
    platform.fault = () => {
      throw failure('RESCALE_SERVER', 503);
    };
    const one = all();
    await clock.advance(5 * MINUTE);
    platform.end(job, '1');
    platform.setStatus(job, 'Completed');
    const made = platform.addJob('made', 1);
    platform.end(made, '1');
    platform.setStatus(made, 'Completed');
    await clock.advance(5 * MINUTE);
    platform.fault = null;
    await clock.advance(3 * MINUTE);
    one
      .told()
      .sort()
      .should.eql(['completed made/1', 'completed one/1', 'job made', 'job one', 'started made/1']);
  });

  for (const ahead of [0, 2 * HOUR, -2 * HOUR]) {
    it(`waits for evidence with this machine’s clock ${ahead / HOUR} h ahead of the platform’s`, async () => {
      const theirs: VirtualClock = Object.create(clock, {
        now: { value: () => clock.now() - ahead },
      }) as never;
      const elsewhere = fakePlatform(theirs);
      const own = createJobPolling({ client: elsewhere.client, clock });
      const one = watch({ polling: own, outcome: true, events: new Set(['completed']) });
      const job = elsewhere.addJob('one', 3);
      elsewhere.start(job, '1');
      await clock.advance(2 * MINUTE);
      elsewhere.end(job, '1');
      await clock.advance(50 * SECOND);
      one.events.should.eql([]);
      job.logs.set('1', '[2026-01-01T00:00:09Z]: Exited with code 137\n');
      await clock.advance(MINUTE);
      one.events.map(({ outcome }) => outcome!.result).should.eql(['failed']);
      await one.watcher.stop();
      own.close();
    });
  }
});
