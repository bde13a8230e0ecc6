import should from 'should';
import { progressOf } from '../../src/runs/run/job-reading';
import { runOf } from './fake-platform';
import { MINUTE, SECOND, clock, follow, platform, polling, newForEach } from './polling-setup';

describe('Polling of jobs', () => {
  newForEach();

  it('asks for a job once for everybody, as often as the most impatient wants and no more', async () => {
    platform.start(platform.addJob('sweep', 500), '1');
    const followers = Array.from({ length: 50 }, (_, index) => follow('sweep', (30 + index) * SECOND));
    await clock.advance(5 * MINUTE);
    const lists = platform.requests.filter(({ call }) => call === 'listRuns' || call === 'readRunsPage');
    lists.length.should.equal(11);
    lists.slice(1).forEach(({ at }, index) => (at - lists[index]!.at).should.equal(30 * SECOND));
    platform.requests.length.should.be.belowOrEqual(15);
    for (const { readings } of followers) readings.should.be.aboveOrEqual(11);
  });

  it('goes on in its interval when the clock is set back', async () => {
    const job = platform.addJob('sweep', 2);
    platform.start(job, '1');
    const seen = follow('sweep');
    const jobLists = { count: 0 };
    const all = polling.followJobs({
      interval: 30 * SECOND,
      newest: () => null,
      onJobs: () => (jobLists.count += 1),
      onTrouble: () => {},
    });
    await clock.advance(MINUTE);
    const before = jobLists.count;
    clock.setBack(24 * 60 * MINUTE);
    platform.end(job, '1', 3);
    await clock.advance(2 * MINUTE);
    seen.over.has('1').should.be.true();
    jobLists.count.should.be.above(before + 1);
    seen.subscription.wantOutcome('1');
    await clock.advance(MINUTE);
    seen.last!.outcomes.get('1')!.result.should.equal('failed');
    all.release();
  });

  it('gives up waiting for evidence in time when the clock is set back', async () => {
    const job = platform.addJob('sweep', 2);
    platform.end(job, '1');
    const seen = follow('sweep');
    await clock.advance(SECOND);
    seen.subscription.wantOutcome('1');
    await clock.advance(30 * SECOND);
    clock.setBack(24 * 60 * MINUTE);
    await clock.advance(4 * MINUTE);
    seen.last!.outcomes.get('1')!.result.should.equal('unknown');
  });

  it('tells each completion within one interval', async () => {
    const job = platform.addJob('sweep', 3);
    const seen = follow('sweep');
    platform.start(job, '1');
    await clock.advance(40 * SECOND);
    progressOf(seen.last!).should.eql({ total: 3, pending: 2, running: 1, completed: 0 });
    platform.end(job, '1');
    const ended = clock.now();
    await clock.advance(30 * SECOND);
    (seen.over.get('1')! - ended).should.be.belowOrEqual(30 * SECOND);
    progressOf(seen.last!).should.eql({ total: 3, pending: 2, running: 0, completed: 1 });
  });

  it('leaves nothing behind when nobody is interested', async () => {
    platform.addJob('sweep', 3);
    const seen = [follow('sweep'), follow('sweep')];
    await clock.advance(MINUTE);
    clock.timers.should.equal(1);
    seen.forEach(({ subscription }) => subscription.release());
    await clock.advance(0);
    clock.timers.should.equal(0);
    const before = platform.requests.length;
    await clock.advance(60 * MINUTE);
    platform.requests.length.should.equal(before);
  });

  it('asks anew for who comes late, and never answers with what was read before', async () => {
    const job = platform.addJob('sweep', 3);
    platform.end(job, '1');
    follow('sweep');
    await clock.advance(10 * SECOND);
    platform.latency = 2 * SECOND;
    // While a round is under way that was begun before somebody asks.
    follow('sweep').subscription.check();
    await clock.advance(SECOND);
    job.runs[0]!.dateCompleted = null;
    const late = follow('sweep');
    await clock.advance(30 * SECOND);
    late.last!.runs.size.should.equal(3);
    late.over.has('1').should.be.false();
  });

  it('reads a job once for a thousand messages that come together', async () => {
    platform.end(platform.addJob('sweep', 3), '1');
    follow('sweep');
    await clock.advance(SECOND);
    platform.requests.length = 0;
    const many = Array.from({ length: 1000 }, () => follow('sweep'));
    await clock.advance(SECOND);
    many.every(({ over }) => over.has('1')).should.be.true();
    (platform.count('listRuns') + platform.count('readRunsPage')).should.equal(1);
  });

  it('reads a quiet job at once for somebody new', async () => {
    const job = platform.addJob('sweep', 1);
    platform.start(job, '1');
    follow('sweep');
    await clock.advance(3 * 60 * MINUTE + 10 * SECOND);
    platform.end(job, '1');
    const late = follow('sweep');
    await clock.advance(SECOND);
    late.over.has('1').should.be.true();
  });

  it('begins a round again that was cut off', async () => {
    platform.addJob('sweep', 1);
    follow('sweep').subscription.release();
    const seen = follow('sweep');
    await clock.advance(0);
    seen.readings.should.be.above(0);
  });

  it('asks in its interval, however long nothing moves', async () => {
    const job = platform.addJob('sweep', 1);
    platform.start(job, '1');
    follow('sweep');
    await clock.advance(10 * 60 * MINUTE);
    const gaps = platform.requests
      .filter(({ call }) => call === 'listRuns' || call === 'readRunsPage')
      .map(({ at }, index, all) => at - (all[index - 1]?.at ?? at));
    for (const gap of gaps.slice(1)) gap.should.equal(30 * SECOND);
  });

  it('asks less often for quiet jobs when the rate does not suffice, and says so', async () => {
    platform.rate = 0.5;
    for (let job = 0; job < 20; job += 1) platform.start(platform.addJob(`job${job}`, 1), '1');
    for (const id of platform.jobs.keys()) follow(id);
    const moving = platform.jobs.get('job0')!;
    for (let minute = 0; minute < 12; minute += 1) {
      await clock.advance(MINUTE);
      moving.runs.push(runOf(String(minute + 2), minute + 2));
    }
    polling.slowdown.should.be.within(1.5, 10);
    const lists = (id: string) => platform.count('listRuns', id) + platform.count('readRunsPage', id);
    const [before, quiet] = [lists('job0'), lists('job1')];
    await clock.advance(5 * MINUTE);
    (lists('job0') - before).should.be.aboveOrEqual(9);
    (lists('job1') - quiet).should.be.within(2, 6);
  });

  it('does not let jobs that fail for minutes keep the others from being read', async () => {
    for (let job = 0; job < 12; job += 1) platform.start(platform.addJob(`slow${job}`, 1), '1');
    const job = platform.addJob('well', 1);
    platform.start(job, '1');
    // As a client whose patience is two minutes long.
    platform.slow = (request) => (request.jobId.startsWith('slow') ? 120 * SECOND : 0);
    for (const id of platform.jobs.keys()) follow(id, 5 * SECOND);
    await clock.advance(5 * MINUTE);
    platform.requests.length = 0;
    await clock.advance(5 * MINUTE);
    (platform.count('listRuns', 'well') + platform.count('readRunsPage', 'well')).should.be.aboveOrEqual(50);
    polling.close();
    await clock.advance(5 * MINUTE);
  });

  it('looks at once when it is told to', async () => {
    const job = platform.addJob('sweep', 1);
    const seen = follow('sweep');
    await clock.advance(SECOND);
    platform.end(job, '1');
    seen.subscription.check();
    await clock.advance(0);
    seen.over.has('1').should.be.true();
  });

  it('tells of a job that has had no answer for as long as a request may take, though it goes on asking', async () => {
    platform.addJob('sweep', 1);
    const troubles: (string | null)[] = [];
    polling.followJob('sweep', {
      interval: 5 * SECOND,
      onReading: () => {},
      onTrouble: (trouble) => troubles.push(trouble && trouble.error.code),
    });
    await clock.advance(MINUTE);
    troubles.should.be.empty();
    platform.slow = () => 100 * SECOND;
    await clock.advance(36 * SECOND);
    troubles.should.eql(['RESCALE_TIMEOUT']);
    platform.slow = null;
    await clock.advance(80 * SECOND);
    should(troubles.at(-1)).be.null();
  });

  it('asks nothing while the platform wants a pause', async () => {
    platform.addJob('sweep', 1);
    follow('sweep');
    await clock.advance(20 * SECOND);
    platform.pausedUntil = clock.now() + 60 * SECOND;
    const before = platform.requests.length;
    await clock.advance(59 * SECOND);
    platform.requests.length.should.equal(before);
    platform.pausedUntil = null;
    await clock.advance(2 * SECOND);
    platform.requests.length.should.be.above(before);
  });

  it('serves everything in its turn when there is more to ask than time to ask', async () => {
    // Forty jobs every ten seconds, of which the platform answers less than one a second.
    platform.latency = 5 * SECOND;
    const jobs = Array.from({ length: 40 }, (_, index) => platform.addJob(`job${index}`, 3));
    for (const job of jobs) platform.start(job, '1');
    const seen = jobs.map(({ id }) => follow(id, 10 * SECOND));
    await clock.advance(5 * MINUTE);
    seen.every(({ readings }) => readings > 0).should.be.true();
    platform.end(jobs[7]!, '1', 0);
    await clock.advance(2 * MINUTE);
    seen[7]!.over.has('1').should.be.true();
    seen[7]!.subscription.wantOutcome('1');
    platform.addJob('late', 1);
    const late = follow('late', 10 * SECOND);
    await clock.advance(90 * SECOND);
    seen[7]!.last!.outcomes.get('1')!.result.should.equal('succeeded');
    await clock.advance(MINUTE);
    late.readings.should.be.above(0);
    for (const { subscription } of [...seen, late]) subscription.release();
    await clock.advance(MINUTE);
  });

  it('reads 10,000 runs of 100 jobs with one request a job and round', async () => {
    for (let index = 0; index < 100; index += 1) {
      const job = platform.addJob(`job${index}`, 100);
      platform.start(job, '1');
      follow(job.id);
    }
    await clock.advance(SECOND);
    platform.requests.length = 0;
    await clock.advance(5 * MINUTE);
    const perRound = platform.requests.length / 10 / 100;
    perRound.should.be.belowOrEqual(1.4);
  });
});
