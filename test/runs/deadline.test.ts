import should from 'should';
import * as v from 'valibot';
import { deadlineSchema, resumeDeadline, startDeadline } from '../../src/runs/tasks/deadline';
import { virtualClock } from './virtual-clock';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const START = Date.parse('2026-11-29T12:00:00Z');

/** Hours (of a deadline of ten) that are left, after a restart, when this machine was down for an hour. */
const RESTARTS: [what: string, before: number, after: number, left: number][] = [
  ['a clock that is right', 0, 0, 9],
  ['a clock a year behind that is right now', -YEAR, 0, 9],
  ['a clock a year ahead that is right now', YEAR, 0, 10],
  ['a clock that is a year behind now', 0, -YEAR, 10],
  ['a clock that is a year ahead now', 0, YEAR, 9],
  ['a clock two hours ahead now', 0, 2 * HOUR, 9],
  ['a clock two hours behind now', 0, -2 * HOUR, 9],
];

describe('A deadline', () => {
  const platformAt = (now: () => number, told = true) => ({ platformNow: now, platformTold: () => told });

  it('is a span in this process, whoever sets the clock', async () => {
    const clock = virtualClock(START);
    const deadline = startDeadline(
      10 * HOUR,
      clock,
      platformAt(() => clock.now()),
    );
    clock.setAhead(YEAR);
    await clock.advance(HOUR);
    deadline.left().should.equal(9 * HOUR);
    deadline.observe(START + HOUR);
    deadline.left().should.equal(9 * HOUR);
  });

  for (const [what, before, after, left] of RESTARTS) {
    it(`after a restart with ${what} is the platform’s, and never sooner`, () => {
      const first = virtualClock(START + before);
      const { kept } = startDeadline(
        10 * HOUR,
        first,
        platformAt(() => START),
      );
      const resumed = resumeDeadline(
        JSON.parse(JSON.stringify(kept)) as typeof kept,
        virtualClock(START + HOUR + after),
      );
      // Until the platform has answered nobody knows.
      resumed.left().should.equal(10 * HOUR);
      resumed.observe(START + HOUR);
      resumed.left().should.equal(left * HOUR);
    });
  }

  it('that was given no end is kept as none, and not taken for damage', () => {
    const { kept } = startDeadline(
      Infinity,
      virtualClock(START),
      platformAt(() => START),
    );
    should(v.parse(deadlineSchema, JSON.parse(JSON.stringify(kept)))).be.null();
    should(v.parse(deadlineSchema, null)).be.null();
    const whole = { span: HOUR, machine: START, platform: null };
    v.parse(deadlineSchema, whole)!.should.eql(whole);
    v.is(deadlineSchema, { span: HOUR }).should.be.false();
  });

  it('has passed when it passed while this machine was down', () => {
    const { kept } = startDeadline(
      HOUR,
      virtualClock(START),
      platformAt(() => START),
    );
    const resumed = resumeDeadline(kept, virtualClock(START + DAY));
    resumed.observe(START + DAY).should.be.false();
    resumed.left().should.equal(-23 * HOUR);
  });

  it('is kept anew once the platform’s time is known, and not for a trifle', () => {
    const clock = virtualClock(START - YEAR);
    const unknown = startDeadline(
      HOUR,
      clock,
      platformAt(() => clock.now(), false),
    );
    unknown.kept.should.eql({ span: HOUR, machine: START - YEAR + HOUR, platform: null });
    // Down before the first answer: nobody knows how much of it is left.
    const resumed = resumeDeadline(unknown.kept, virtualClock(START));
    resumed.observe(START).should.be.true();
    resumed.left().should.equal(HOUR);
    unknown.observe(START).should.be.true();
    unknown.kept.platform!.should.equal(START + HOUR);
    unknown.observe(START + DAY).should.be.false();
    const known = startDeadline(
      HOUR,
      clock,
      platformAt(() => START),
    );
    known.observe(START + 2_000).should.be.false();
  });
});
