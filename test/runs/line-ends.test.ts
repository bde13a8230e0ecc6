import fc from 'fast-check';
import 'should';
import { ModelFile, Reader } from '../support/model-log';

/** Where a platform's tail may cut a text: at line feeds alone, as Python, as Java, and without dropping what follows the last end. */
const tails: Record<string, (text: string) => string[]> = {
  'line feeds': (text) => withoutBlankEnd(text.split('\n')),
  'line feeds, a blank at the end': (text) => text.split('\n'),
  'ends of Python': (text) => withoutBlankEnd(text.split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/)),
  'ends of Java, a blank at the end': (text) => text.replace(/\n$/, '').split(/\r\n|\n|\r/),
};

function withoutBlankEnd(lines: string[]): string[] {
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** More than is read at each look, so that sizes are asked for: see idle-line.ts. */
const LONG = 'ExecutionTime = 0 s ClockTime = 0 s, no message of any worth\r\n'.repeat(20_000);

describe('line ends of two bytes', function () {
  this.timeout(120_000);

  for (const [name, cut] of Object.entries(tails)) {
    for (const sized of [true, false]) {
      it(`make no line more or less, wherever they are cut between two looks (${name}${sized ? ', size told' : ''})`, async () => {
        const word = fc.constantFrom('', '', 'ok', '#', '#');
        const steps = fc.array(
          fc.tuple(fc.array(word, { maxLength: 9 }), fc.nat(3), fc.integer({ min: 1, max: 4 })),
          {
            maxLength: 14,
          },
        );
        await fc.assert(
          fc.asyncProperty(steps, async (some) => {
            const [file, reader] = [new ModelFile(), new Reader()];
            Object.assign(file, { cut, sized });
            let written = '';
            for (const [words, back, looks] of some) {
              for (const each of words) written += `${each === '#' ? `step ${written.length}` : each}\r\n`;
              const shown = Math.max(file.text.length, written.length - back);
              file.text = written.slice(0, shown);
              for (let look = 0; look < looks; look += 1) await reader.look(file);
            }
            file.text = written;
            file.cut = tails['line feeds']!;
            await reader.end(file);
            reader.lines.should.eql(written.split('\r\n').slice(0, -1));
            reader.gaps.should.equal(0);
          }),
          { numRuns: 120 },
        );
      });
    }

    it(`take no half line of a log for a whole one that is so long that only its size is asked for (${name})`, async () => {
      const [file, reader] = [new ModelFile(), new Reader()];
      file.cut = cut;
      const steps = Array.from({ length: 40 }, (_, index) => `step ${index}\r\n`).join('');
      // What repeats itself places no window, so that the file is read, and its bytes are counted.
      for (const appended of [LONG, `${LONG}${steps}be`, 'gun\r\nhal', '', '', 'f\r', '\n']) {
        file.text += appended;
        await reader.look(file);
        // It stood still for as long as reading it costs.
        reader.notes.heldSince = -Infinity;
      }
      file.cut = tails['line feeds']!;
      await reader.end(file);
      reader.lines.join('\r\n').should.equal(file.text.slice(0, -2));
      reader.gaps.should.equal(0);
    });
  }
});
