import 'should';
import should from 'should';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { failure, type FakePlatform } from './fake-platform';
import { all, clock, HOUR, MINUTE, newForEach, platform, SECOND, watch } from './watch-trouble-setup';

describe('A watch of what comes late, again or in great number', () => {
  newForEach();

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

  it('counts the waiting of the job’s last attempt, whatever row has no date, and tells it for each', async () => {
    const row = (status: string, at: number | null) => ({
      ...{ status, statusReason: null },
      statusDate: at === null ? 'soon' : new Date(clock.now() + at).toISOString(),
    });
    const job = platform.addJob('one', 1);
    job.statuses = [
      row('Queued', -HOUR),
      row('Pending', null),
      row('Completed', -99 * HOUR),
      row('Executing', -100 * HOUR),
    ];
    const one = watch({ events: new Set(['waiting'] as const), waiting: 4 * HOUR });
    await clock.advance(MINUTE);
    one.told().should.eql([]);
    await clock.advance(3 * HOUR);
    one.told().should.eql(['waiting one/1']);
    job.statuses.unshift(row('Queued', 2 * HOUR), row('Completed', HOUR));
    await clock.advance(7 * HOUR);
    one.told().should.eql(['waiting one/1', 'waiting one/1']);
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
