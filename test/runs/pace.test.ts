import 'should';
import { nextRound, type Pace } from '../../src/runs/polling/pace';

const quietly: Pace = { interval: 30_000, quiet: 0, failures: 0, over: false };
const hours = (count: number) => count * 3_600_000;

describe('the pause between two looks at a job', () => {
  it('is the interval right after a change', () => {
    nextRound(quietly, 0).should.equal(30_000);
  });

  it('grows with the time in which nothing moves', () => {
    nextRound({ ...quietly, quiet: 1_200_000 }, 0).should.equal(60_000);
  });

  it('is never more than four intervals, however long nothing moves', () => {
    nextRound({ ...quietly, quiet: hours(100) }, 0).should.equal(120_000);
    nextRound({ ...quietly, interval: 5_000, quiet: hours(100) }, 0).should.equal(20_000);
  });

  it('is never more than five minutes, unless the interval is', () => {
    nextRound({ ...quietly, interval: 200_000, quiet: hours(100) }, 0).should.equal(300_000);
    nextRound({ ...quietly, interval: 900_000, quiet: hours(100) }, 0).should.equal(900_000);
  });

  it('is never shorter than the interval, by no chance and after no failure', () => {
    for (const random of [0, 0.5, 0.999]) {
      nextRound(quietly, random).should.be.aboveOrEqual(30_000);
      nextRound({ ...quietly, failures: 1 }, random).should.be.aboveOrEqual(30_000);
    }
  });

  it('is the longer the longer the job is over, up to a day', () => {
    const over = { ...quietly, over: true };
    nextRound(over, 0).should.equal(900_000);
    nextRound({ ...over, quiet: hours(20) }, 0).should.equal(hours(1));
    nextRound({ ...over, quiet: hours(10_000) }, 0).should.equal(hours(24));
    nextRound({ ...over, interval: hours(30), quiet: hours(10_000) }, 0).should.equal(hours(30));
  });

  it('doubles after failures up to a minute', () => {
    nextRound({ ...quietly, interval: 10_000, failures: 2 }, 0).should.equal(40_000);
    nextRound({ ...quietly, interval: 10_000, failures: 9 }, 0).should.equal(60_000);
  });
});
