import 'should';
import { nextRound, slowdownFor, NO_SLOWDOWN, type PolledJob } from '../../src/runs/polling/poll-interval';

const moving: PolledJob = { interval: 30_000, quiet: 0, failures: 0, over: false, cost: 1 };
const hours = (count: number) => count * 3_600_000;
const quiet: PolledJob = { ...moving, quiet: hours(2) };

describe('the pause between two looks at a job', () => {
  it('is the interval, however long nothing moves, as long as the rate allows it', () => {
    nextRound(moving, NO_SLOWDOWN).should.equal(30_000);
    nextRound(quiet, NO_SLOWDOWN).should.equal(30_000);
  });

  it('is never shorter than the interval after a failure, and doubles up to a minute', () => {
    nextRound({ ...moving, failures: 1 }, NO_SLOWDOWN).should.equal(60_000);
    nextRound({ ...moving, interval: 10_000, failures: 2 }, NO_SLOWDOWN).should.equal(40_000);
    nextRound({ ...moving, interval: 10_000, failures: 9 }, NO_SLOWDOWN).should.equal(60_000);
    nextRound({ ...moving, interval: 90_000, failures: 9 }, NO_SLOWDOWN).should.equal(90_000);
  });

  it('is the longer the longer the job is over, up to a day', () => {
    const over = { ...moving, over: true };
    nextRound(over, NO_SLOWDOWN).should.equal(900_000);
    nextRound({ ...over, quiet: hours(20) }, NO_SLOWDOWN).should.equal(hours(1));
    nextRound({ ...over, quiet: hours(10_000) }, NO_SLOWDOWN).should.equal(hours(24));
    nextRound({ ...over, interval: hours(30), quiet: hours(10_000) }, NO_SLOWDOWN).should.equal(hours(30));
  });
});

describe('the intervals of many jobs', () => {
  const many = (count: number, job: PolledJob) => Array.from({ length: count }, () => job);
  /** Requests a second. */
  const demand = (jobs: PolledJob[]) => {
    const stretch = slowdownFor(jobs, 17);
    return jobs.reduce((sum, job) => sum + (1000 * job.cost) / nextRound(job, stretch), 0);
  };

  it('are what was asked for as long as the rate suffices', () => {
    slowdownFor(many(500, moving), 17).should.equal(NO_SLOWDOWN);
    slowdownFor([...many(10_000, { ...moving, over: true }), moving], 17).should.equal(NO_SLOWDOWN);
  });

  it('become longer for quiet jobs first, and the rate is kept', () => {
    const jobs = [...many(300, moving), ...many(1000, quiet)];
    const stretch = slowdownFor(jobs, 17);
    stretch.moving.should.equal(1);
    stretch.quiet.should.be.within(4, 10);
    demand(jobs).should.be.belowOrEqual(17.01);
  });

  it('become longer for all when quiet ones can give no more', () => {
    const jobs = [...many(600, moving), ...many(1000, quiet)];
    const stretch = slowdownFor(jobs, 17);
    stretch.quiet.should.equal(10);
    stretch.moving.should.be.above(1);
    demand(jobs).should.be.belowOrEqual(17.01);
    demand(many(5000, moving)).should.be.belowOrEqual(17.01);
  });

  it('count what a round costs', () => {
    slowdownFor(many(100, { ...quiet, cost: 20 }), 17).quiet.should.be.above(3);
  });
});
