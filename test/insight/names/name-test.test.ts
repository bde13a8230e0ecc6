import 'should';
import should from 'should';
import { nameTest } from '../../../src/insight/names/name-test';

const matching = (pattern: string, ...names: string[]) => names.filter(nameTest(pattern)!);

describe('names of series with commas between them', () => {
  it('are nothing when blank', () => {
    for (const blank of ['', '  ', ' , ']) should(nameTest(blank)).be.null();
  });

  it('are names, or patterns with stars and question marks', () => {
    matching('U?, p', 'Ux', 'Uy', 'p', 'p_rgh', 'k').should.eql(['Ux', 'Uy', 'p']);
    matching('*_final', 'Ux', 'Ux_final', '_final').should.eql(['Ux_final', '_final']);
    matching('a*b*c', 'abc', 'aXbYc', 'acb', 'aXbXbc').should.eql(['abc', 'aXbYc', 'aXbXbc']);
  });

  it('leave out what stands after an exclamation mark', () => {
    matching('U*, !Uz', 'Ux', 'Uz', 'p').should.eql(['Ux']);
    matching('!p', 'Ux', 'p').should.eql(['Ux']);
  });

  it('take brackets, dots and braces for what they are', () => {
    matching(
      'rms[Rho], alpha.water, Cl(f), {a,b}',
      'rms[Rho]',
      'rmsR',
      'alpha.water',
      'alphaXwater',
      'Cl(f)',
    ).should.eql(['rms[Rho]', 'alpha.water', 'Cl(f)']);
  });

  it('cost no more than name times pattern, however many stars', () => {
    const test = nameTest(`${'*a'.repeat(2000)}b`)!;
    test('a'.repeat(5000)).should.be.false();
  });
});
