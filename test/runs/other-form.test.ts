import 'should';
import { keyedAs, readFollowState, startOfFollow } from '../../src/runs/follow/follow-state';
import { lineHash } from '../../src/runs/lines/line-key';
import { ModelFile, Reader } from '../support/model-log';

const header = ['Solver 12', 'Case: a', 'Mesh: 3 cells', 'Start'].map((line) => `${line}\n`).join('');
const lines = (from: number, to: number, line: (index: number) => string) =>
  Array.from({ length: to - from }, (_, index) => `${line(from + index)}\n`).join('');
const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');
/** What any form of a line has in common, as far as a form was cut. */
const ESCAPE = '\u001b';
const COLOUR = new RegExp(`${ESCAPE}?\\[\\d*[mK]`, 'g');
const bare = (line: string) => line.replace(COLOUR, '').replace(/\s/g, '').slice(0, 70);

/** How a program writes its lines, and how a platform's tail may show them. */
const FORMS: Record<string, { line: (index: number) => string; show: (text: string[]) => string[] }> = {
  'without blanks at their ends': {
    line: (index) => `step ${index} done${index % 3 ? '   ' : '\t'}`,
    show: (texts) => texts.map((text) => text.trimEnd()),
  },
  'without blanks around them': {
    line: (index) => `   step ${index}   `,
    show: (texts) => texts.map((text) => text.trim()),
  },
  'with tabs expanded': {
    line: (index) => `step\t${index}\t${index * 7}`,
    show: (texts) => texts.map((text) => text.replaceAll('\t', '        ')),
  },
  'without colours': {
    line: (index) => `step \u001b[31m${index}\u001b[0m\u001b[K done`,
    show: (texts) => texts.map((text) => text.replace(COLOUR, '')),
  },
  'with what is left of colours': {
    line: (index) => `step \u001b[31m${index}\u001b[0m done`,
    show: (texts) => texts.map((text) => text.replaceAll('\u001b', '')),
  },
  'without blank lines': {
    line: (index) => `step ${index}\n`,
    show: (texts) => texts.filter((text) => text !== ''),
  },
  'cut at 80 characters': {
    line: (index) => `step ${index} ${'v'.repeat(index % 5 === 0 ? 10 : 100)} ${index}`,
    show: (texts) => texts.map((text) => text.slice(0, 80)),
  },
};

describe('a tail that shows lines in another form than the file has them', () => {
  for (const [what, { line, show }] of Object.entries(FORMS)) {
    for (const from of ['start', 'now'] as const) {
      it(`(${what}) doubles no line and states no gap, from ${from}`, async () => {
        for (const perLook of [1, 3, 40]) {
          const file = new ModelFile();
          file.cut = (text) => show(linesOf(text));
          const reader = new Reader(from);
          file.text = header;
          await reader.look(file);
          const total = perLook * 30;
          for (let to = perLook; to <= total; to += perLook) {
            file.text = header + lines(0, to, line);
            await reader.look(file);
            if (to === perLook * 15) reader.restart();
            // As when it stands still: the file itself is read, or its size asked for.
            if (to === perLook * 20) for (let look = 0; look < 4; look += 1) await reader.look(file);
          }
          file.text += 'the end\n';
          await reader.end(file);
          reader.gaps.should.equal(0);
          const got = reader.lines.map(bare).filter((text) => text !== '');
          const all = linesOf(file.text)
            .map(bare)
            .filter((text) => text !== '');
          got.should.eql(from === 'now' ? all.slice(all.length - got.length) : all);
          got.length.should.be.aboveOrEqual(total + 1);
        }
      });
    }
  }

  it('costs no more requests where only blanks or colours differ', async () => {
    for (const what of ['without blanks around them', 'with tabs expanded', 'without colours']) {
      const { line, show } = FORMS[what]!;
      const file = new ModelFile();
      file.cut = (text) => show(linesOf(text));
      const reader = new Reader();
      file.text = header;
      await reader.look(file);
      for (let to = 10; to <= 600; to += 10) {
        file.text = header + lines(0, to, line);
        await reader.look(file);
      }
      file.wholeReads.should.equal(0);
      file.windows.length.should.be.belowOrEqual(65);
    }
  });

  it('is still told from another file', async () => {
    for (const { line, show } of Object.values(FORMS)) {
      const file = new ModelFile();
      file.cut = (text) => show(linesOf(text));
      const reader = new Reader();
      file.text = header;
      await reader.look(file);
      file.text = header + lines(0, 30, line);
      await reader.look(file);
      file.text = header + lines(1000, 1040, line);
      await reader.end(file);
      reader.gaps.should.equal(1);
      const shown = (texts: string[]) => texts.map(bare).filter((text) => text !== '');
      const all = linesOf(lines(1000, 1040, line));
      shown(reader.lines).slice(-40).should.eql(shown(all));
    }
  });

  it('goes on with the keys of before where a follow began with them', async () => {
    lineHash('a\tb c', false, true).should.not.equal(lineHash('a\tbc', false, true));
    const file = new ModelFile();
    const begun = { ...startOfFollow('start'), bare: undefined };
    const reader = new Reader();
    reader.state = readFollowState(JSON.parse(JSON.stringify(begun)))!;
    const line = (index: number) => ` Größe\t${index} `;
    for (let to = 0; to <= 300; to += 20) {
      file.text = header + lines(0, to, line);
      await reader.look(keyedAs(reader.state, file));
    }
    // Keys as they were made then.
    reader.state.anchor[0]!.should.equal(lineHash('Solver 12', false, true));
    reader.state.anchor[0]!.should.not.equal(lineHash('Solver 12'));
    reader.lines.should.eql(linesOf(file.text).slice(0, -1));
    reader.gaps.should.equal(0);
  });
});
