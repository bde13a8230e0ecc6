import 'should';
import { CELL, readRow, valueAt } from '../../../src/insight/logs/number-row';
import { readNumber } from '../../../src/insight/logs/numbers';
import type { Delimiter } from '../../../src/insight/logs/table-cells';
import { seededRandom } from '../../support/seeded-random';

const random = seededRandom(11);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;

/** Numbers in all forms that solvers print, and what only looks like one. */
function cell(): string {
  const value = (random() - 0.5) * 10 ** Math.floor(random() * 80 - 40);
  return pick([
    () => String(value),
    () => value.toExponential(Math.floor(random() * 17)),
    () => value.toFixed(Math.floor(random() * 12)),
    () => value.toExponential(7).replace('e', pick(['E', 'D', 'd'])),
    () => value.toExponential(4).replace(/e([+-])(\d)$/, 'e$100$2'),
    () => String(Math.floor(random() * 1e9)),
    () =>
      pick([
        'nan',
        '-nan',
        'NaN',
        '1.#IND',
        'inf',
        '-Infinity',
        '1.2-105',
        '.5',
        '5.',
        '+3',
        '-0',
        '000012',
        '1e400',
      ]),
    () => pick(['-', '.', 'e5', '1e', '1.2.3', '1e+', '0x1f', 'PBiCGStab', 'true', '12:30', '3U', 'U+3030']),
  ])();
}

const same = (one: number | undefined, other: number | undefined): boolean => Object.is(one, other);

describe('a row of numbers', () => {
  for (const [name, delimiter, glue] of [
    ['blanks', ' ', '   '],
    ['commas', ',', ' , '],
    ['tabs', '\t', '\t'],
    ['bars', '|', ' | '],
  ] as [string, Delimiter, string][]) {
    it(`has the same numbers, to the last bit, as its cells one by one (parted by ${name})`, () => {
      for (let round = 0; round < 500; round += 1) {
        const cells = Array.from({ length: 1 + Math.floor(random() * 12) }, cell);
        const text = delimiter === '|' ? `| ${cells.join(glue)} |` : `${pick(['', ' '])}${cells.join(glue)}`;
        const row = readRow(text, delimiter);
        row.count.should.equal(cells.length, text);
        cells.forEach((one, index) => {
          same(valueAt(row, index), readNumber(one)).should.equal(true, `${one} in “${text}”`);
          text.slice(row.starts[index], row.ends[index]).should.equal(one);
        });
      }
    });
  }

  it('keeps the place of an empty cell, has none behind a trailing delimiter, and reads quoted ones', () => {
    const row = readRow('1,,"2.5" ,"a,b",', ',');
    row.count.should.equal(4);
    [valueAt(row, 0), valueAt(row, 1), valueAt(row, 2), valueAt(row, 3)].should.eql([
      1,
      undefined,
      2.5,
      undefined,
    ]);
    [...row.kinds.slice(0, 4)].should.eql([CELL.number, CELL.empty, CELL.number, CELL.text]);
  });

  it('ends where it is told to, although digits follow', () => {
    const row = readRow('1 2 345', ' ', 0, 5);
    [row.count, valueAt(row, 2)].should.eql([3, 3]);
  });

  it('may have more cells than any before', () => {
    const row = readRow(Array.from({ length: 3000 }, (_, index) => index / 8).join(' '), ' ');
    [row.count, valueAt(row, 2999)].should.eql([3000, 2999 / 8]);
  });
});
