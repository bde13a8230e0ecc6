import should from 'should';
import { instantOf } from '../../src/api/time/clock';

describe('Dates of the platform', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  const NOON = Date.UTC(2026, 0, 10, 12);
  for (const machine of ['UTC', 'Asia/Tokyo', 'America/Los_Angeles']) {
    it(`without a zone are UTC on a machine in ${machine}`, () => {
      process.env['TZ'] = machine;
      for (const date of [
        '2026-01-10T12:00:00',
        '2026-01-10 12:00:00',
        '2026-01-10T12:00',
        '2026-01-10T12:00:00.000',
        '2026-01-10T12:00:00.000000',
        ' 2026-01-10T12:00:00 ',
        '2026-01-10T12:00:00Z',
        '2026-01-10T12:00:00.000000Z',
        '2026-01-10T12:00:00+00:00',
        '2026-01-10T21:00:00+09:00',
        '2026-01-10T04:00:00.000-08:00',
        '2026-01-10T21:00:00+0900',
        '2026-01-10 21:00:00+09',
        '2026-01-10T12:00:00,000Z',
        '2026-01-10t12:00:00z',
        '2026-01-10 12:00:00 UTC',
        'Sat, 10 Jan 2026 12:00:00 GMT',
        '1768046400',
        '1768046400000',
        1_768_046_400,
        1_768_046_400_000,
      ]) {
        should(instantOf(date)).equal(NOON, String(date));
      }
      should(instantOf('2026-01-10')).equal(NOON - 12 * 3_600_000);
    });
  }

  it('are none where nothing can be made of them', () => {
    for (const date of ['', 'soon', '2026-13-40T00:00:00', '0', 0, -1, NaN, Infinity, 1e300, null, undefined])
      should(instantOf(date)).equal(null);
  });
});
