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
      const trouble: Trouble = { error: server, since: clock.monotonic() };
      let told = 0;
      for (let minute = 0; minute < 60; minute += 1) {
        const news = outage.note('job', trouble);
        if (news) {
          told += 1;
          news.should.equal(server);
          (clock.monotonic() - trouble.since).should.equal(10 * MINUTE);
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
    const trouble = { error: refused, since: clock.monotonic() };
    outage.note('a', trouble)!.should.equal(refused);
    should(outage.note('a', trouble)).be.null();
    should(outage.note('b', trouble)).be.null();
    outage.serious.should.be.true();
  });

  it('is over only when every part is well, or no longer worked on', async () => {
    const clock = virtualClock();
    const outage = createOutage(clock);
    const trouble = { error: server, since: clock.monotonic() };
    await clock.advance(11 * MINUTE);
    outage.note('a', trouble)!.should.equal(server);
    outage.note('b', trouble);
    outage.note('a', null);
    should(outage.note('a', { error: server, since: clock.monotonic() - 20 * MINUTE })).be.null();
    outage.drop('a');
    outage.trouble!.should.equal(trouble);
    outage.drop('b');
    should(outage.trouble).be.null();
  });

  it('is told once more when the whole platform goes away while a part of it fails for good', async () => {
    const clock = virtualClock();
    const outage = createOutage(clock);
    const one = { error: server, since: clock.monotonic() };
    await clock.advance(11 * MINUTE);
    outage.note('bad', one)!.should.equal(server);
    await clock.advance(20 * MINUTE);
    const all = { error: failure('RESCALE_NETWORK'), since: clock.monotonic() };
    await clock.advance(11 * MINUTE);
    const told = ['a', 'b', 'bad', 'c'].map((part) => outage.note(part, part === 'bad' ? one : all));
    told.should.eql([all.error, null, null, null]);
  });

  it('shows the refused key before everything else', () => {
    const clock = virtualClock();
    const outage = createOutage(clock);
    outage.note('a', { error: server, since: 0 });
    outage.note('b', { error: refused, since: 5 });
    outage.note('c', { error: server, since: 1 });
    outage.trouble!.error.should.equal(refused);
  });

  it('of one kind does not hide another', async () => {
    const clock = virtualClock();
    const outage = createOutage(clock);
    const forbidden = { error: failure('RESCALE_AUTH', 403), since: clock.monotonic() };
    outage.note('a', forbidden)!.should.equal(forbidden.error);
    should(outage.note('a', forbidden)).be.null();
    outage.note('b', forbidden)!.should.equal(forbidden.error);
    // The key itself is refused later, while the forbidden job stays so.
    outage.note('c', { error: refused, since: clock.monotonic() })!.should.equal(refused);
    should(outage.note('d', { error: refused, since: clock.monotonic() })).be.null();
    const broken = { error: server, since: clock.monotonic() };
    await clock.advance(10 * MINUTE);
    outage.note('e', broken)!.should.equal(server);
    outage.note('e', null);
    await clock.advance(MINUTE);
    const again = { error: server, since: clock.monotonic() };
    await clock.advance(10 * MINUTE);
    outage.note('e', again)!.should.equal(server);
  });

  it('of a platform that never answered is told at once where it is the address', () => {
    const outage = createOutage(virtualClock());
    const refusedConnection = failure('RESCALE_NETWORK');
    should(outage.note('a', { error: server, since: 0, neverReached: true })).be.null();
    outage
      .note('a', { error: refusedConnection, since: 0, neverReached: true })!
      .should.equal(refusedConnection);
    should(outage.note('b', { error: refusedConnection, since: 0, neverReached: true })).be.null();
    outage.serious.should.be.true();
    const later = createOutage(virtualClock());
    should(later.note('a', { error: refusedConnection, since: 0, neverReached: false })).be.null();
  });
});
