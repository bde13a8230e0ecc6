import 'should';
import should from 'should';
import type { Trouble } from '../../src/runs/run/job-reading';
import { createOutage } from '../../src/runs/polling/outage';
import { failure } from './fake-platform';
import { virtualClock } from './virtual-clock';

const MINUTE = 60_000;

describe('Outage', () => {
  const server = failure('RESCALE_SERVER', 504);
  const refused = failure('RESCALE_AUTH', 401);

  it('is told once, after ten minutes, and again in the next one', async () => {
    const clock = virtualClock();
    const outage = createOutage(clock);
    for (let round = 0; round < 2; round += 1) {
      const trouble: Trouble = { error: server, since: clock.now() };
      let told = 0;
      for (let minute = 0; minute < 60; minute += 1) {
        const news = outage.note('job', trouble);
        if (news) {
          told += 1;
          news.should.equal(server);
          (clock.now() - trouble.since).should.equal(10 * MINUTE);
        }
        outage.serious.should.equal(minute >= 10);
        await clock.advance(MINUTE);
      }
      told.should.equal(1);
      should(outage.note('job', null)).be.null();
      should(outage.trouble).be.null();
      outage.serious.should.be.false();
    }
  });

  it('with a refused key is told at once, and once', () => {
    const clock = virtualClock();
    const outage = createOutage(clock);
    const trouble = { error: refused, since: clock.now() };
    outage.note('a', trouble)!.should.equal(refused);
    should(outage.note('a', trouble)).be.null();
    should(outage.note('b', trouble)).be.null();
    outage.serious.should.be.true();
  });

  it('is over only when every part is well, or no longer worked on', async () => {
    const clock = virtualClock();
    const outage = createOutage(clock);
    const trouble = { error: server, since: clock.now() };
    await clock.advance(11 * MINUTE);
    outage.note('a', trouble)!.should.equal(server);
    outage.note('b', trouble);
    outage.note('a', null);
    should(outage.note('a', { error: server, since: clock.now() - 20 * MINUTE })).be.null();
    outage.drop('a');
    outage.trouble!.should.equal(trouble);
    outage.drop('b');
    should(outage.trouble).be.null();
  });

  it('shows the refused key before everything else', () => {
    const clock = virtualClock();
    const outage = createOutage(clock);
    outage.note('a', { error: server, since: 0 });
    outage.note('b', { error: refused, since: 5 });
    outage.note('c', { error: server, since: 1 });
    outage.trouble!.error.should.equal(refused);
  });
});
