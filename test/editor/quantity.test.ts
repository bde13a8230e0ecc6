import 'should';
import { parseQuantity, shownQuantity, storedQuantity, withPoint } from '../../nodes/editor/quantity';

describe('Quantities in a dialog', () => {
  it('are shown in the largest unit that a person would write', () => {
    shownQuantity(604_800, 'seconds', true).should.eql({ number: '7', unit: 'days' });
    shownQuantity('16777216', 'bytes', false).should.eql({ number: '16', unit: 'megabytes' });
    shownQuantity(90, 'seconds', false).should.eql({ number: '1.5', unit: 'minutes' });
    shownQuantity(31, 'seconds', false).should.eql({ number: '31', unit: 'seconds' });
    shownQuantity(24, 'hours', false).should.eql({ number: '1', unit: 'days' });
    shownQuantity(15, 'minutes', false).should.eql({ number: '15', unit: 'minutes' });
  });

  it('show 0 as the choice that it is, where it is one', () => {
    shownQuantity(0, 'seconds', true).should.eql({ number: '', unit: 'zero' });
    shownQuantity(0, 'seconds', false).should.eql({ number: '0', unit: 'seconds' });
    storedQuantity({ number: '', unit: 'zero' }, 'seconds').should.equal('0');
  });

  it('are typed with a unit, a decimal comma, in any of our languages', () => {
    parseQuantity('10 MB', 'bytes')!.should.eql({ number: 10, unit: 'megabytes' });
    parseQuantity('1,5h', 'seconds')!.should.eql({ number: 1.5, unit: 'hours' });
    parseQuantity('3 Tage', 'seconds')!.should.eql({ number: 3, unit: 'days' });
    parseQuantity('7日', 'seconds')!.should.eql({ number: 7, unit: 'days' });
    parseQuantity('2 시간', 'seconds')!.should.eql({ number: 2, unit: 'hours' });
    (parseQuantity('10 parsec', 'seconds') === null).should.be.true();
    (parseQuantity('1.2.3', 'seconds') === null).should.be.true();
  });

  it('are stored as one number, and as they were typed where they are none', () => {
    storedQuantity({ number: '7', unit: 'days' }, 'seconds').should.equal('604800');
    storedQuantity({ number: '0,1', unit: 'days' }, 'seconds').should.equal('8640');
    storedQuantity({ number: '1.5', unit: 'kilobytes' }, 'bytes').should.equal('1536');
    storedQuantity({ number: '10 MB', unit: 'bytes' }, 'bytes').should.equal('10485760');
    storedQuantity({ number: 'soon', unit: 'days' }, 'seconds').should.equal('soon');
  });

  it('come back as they were left', () => {
    for (const stored of [1, 30, 45, 60, 90, 3600, 5400, 86_400, 604_800, 604_801]) {
      storedQuantity(shownQuantity(stored, 'seconds', true), 'seconds').should.equal(String(stored));
    }
  });

  it('take a decimal comma for a point in plain numbers only', () => {
    withPoint('1,5').should.equal('1.5');
    withPoint('a,b').should.equal('a,b');
    withPoint('1,5,2').should.equal('1,5,2');
  });
});
