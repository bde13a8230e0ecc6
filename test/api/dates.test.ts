import should from 'should';
import { instantOf } from '../../src/api/time/dates';

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
        '20260110T120000Z',
        '20260110T120000',
        '20260110T1200Z',
        '20260110T210000,000+0900',
        '2026-01-10T21:00:00+09',
        '2026-01-10T04:00:00−08:00',
        '20260110120000',
        '2026-01-10T11:59:60Z',
        '20260110T115960Z',
        '2026-01-10T11:59:60.000+00:00',
        '2026-010T12:00:00Z',
        '2026010T120000Z',
        '2026-W02-6T12:00:00Z',
        '2026W026T120000Z',
        'Sat, 10 Jan 2026 12:00:00 +0000',
        '10 January 2026 12:00',
        'Jan 10, 2026 12:00:00',
        '10-Jan-2026 12:00:00',
        '2026/01/10 12:00:00',
        '10.01.2026 12:00',
        'Sat Jan 10 2026 21:00:00 GMT+0900 (JST)',
        'Sat, 10 Jan 2026 12:00:00 GMT',
        '1768046400',
        '1768046400000',
        1_768_046_400,
        1_768_046_400_000,
      ]) {
        should(instantOf(date)).equal(NOON, String(date));
      }
      for (const day of ['2026-01-10', '20260110', '2026-010', '2026-W02-6', '2026-01-09T24:00:00Z'])
        should(instantOf(day)).equal(NOON - 12 * 3_600_000, day);
    });
  }

  it('keep what is after the point to the millisecond, and know the calendar', () => {
    should(instantOf('2015-02-18T03:09:14.667999Z')).equal(Date.UTC(2015, 1, 18, 3, 9, 14, 667));
    should(instantOf('2026-01-10T12:00:00.5Z')).equal(NOON + 500);
    should(instantOf('2016-12-31T23:59:60Z')).equal(Date.UTC(2017, 0, 1));
    should(instantOf('2024-02-29')).equal(Date.UTC(2024, 1, 29));
    should(instantOf('2024-366')).equal(Date.UTC(2024, 11, 31));
    should(instantOf('2020-W53-7')).equal(Date.UTC(2021, 0, 3));
  });

  it('are none where nothing can be made of them', () => {
    const numbers = [0, -1, NaN, Infinity, 1e300];
    const texts = [
      '',
      'soon',
      '0',
      '2026',
      '2026-01',
      'completed 2026',
      'attempt 3 of 2026-2027',
      '01/10/2026 12:00',
      '31.02.2026 12:00',
    ];
    const impossible = [
      '2026-13-40T00:00:00',
      '2026-02-29',
      '2026-366',
      '2026-W54-1',
      '2026-01-10T24:00:01Z',
      '2026-01-10T12:60:00Z',
    ];
    for (const date of [...numbers, ...texts, ...impossible, '2026-01-10T12:00:61Z', null, undefined])
      should(instantOf(date)).equal(null, String(date));
  });
});
