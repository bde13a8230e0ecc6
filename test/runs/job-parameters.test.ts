import 'should';
import { parameterTable } from '../../src/runs/jobs/parameters';

const csvOf = (value: unknown) => parameterTable(value).csv;
const refusal = (value: unknown): string => {
  try {
    return parameterTable(value).csv;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the parameters of a sweep', () => {
  it('are sent as they were checked: by commas, line by line, without blank lines and blanks around numbers', () => {
    for (const text of ['a,b\n1,2\n', '\ufeffa,b\r\n1,2\r\n', 'a,b\r1,2\r', 'a, b\n1, 2\n', 'a,b\n\n1,2\n\n'])
      csvOf(text).should.equal('a,b\n1,2\n');
    csvOf(Buffer.from('a,b\n1,2')).should.equal('a,b\n1,2\n');
    csvOf('x,note\n1.50,"b, c"\n1e3, as it is\n').should.equal('x,note\n1.50,"b, c"\n1e3," as it is"\n');
  });

  it('are rows of a table, too; what a row lacks is blank', () => {
    csvOf([{ a: 1, b: 'x' }, { a: true }]).should.equal('a,b\n1,x\ntrue,\n');
    parameterTable([{ a: 1 }]).should.containEql({ rows: 1 });
    csvOf(JSON.parse('[{"a":1},{"a":2,"__proto__":5,"constructor":6}]')).should.equal(
      'a,__proto__,constructor\n1,,\n2,5,6\n',
    );
  });

  for (const [what, value, words] of [
    ['semicolons', 'a;b\n1,5;2\n', /separated by ; and not by commas/],
    ['semicolons, as Excel announces them', 'sep=;\na;b\n1;2\n', /separated by ;/],
    ['tabs', 'a\tb\n1\t2\n', /separated by Tab/],
    ['bars', 'a|b\n1|2\n', /separated by \|/],
    ['blanks', 'a b\n1 2\n', /separated by ␣/],
    ['no names of columns', '1,2\n3,4\n', /numbers and not the names/],
    ['a column without a name', 'a,\n1,2\n', /has no name/],
    ['an object for a value', [{ a: { x: 1 } }], /row 1 has neither a text nor a number in column “a”/],
    ['no number for one', [{ a: 1 }, { a: NaN }], /row 2 has neither/],
    [
      'a property that throws',
      [
        { a: 1 },
        {
          get a() {
            throw new Error('no');
          },
        },
      ],
      /column “a” in row 2 can’t be read/,
    ],
    ['no rows', [], /neither CSV text nor rows/],
    ['a row that is none', [{ a: 1 }, null], /neither CSV text nor rows/],
  ] as [string, unknown, RegExp][]) {
    it(`are refused with ${what}`, () => {
      refusal(value).should.match(words);
    });
  }
});
