import fc from 'fast-check';
import should from 'should';
import { lineHash } from '../../src/runs/lines/line-key';
import { anchorEndsAt, findAnchor, overlapNeeded, placeWindow } from '../../src/runs/lines/line-window';

const hashes = (text: string) => text.split(' ').map((word) => lineHash(word));

/** The definition, without any cleverness: every place where the known end of the anchor fits. */
function placesByHand(anchor: readonly number[], window: readonly number[]): number[] {
  const places: number[] = [];
  for (let place = 1; place <= window.length; place += 1) {
    const overlap = Math.min(place, anchor.length);
    const part = window.slice(place - overlap, place);
    const end = anchor.slice(anchor.length - overlap);
    if (part.every((hash, index) => hash === end[index])) places.push(place);
  }
  return places;
}

describe('a window of the last lines', () => {
  it('is placed by the lines that were consumed last', () => {
    const anchor = Array.from({ length: 100 }, (_, index) => index);
    placeWindow(anchor, [...anchor.slice(60), 100, 101])!.should.equal(40);
    placeWindow(anchor, anchor)!.should.equal(100);
    placeWindow(anchor.slice(60), [...anchor, 100])!.should.equal(100);
  });

  it('finds the same places as a search by hand, for any two lists', () => {
    const letters = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 30 });
    fc.assert(
      fc.property(letters, letters, (anchor, window) => {
        if (anchor.length === 0) return;
        findAnchor(anchor, window).should.eql(placesByHand(anchor, window));
      }),
      { numRuns: 2000 },
    );
  });

  it('is not placed when a log repeats itself', () => {
    const same = Array.from({ length: 40 }, () => 7);
    should(placeWindow(same, same)).be.null();
    const turns = Array.from({ length: 40 }, (_, index) => index % 4);
    should(placeWindow(turns, turns.slice(0, 30))).be.null();
  });

  it('is not placed by lines that also come elsewhere, such as blank ones', () => {
    const blanks = hashes(Array.from({ length: 20 }, () => '').join(' '));
    const other = hashes('one two');
    should(placeWindow([...other, ...blanks], [...blanks, ...hashes('three four')])).be.null();
  });

  it('is not placed by an overlap too small to believe', () => {
    const anchor = Array.from({ length: 40 }, (_, index) => index);
    const window = [38, 39, ...Array.from({ length: 60 }, (_, index) => 100 + index)];
    should(placeWindow(anchor, window)).be.null();
    placeWindow(anchor, [...anchor.slice(-20), ...window.slice(2)])!.should.equal(20);
  });

  it('is placed by few lines when each of them is found nowhere else, and by more when not', () => {
    const anchor = Array.from({ length: 40 }, (_, index) => index);
    const fresh = Array.from({ length: 60 }, (_, index) => 100 + index);
    placeWindow(anchor, [...anchor.slice(-6), ...fresh])!.should.equal(6);
    should(placeWindow(anchor, [...anchor.slice(-5), ...fresh])).be.null();
    should(placeWindow(anchor, [...anchor.slice(-6), 39, ...fresh])).be.null();
    overlapNeeded(anchor).should.equal(6);
    overlapNeeded(anchor.map((key) => (key % 2 === 0 ? 0 : key))).should.equal(11);
    overlapNeeded(anchor.map((key) => (key % 4 === 0 ? key : 1))).should.equal(16);
  });

  it('is not placed where nothing fits', () => {
    should(placeWindow(hashes('a b c'), hashes('d e f'))).be.null();
  });

  it('compares the lines before a known position', () => {
    anchorEndsAt(hashes('b c'), hashes('a b c d'), 3).should.be.true();
    anchorEndsAt(hashes('b c'), hashes('a x c d'), 3).should.be.false();
    anchorEndsAt(hashes('b c'), hashes('a b'), 3).should.be.false();
  });
});

describe('the hash of a line', () => {
  it('is the same whether the line came as text or as bytes, whatever its end and encoding', () => {
    const latin = Buffer.from([0x54, 0xe9, 0x6d, 0x70]);
    lineHash(latin.toString('utf8')).should.equal(lineHash(latin.toString('latin1')));
    lineHash('Time = 1\r').should.equal(lineHash('Time = 1'));
  });

  it('tells lines apart', () => {
    const seen = new Set(Array.from({ length: 50_000 }, (_, index) => lineHash(`Time = ${index}`)));
    seen.size.should.equal(50_000);
  });
});
