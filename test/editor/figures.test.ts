import 'should';
import { sharedCode } from './shipped';

describe('Dates and sizes in a dialog', () => {
  const { age, localTime, size } = sharedCode('en-US');
  const now = Date.parse('2026-03-01T12:00:00Z');

  it('say nothing where there is no date', () => {
    for (const none of [null, undefined, '', 'soon', 0]) {
      age(none, now).should.equal('', String(none));
      localTime(none).should.equal('', String(none));
    }
  });

  it('say how long ago', () => {
    age('2026-03-01T11:00:00Z', now).should.equal('1 hour ago');
    age('2026-02-27T12:00:00Z', now).should.equal('2 days ago');
  });

  it('say the time where the reader is', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Tokyo';
    localTime('2026-03-01T12:00:00Z').should.match(/Mar 1, 2026, 9:00\sPM/);
    process.env['TZ'] = zone ?? 'UTC';
  });

  it('say sizes with a unit, and nothing where there is none', () => {
    size(1234).should.equal('1.23 kB');
    size(null).should.equal('');
  });

  it('say how long an answer took, with the decimals of the reader’s language', () => {
    sharedCode('en-US').seconds(34).should.equal('0.03');
    sharedCode('de').seconds(34).should.equal('0,03');
    sharedCode('de').seconds(12_400).should.equal('12');
  });
});
