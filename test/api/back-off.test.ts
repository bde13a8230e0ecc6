import fc from 'fast-check';
import should from 'should';
import { backOff, retryAfter } from '../../src/api/time/back-off';

const now = Date.parse('2026-03-01T12:00:00Z');

describe('Back-off', () => {
  it('is anything from nothing to a span that doubles, up to half a minute', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, chance) => {
          const span = Math.min(30_000, 1_000 * 2 ** (failures - 1));
          backOff(failures, () => chance).should.be.within(0, span);
        },
      ),
    );
    backOff(1, () => 0).should.equal(0);
    backOff(3, () => 1).should.equal(4_000);
    backOff(9, () => 1).should.equal(30_000);
  });

  const forms: [string, number | null][] = [
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['1.5', 1_500],
    ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
    ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
    ['Sun Mar  1 12:01:00 2026 GMT', 60_000],
    ['2026-03-01T12:00:30Z', 30_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['-5', null],
    ['soon', null],
    ['12 apples', null],
    ['', null],
    ['NaN', null],
    ['Infinity', null],
  ];
  for (const [value, expected] of forms) {
    it(`reads Retry-After: ${value || 'nothing'}`, () => {
      should(retryAfter({ 'retry-after': value }, now)).equal(expected);
    });
  }

  it('measures a date by the clock of who sent it', () => {
    const headers = { 'retry-after': 'Sun, 01 Mar 2026 15:00:10 GMT', date: 'Sun, 01 Mar 2026 15:00:00 GMT' };
    should(retryAfter(headers, now)).equal(10_000);
  });

  it('reads whatever is sent as a number of milliseconds that is not negative, or as nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (value) => {
          const wait = retryAfter({ 'retry-after': value }, now);
          (wait === null || (Number.isFinite(wait) && wait >= 0)).should.be.true();
        },
      ),
    );
  });
});
