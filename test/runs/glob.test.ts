import fc from 'fast-check';
import picomatch from 'picomatch';
import should from 'should';
import { isRescaleError } from '../../src/api/errors/errors';
import { globMatcher } from '../../src/runs/files/glob';

describe('A pattern', () => {
  it('means what it means to the library, for patterns of names', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_'), minLength: 1, maxLength: 5 });
    const part = fc.oneof(
      fc.constant('**'),
      fc
        .array(fc.constantFrom('a', 'b', 'c', '*', '?', 'ab'), { minLength: 1, maxLength: 4 })
        .map((letters) => letters.join('').replace(/\*+/g, '*')),
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        (parts, names) => {
          const [pattern, path] = [parts.join('/'), names.join('/')];
          // What is below a directory is not a file of its name, other than to the library.
          const meant = parts.length > 1 && parts.at(-1) === '**' ? `${pattern}/*` : pattern;
          globMatcher(pattern)(path).should.equal(picomatch(meant, { dot: true, windows: false })(path));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('with brackets is the library’s', () => {
    const matches = globMatcher('case_[0-9]*.{csv,vtk}');
    ['case_1.csv', 'case_12.vtk', 'case_x.csv'].map(matches).should.eql([true, true, false]);
  });

  it('with braces stands for each of its choices, once', () => {
    const names = (pattern: string, ...all: string[]) => all.filter(globMatcher(pattern));
    names('{p,U}_{1..12}.{csv,vtk}', 'p_1.csv', 'U_12.vtk', 'U_13.vtk', 'k_1.csv').should.eql([
      'p_1.csv',
      'U_12.vtk',
    ]);
    names('case{01..10}', 'case03', 'case3', 'case10').should.eql(['case03', 'case10']);
    names('a{b,{c,d}/e,}', 'ab', 'ac/e', 'ad/e', 'a', 'ae').should.eql(['ab', 'ac/e', 'ad/e', 'a']);
    names('!*.{tmp,log}', 'a.tmp', 'a.log', 'a.csv').should.eql(['a.csv']);
    names('\\{a,b}', 'a', 'b', '{a,b}').should.eql(['{a,b}']);
    names('[{,]{1,2}', '{1', ',2', '1').should.eql(['{1', ',2']);
    names('{a}', '{a}', 'a').should.eql(['{a}']);
    names('!(*.tmp)', 'a.tmp', 'a.csv').should.eql(['a.csv']);
  });

  it('of many braces with the same choices takes no time', () => {
    // Two ways to share a name among each of them are a billion ways among thirty.
    globMatcher(`${'{a,a}'.repeat(190)}b`)('a'.repeat(240)).should.be.false();
    globMatcher(`${'{a,a}'.repeat(190)}b`)(`${'a'.repeat(190)}b`).should.be.true();
    globMatcher(`${'{a,aa}'.repeat(30)}b`)('a'.repeat(240)).should.be.false();
  });

  it('of many stars takes a time that its lengths alone decide', () => {
    // An expression would not come back in this life.
    globMatcher(`${'*a'.repeat(200)}*b`)('a'.repeat(10_000)).should.be.false();
    globMatcher(`${'**/a/'.repeat(100)}b`)('a/'.repeat(2_000) + 'c').should.be.false();
  });

  const tooSlow = [
    '[ab]*a*a*a*b',
    '+(a|aa)+(a)+(a)*b',
    '(a|aa)+b',
    '*(a*)b',
    '(a|a)'.repeat(30),
    '{1..9}'.repeat(9),
    '{1..100000}',
    '{1..99999999999999999999}',
    'a'.repeat(100_000),
  ];
  for (const pattern of tooSlow) {
    it(`such as ${pattern.slice(0, 20)} is refused, for it could block Node-RED`, () => {
      let thrown: unknown;
      try {
        globMatcher(pattern);
      } catch (error) {
        thrown = error;
      }
      isRescaleError(thrown).should.be.true();
      should(thrown).have.property('code', 'RESCALE_INPUT');
    });
  }

  it('finds letters composed and decomposed, and hidden files only where they are wanted', () => {
    globMatcher('größe*'.normalize('NFD'))('größe.csv'.normalize('NFC')).should.be.true();
    globMatcher('**', { hidden: true })('.git/config').should.be.true();
    globMatcher('**', { hidden: false })('.git/config').should.be.false();
    globMatcher('.git/*', { hidden: false })('.git/config').should.be.true();
  });
});
