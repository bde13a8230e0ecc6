import 'should';
import should from 'should';
import { createJobPolling, type JobPolling } from '../../src/runs/polling/job-polling';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import type { WatchNotice, WatchOverview } from '../../src/runs/watch/watch-listener';
import { createWatcher, type Watcher, type WatchOptions } from '../../src/runs/watch/watcher';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { failure, fakePlatform, type FakePlatform } from './fake-platform';
import { virtualClock, type VirtualClock } from './virtual-clock';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface Watch {
  watcher: Watcher;
  events: WatchEvent[];
  outages: { code: string; jobId: string | null }[];
  notices: WatchNotice[];
  overview: WatchOverview | null;
  told(): string[];
}

describe('A watch through trouble', () => {
  let clock: VirtualClock;
  let platform: FakePlatform;
  let polling: JobPolling;
  let watches: Watch[];

  beforeEach(() => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    polling = createJobPolling({ client: platform.client, clock });
    watches = [];
  });
  afterEach(async () => {
    await Promise.all(watches.map(({ watcher }) => watcher.stop()));
    polling.close();
  });

  function watch(more: Partial<WatchOptions> = {}): Watch {
    const one: Watch = {
      watcher: null as unknown as Watcher,
      events: [],
      outages: [],
      notices: [],
      overview: null,
      told: () => one.events.map(({ event, jobId, runId }) => `${event} ${jobId}${runId ? `/${runId}` : ''}`),
    };
    one.watcher = createWatcher(
      {
        polling: more.polling ?? polling,
        store: createMemoryStore(),
        clock,
        origin: 'https://fake.test',
        scope: 'jobs',
        events: new Set(['started', 'completed', 'job']),
        outcome: false,
        files: false,
        overdue: 0,
        waiting: 0,
        matches: () => true,
        baseline: { from: 'now' },
        interval: 30 * SECOND,
        process: 'one',
        readJobs: () => Promise.resolve(['one']),
        ...more,
      },
      {
        send: (event) => Promise.resolve(one.events.push(event) > 0),
        onChange: (overview) => (one.overview = overview),
        onOutage: (error, jobId) => one.outages.push({ code: error.code, jobId }),
        onNotice: (notice) => one.notices.push(notice),
        onFault(error) {
          throw error;
        },
      },
    );
    void one.watcher.start();
    watches.push(one);
    return one;
  }
  const all = (more: Partial<WatchOptions> = {}) =>
    watch({ scope: 'all', readJobs: () => Promise.resolve([]), ...more });

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
      platform = fakePlatform(theirs);
      const own = createJobPolling({ client: platform.client, clock });
      const one = watch({ polling: own, outcome: true, events: new Set(['completed']) });
      const job = platform.addJob('one', 3);
      platform.start(job, '1');
      await clock.advance(2 * MINUTE);
      platform.end(job, '1');
      await clock.advance(50 * SECOND);
      one.events.should.eql([]);
      job.logs.set('1', '[2026-01-01T00:00:09Z]: Exited with code 137\n');
      await clock.advance(MINUTE);
      one.events.map(({ outcome }) => outcome!.result).should.eql(['failed']);
      await one.watcher.stop();
      own.close();
    });
  }

  it('tells a run that begins anew under its id, and not one of which a list is behind', async () => {
    const job = platform.addJob('one', 2);
    const one = watch({ outcome: true });
    await clock.advance(MINUTE);
    platform.end(job, '1', 3);
    await clock.advance(2 * MINUTE);
    const [run] = job.runs;
    const { dateStarted, dateCompleted } = run!;
    run!.dateCompleted = null;
    await clock.advance(MINUTE);
    run!.dateCompleted = dateCompleted;
    await clock.advance(MINUTE);
    one.told().should.eql(['started one/1', 'completed one/1']);

    Object.assign(run!, { dateStarted: null, dateCompleted: null });
    job.logs.clear();
    await clock.advance(MINUTE);
    platform.start(job, '1');
    await clock.advance(MINUTE);
    platform.end(job, '1', 0);
    await clock.advance(2 * MINUTE);
    one.told().slice(2).should.eql(['started one/1', 'completed one/1']);
    one.events
      .filter(({ event }) => event === 'completed')
      .map(({ outcome }) => outcome!.result)
      .should.eql(['failed', 'succeeded']);
    new Set(one.events.map(({ eventId }) => eventId)).size.should.equal(4);
    run!.dateStarted!.should.not.equal(dateStarted);
  });

  it('sends 420 ends of one night with their outcomes at a low rate, and the job’s sentence counts them', async () => {
    const job = platform.addJob('one', 420);
    // Each log takes its time, as when the rate limit lets one through every half second.
    platform.slow = ({ call }) => (call === 'openContents' ? 2 * SECOND : 0);
    const store = createMemoryStore();
    const before = watch({ store, outcome: true });
    await clock.advance(MINUTE);
    await before.watcher.stop();
    for (const { id } of job.runs) platform.end(job, id, 3);
    platform.setStatus(job, 'Completed', 'Completed successfully');
    await clock.advance(HOUR);
    // So long ago that nothing is waited for but the reading itself.
    const after = watch({ store, outcome: true, process: 'two' });
    await clock.advance(10 * MINUTE);
    const ends = after.events.filter(({ event }) => event === 'completed');
    ends.length.should.equal(420);
    ends.every(({ outcome }) => outcome!.result === 'failed').should.be.true();
    after.events.at(-1)!.summary.should.match(/420 of 420 runs failed$/);
  });

  for (const [how, harm] of Object.entries<(platform: FakePlatform) => void>({
    '503': (one) =>
      (one.fault = ({ call, detail }) => {
        if (call === 'openContents' && detail === 'run 7') throw failure('RESCALE_SERVER', 503);
      }),
    '404': (one) =>
      (one.fault = ({ call, detail }) => {
        if (call === 'openContents' && detail === 'run 7') throw failure('RESCALE_NOT_FOUND', 404);
      }),
    'an answer that never comes': (one) =>
      (one.slow = ({ call, detail }) => (call === 'openContents' && detail === 'run 7' ? HOUR : 0)),
  })) {
    it(`is not held up by one log that can’t be read: ${how}`, async () => {
      const job = platform.addJob('one', 200);
      const one = watch({ outcome: true, events: new Set(['completed']) });
      await clock.advance(MINUTE);
      for (const { id } of job.runs) platform.end(job, id, 3);
      harm(platform);
      await clock.advance(35 * SECOND);
      one.events.length.should.equal(199);
      one.events.every(({ outcome }) => outcome!.result === 'failed').should.be.true();
      await clock.advance(4 * MINUTE);
      one.events.length.should.equal(200);
      one.events.find(({ runId }) => runId === '7')!.outcome!.result.should.equal('unknown');
    });
  }

  it('tells runs that compute or wait too long, once, and late when that was so before', async () => {
    const job = platform.addJob('one', 3);
    platform.start(job, '1');
    await clock.advance(3 * HOUR);
    const events = new Set(['overdue', 'waiting'] as const);
    const one = watch({ events, overdue: 2 * HOUR, waiting: 4 * HOUR });
    await clock.advance(MINUTE);
    one.told().should.eql(['overdue one/1']);
    one.events[0]!.should.containEql({ late: true, outcome: null });
    one.events[0]!.summary.should.match(/^Job one run 1 has computed for 3 h.*, longer than 2 h$/);
    platform.start(job, '2');
    await clock.advance(3 * HOUR);
    one.told().slice(1).sort().should.eql(['overdue one/2', 'waiting one/3']);
    one.events
      .slice(1)
      .every(({ late }) => !late)
      .should.be.true();
    one.events
      .find(({ event }) => event === 'waiting')!
      .summary.should.match(/^Job one run 3 has not started 4 h after its job was submitted$/);
    await clock.advance(12 * HOUR);
    one.events.length.should.equal(3);
  });

  it('holds the end of a run until its files are listed, and says when they were not', async () => {
    const job = platform.addJob('one', 2);
    const one = watch({ files: true, events: new Set(['completed']) });
    await clock.advance(MINUTE);
    platform.end(job, '1');
    await clock.advance(2 * MINUTE);
    one.events.should.eql([]);
    job.runs[0]!.outputFileCount = 5;
    job.files.set('1', 3);
    await clock.advance(MINUTE);
    one.events.should.eql([]);
    job.files.set('1', 5);
    await clock.advance(MINUTE);
    one.events.map(({ runId, filesReady }) => [runId, filesReady]).should.eql([['1', true]]);
    one.events[0]!.run!.outputFileCount.should.equal(5);
    platform.end(job, '2');
    await clock.advance(7 * MINUTE);
    one.events
      .slice(1)
      .map(({ runId, filesReady }) => [runId, filesReady])
      .should.eql([['2', false]]);
  });

  it('tells older runs of known jobs once when that is wanted later, and says how many', async () => {
    const store = createMemoryStore();
    const job = platform.addJob('one', 3);
    platform.end(job, '1');
    await clock.advance(10 * HOUR);
    platform.end(job, '2');
    await clock.advance(HOUR);
    const settings = { store, events: new Set(['completed', 'job'] as const) };
    const before = watch(settings);
    await clock.advance(MINUTE);
    platform.end(job, '3');
    await clock.advance(MINUTE);
    before.told().should.eql(['completed one/3']);
    await before.watcher.stop();

    const hours = watch({ ...settings, baseline: { from: 'hours', hours: 5 }, process: 'two' });
    await clock.advance(MINUTE);
    hours.told().should.eql(['completed one/2']);
    hours.events[0]!.late.should.be.true();
    hours.notices.should.eql([{ notice: 'reported-also', jobs: 1, runs: 1 }]);
    await hours.watcher.stop();

    const everything = watch({ ...settings, baseline: { from: 'all' }, process: 'three' });
    await clock.advance(MINUTE);
    everything.told().should.eql(['completed one/1']);
    await everything.watcher.stop();
    const again = watch({ ...settings, baseline: { from: 'all' }, process: 'four' });
    await clock.advance(5 * MINUTE);
    again.told().should.eql([]);
    should(again.notices.find(({ notice }) => notice === 'reported-also')).be.undefined();
  });

  it('of all jobs follows those whose name fits', async () => {
    const one = all({ matches: (name) => name.startsWith('wing') });
    await clock.advance(MINUTE);
    for (const id of ['wing1', 'wheel1']) platform.addJob(id, 1);
    await clock.advance(MINUTE);
    for (const job of platform.jobs.values()) platform.end(job, '1');
    await clock.advance(MINUTE);
    one.told().should.eql(['started wing1/1', 'completed wing1/1']);
    platform.count('listRuns', 'wheel1').should.equal(0);
  });
});
