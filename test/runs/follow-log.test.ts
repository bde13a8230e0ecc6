import 'should';
import { readFollowState } from '../../src/runs/follow/follow-state';
import type { LineKey } from '../../src/runs/lines/line-key';
import { ModelFile, Reader } from '../support/model-log';

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `Time = ${from + index}\n`).join('');

describe('following a log', () => {
  it('delivers every line once, in order', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 5);
    await reader.look(file);
    file.text += numbered(5, 60);
    await reader.look(file);
    await reader.look(file);
    await reader.end(file);
    reader.lines.join('\n').should.equal(file.text.trimEnd());
    reader.gaps.should.equal(0);
  });

  it('holds a half written last line back until it is whole', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = 'one\ntw';
    await reader.look(file);
    await reader.look(file);
    await reader.look(file);
    reader.lines.should.eql(['one']);
    file.text = 'one\ntwo\nthree\n';
    await reader.look(file);
    reader.lines.should.eql(['one', 'two']);
  });

  it('does not keep the last words of a log that stands still', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = 'one\nlicence denied\n';
    await reader.look(file);
    await reader.look(file);
    await reader.look(file);
    reader.lines.should.eql(['one', 'licence denied']);
    const reads = file.wholeReads;
    await reader.look(file);
    await reader.look(file);
    file.wholeReads.should.equal(reads);
    file.text += 'licence denied\nlicence denied\n';
    await reader.look(file);
    await reader.end(file);
    reader.lines.should.eql(['one', 'licence denied', 'licence denied', 'licence denied']);
  });

  it('widens its window after a burst and does not lose a line', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 40_000);
    await reader.look(file);
    file.text += numbered(40_000, 60_000);
    await reader.look(file);
    await reader.end(file);
    reader.lines.length.should.equal(60_000);
    reader.gaps.should.equal(0);
    reader.lines.at(-1)!.should.equal('Time = 59999');
  });

  it('sizes the next window to the rate that it has seen', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 10);
    await reader.look(file);
    for (let round = 1; round < 8; round += 1) {
      file.text += numbered(round * 1000, (round + 1) * 1000);
      await reader.look(file);
    }
    file.windows = [];
    file.text += numbered(8000, 9000);
    await reader.look(file);
    file.windows.length.should.equal(1);
    reader.gaps.should.equal(0);
  });

  it('reads a log of nothing but the same line without a guess', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = '.\n'.repeat(300);
    await reader.look(file);
    file.text += '.\n'.repeat(150);
    await reader.look(file);
    file.text += '.\n'.repeat(7);
    await reader.look(file);
    await reader.end(file);
    reader.lines.length.should.equal(457);
    reader.gaps.should.equal(0);
  });

  it('states a gap where the file can’t be had and lines were lost, and only there', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 50);
    await reader.look(file);
    file.wholeRefused = true;
    file.text += numbered(50, 200_000);
    await reader.look(file);
    file.text += numbered(200_000, 200_010);
    await reader.look(file);
    reader.gaps.should.equal(1);
    const gap = reader.deliveries.findIndex((delivery) => delivery.gap);
    reader.deliveries
      .slice(0, gap)
      .flatMap((delivery) => delivery.lines)
      .length.should.equal(49);
    reader.deliveries[gap]!.lines.length.should.equal(50_000 - 1);
  });

  it('takes a file that was written anew as new, and says that lines may be missing before it', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 700);
    await reader.look(file);
    file.text = 'another start\n' + numbered(5000, 5003);
    await reader.look(file);
    await reader.end(file);
    reader.lines.slice(-4).should.eql(['another start', 'Time = 5000', 'Time = 5001', 'Time = 5002']);
    reader.gaps.should.equal(1);
    // Said once, with its first lines: who reads numbers in them must not go on with those of the old file.
    const replaced = reader.deliveries.filter((delivery) => delivery.replaced);
    replaced.map(({ lines }) => lines[0]).should.eql(['another start']);
  });

  it('does not take an earlier view of the file for another file', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 90);
    await reader.look(file);
    const now = file.text;
    file.text = numbered(0, 80);
    await reader.look(file);
    file.text = now;
    await reader.look(file);
    await reader.end(file);
    reader.lines.length.should.equal(90);
    reader.gaps.should.equal(0);
  });

  for (const [what, left] of [
    ['empty', ''],
    ['shorter by its last line', numbered(0, 2) + 'Time'],
    ['much shorter', numbered(0, 1)],
  ] as const) {
    for (const seen of [numbered(0, 3), numbered(0, 3) + numbered(3, 4)]) {
      it(`states a gap where the finished file is ${what} than what was followed: ${JSON.stringify(seen)}`, async () => {
        const file = new ModelFile();
        const reader = new Reader();
        file.text = numbered(0, 2);
        await reader.look(file);
        file.text = seen;
        for (let look = 0; look < 4; look += 1) await reader.look(file);
        const lines = reader.lines.length;
        file.text = left;
        await reader.end(file);
        reader.gaps.should.equal(1);
        reader.lines.length.should.be.aboveOrEqual(lines);
      });
    }
  }

  it('states no gap where the finished file is what was followed', async () => {
    for (const text of [numbered(0, 3), numbered(0, 2) + 'Time = 2', '', '\n\n']) {
      const file = new ModelFile();
      const reader = new Reader();
      file.text = text;
      for (let look = 0; look < 4; look += 1) await reader.look(file);
      await reader.end(file);
      reader.gaps.should.equal(0);
    }
  });

  it('passes over what is there at the start when told, however long', async () => {
    for (const before of [3, 5000]) {
      const file = new ModelFile();
      const reader = new Reader('now');
      file.text = numbered(0, before);
      await reader.look(file);
      file.text += 'first\nsecond\n';
      await reader.look(file);
      await reader.end(file);
      reader.lines.should.eql(['first', 'second']);
      reader.gaps.should.equal(0);
    }
  });

  it('says that lines may be missing when a log repeats itself and nobody counted from its start', async () => {
    const file = new ModelFile();
    const reader = new Reader('now');
    file.text = '.\n'.repeat(500);
    await reader.look(file);
    file.text += '.\n'.repeat(40);
    await reader.look(file);
    file.text += 'an end\n';
    await reader.look(file);
    await reader.end(file);
    reader.lines.at(-1)!.should.equal('an end');
    reader.gaps.should.equal(1);
  });

  it('reads the end of a finished file from where it stands, when it can', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 5000);
    await reader.look(file);
    file.text += numbered(5000, 5010) + 'without an end';
    const reads = file.wholeReads;
    await reader.end(file);
    file.wholeReads.should.equal(reads);
    reader.lines.length.should.equal(5011);
    reader.lines.at(-1)!.should.equal('without an end');
  });

  it('reads a log with Windows line ends and blank lines to its end', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = 'a\r\n\r\nb\r\n'.repeat(20);
    await reader.look(file);
    file.text += '\r\n\r\nc\r\n';
    await reader.look(file);
    await reader.end(file);
    reader.lines.join('\n').should.equal(file.text.replaceAll('\r', '').trimEnd());
    reader.gaps.should.equal(0);
  });

  it('takes a log without a letter of ASCII that was written anew as new', async () => {
    const written = (words: string, count: number) =>
      Array.from(
        { length: count },
        (_, index) => `${words[index % words.length]}${words[(index * 7) % 9]}\n`,
      );
    const file = new ModelFile();
    const reader = new Reader();
    const before = written('甲乙丙丁戊己庚辛壬癸', 60);
    const after = written('子丑寅卯辰巳午未申酉戌亥', 70);
    file.text = before.join('');
    await reader.look(file);
    file.text = after.join('');
    await reader.look(file);
    await reader.end(file);
    reader.lines.slice(-70).join('\n').should.equal(after.join('').trimEnd());
    reader.gaps.should.equal(1);
  });

  it('goes on from a state that the first version kept', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 5) + 'Übergang\n';
    await reader.look(file);
    const { pace, ...state } = reader.state;
    const loose = (key: LineKey) => (typeof key === 'number' ? key : key[0]);
    const stored = { ...state, version: 1, anchor: state.anchor.map(loose), peak: pace };
    reader.state = readFollowState(JSON.parse(JSON.stringify(stored)))!;
    file.text += numbered(5, 8);
    await reader.look(file);
    await reader.end(file);
    reader.lines.join('\n').should.equal(file.text.trimEnd());
    reader.gaps.should.equal(0);
  });

  it('drops the mark of the byte order before the first line', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = '\ufeffone\ntwo\n';
    await reader.look(file);
    await reader.end(file);
    reader.lines.should.eql(['one', 'two']);
  });

  it('tells by the size of a long file that its last line is complete, and reads it twice at most', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    const lookLong = async () => {
      for (let look = 0; look < 3; look += 1) {
        reader.notes.heldSince -= 60_000;
        await reader.look(file);
      }
    };
    file.text = numbered(0, 150_000);
    await lookLong();
    file.text += `${numbered(150_000, 150_050)}WARNING: slow\n`;
    await lookLong();
    reader.lines.at(-1)!.should.equal('WARNING: slow');
    const reads = file.wholeReads;
    reads.should.be.belowOrEqual(2);
    for (const word of ['ERROR: diverged', 'killed']) {
      file.text += `${numbered(150_050, 150_100)}${word}\n`;
      await lookLong();
      reader.lines.at(-1)!.should.equal(word);
    }
    file.text += 'half a li';
    await lookLong();
    reader.lines.at(-1)!.should.equal('killed');
    file.wholeReads.should.equal(reads);
    file.text += 'ne\n';
    await reader.end(file);
    reader.lines.at(-1)!.should.equal('half a line');
    reader.gaps.should.equal(0);
  });

  it('reads a finished log to its end whose lines have fewer bytes than its texts', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.encoding = 'latin1';
    file.text = 'Straße\n'.repeat(3) + Array.from({ length: 25 }, (_, index) => `Größe ${index}\n`).join('');
    for (let look = 0; look < 4; look += 1) await reader.look(file);
    file.text += 'ERROR: diverged\n';
    await reader.end(file);
    reader.lines.length.should.equal(29);
    reader.lines.at(-1)!.should.equal('ERROR: diverged');
    reader.gaps.should.equal(0);
  });

  for (const from of ['start', 'now'] as const) {
    it(`delivers the last piece of a line without an end, as its program left it, from ${from}`, async () => {
      for (const looks of [1, 2, 4]) {
        for (const more of ['', ' killed', '\r4% killed', '\r4% killed\nbye\n']) {
          const file = new ModelFile();
          const reader = new Reader(from);
          file.cut = (text) => text.replace(/[\n\r]$/, '').split(/\r\n|\n|\r/);
          file.text = 'start\n\r0%\r1%\r2%\r3%';
          for (let look = 0; look < looks; look += 1) await reader.look(file);
          file.text += more;
          await reader.end(file);
          const pieces = reader.lines.flatMap((line) => line.split('\r'));
          const all = file.text.trimEnd().split(/\n|\r/);
          const due = from === 'start' ? all : all.slice(6);
          pieces.slice(-due.length).should.eql(due.length > 0 ? due : pieces);
          if (from === 'start') pieces.should.eql(all);
          reader.gaps.should.equal(0);
        }
      }
    });
  }

  it('finds out by the size that a log which shows nothing new has grown, and reads it only then', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    const block = numbered(0, 200);
    file.text = block;
    for (let look = 0; look < 6; look += 1) await reader.look(file);
    const reads = file.wholeReads;
    for (let look = 0; look < 40; look += 1) await reader.look(file);
    file.wholeReads.should.equal(reads);
    for (const times of [2, 3]) {
      file.text = block.repeat(times);
      for (let look = 0; look < 20; look += 1) await reader.look(file);
      reader.lines.length.should.be.aboveOrEqual(200 * times - 1);
    }
    file.text += 'new\n';
    await reader.end(file);
    reader.lines.join('\n').should.equal(file.text.trimEnd());
    reader.gaps.should.equal(0);
  });
});
