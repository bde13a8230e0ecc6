import should from 'should';
import { compileExpression, ExpressionProblem } from '../../../src/insight/logs/reader/expression';
import { compilePatterns, type UserPattern } from '../../../src/insight/logs/reader/user-patterns';
import { createLogReader } from '../../../src/insight/logs/reader/create-log-reader';
import { foamLog } from '../../support/logs/foam-log';
import { readPieces, readText, readWithRestarts } from '../../support/logs/read-log';

const value = (name: string, expression: string): UserPattern => ({ name, expression, role: 'value' });
const step = (expression: string): UserPattern => ({ name: 'step', expression, role: 'step' });

describe('patterns of users', () => {
  it('make steps and values of a log that is no known solver’s', () => {
    const text = 'hello\nstep 10\nloss=0.5\nstep 20\nloss=2.5e-1\n';
    const log = readText(text, {
      solver: 'patterns',
      patterns: [step('^step (\\d+)'), value('loss', 'loss=(\\S+)')],
    });
    should(log.steps.map(({ step: number, time }) => [number, time])).eql([
      [1, 10],
      [2, 20],
    ]);
    should([0, 1].map((index) => log.value(index, 'loss'))).eql([0.5, 0.25]);
  });

  it('name series by named groups', () => {
    const log = readText('epoch 3 train 0.5 test 0.75\nepoch 4 train 0.4 test 0.7\n', {
      solver: 'patterns',
      patterns: [value('row', 'epoch (?<step>\\d+) train (?<train>\\S+) test (?<test>\\S+)')],
    });
    should(log.steps.map(({ time }) => time)).eql([3, 4]);
    should(log.value(1, 'train')).equal(0.4);
    should(log.value(1, 'test')).equal(0.7);
  });

  it('begin a step with each match where none names one', () => {
    const log = readText('a 1\nb 2\na 3\nb 4\na 5\n', {
      solver: 'patterns',
      patterns: [value('a', 'a (\\d)'), value('b', 'b (\\d)')],
    });
    should(log.steps).have.length(3);
    should([0, 1, 2].map((index) => log.value(index, 'a'))).eql([1, 3, 5]);
    should(log.value(2, 'b')).equal(undefined);
  });

  it('are added to a known solver’s series, whose steps stay its own', () => {
    const text = foamLog({ steps: 3 }).replace(/^(Time = (\d).*\n)/gm, '$1total heat: $2.5 W\n');
    const log = readText(text, { patterns: [value('heat', 'total heat: ([\\d.]+)'), step('total heat')] });
    should(log.reader.solver).equal('openfoam');
    should(log.steps).have.length(3);
    should([0, 1, 2].map((index) => log.value(index, 'heat'))).eql([1.5, 2.5, 3.5]);
  });

  it('give a value that stands between the rows of a table to the row that follows', () => {
    const log = readText('iter,cd\nheat 7\n1,0.5\n2,0.4\nheat 9\n3,0.3\n', {
      solver: 'table',
      patterns: [value('heat', 'heat (\\d)')],
    });
    should([0, 1, 2].map((index) => log.value(index, 'heat'))).eql([7, undefined, 9]);
  });

  it('tell good and bad words', () => {
    const patterns: UserPattern[] = [
      { name: 'well', expression: 'all done', role: 'good' },
      { name: 'ill', expression: '/negative jacobian/i', role: 'bad' },
    ];
    const log = readText('Negative Jacobian in 5\nall done\n', { solver: 'patterns', patterns });
    should(log.remarks.map(({ kind, rule }) => [kind, rule])).eql([
      ['crashed', 'pattern-ill'],
      ['converged', 'pattern-well'],
    ]);
  });

  it('read an unknown log from its first line on, once it is clear that nobody else can', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `loss=${index}`);
    const log = readText(`${lines.join('\n')}\n`, { patterns: [value('loss', 'loss=(\\d+)')] });
    should(log.reader.solver).equal('patterns');
    should(log.steps).have.length(300);
    const short = readText('loss=1\nloss=2\n', { patterns: [value('loss', 'loss=(\\d+)')] });
    should(short.steps).have.length(2);
  });

  it('give the same for any cutting and after restarts', () => {
    const options = { patterns: [value('loss', 'loss=(\\S+)'), step('step (\\d+)')] };
    const text = Array.from({ length: 250 }, (_, index) => `step ${index}\nloss=${index / 7}`).join('\r\n');
    const whole = readText(text, options).items;
    should(whole).have.length(250);
    should(readPieces([...text], options).items).eql(whole);
    should(readWithRestarts(text.match(/[^]{1,97}/g) ?? [], options).items).eql(whole);
  });

  it('are refused with a sentence that names them and says what to do', () => {
    const problem = (pattern: Partial<UserPattern>): string => {
      try {
        createLogReader({ patterns: [{ name: 'heat', expression: 'x', role: 'value', ...pattern }] });
      } catch (error) {
        // Its reader may be loaded apart, so it is known by its name.
        (error as Error).constructor.name.should.equal('PatternProblem');
        return (error as Error).message;
      }
      return '';
    };
    should(problem({ expression: '(' })).match(
      /^The pattern “heat” can’t be used: it is no regular expression/,
    );
    should(problem({ expression: '((a?){40}){40}' })).match(/too large/);
    should(problem({ expression: '(?=a)b' })).match(/lookahead/);
    should(problem({ expression: '(a)\\1' })).match(/back references/);
    should(problem({ expression: '(\\d?){500}' })).match(/too large/);
    should(problem({ expression: ' ' })).match(/empty/);
    should(problem({ name: '' })).match(/Pattern 1 has no name/);
    should(problem({ role: 'nothing' as 'value' })).match(/role: value, step, good, bad/);
    should(() => compilePatterns(Array.from({ length: 51 }, () => value('a', 'a')))).throw(/at most 50/);
  });

  it('cannot be made to backtrack: what holds up the built-in engine for ever gives its answer', () => {
    const line = `${'a'.repeat(4_000)}${' '.repeat(4_000)}!`;
    for (const expression of [
      '(a+)+$',
      '(a|a)*b',
      '(.*)*=',
      'a*a*a*a*a*b',
      '(x+x+)+y',
      '\\s+$',
      '.*.*.*=',
      '(a?){30}a{30}b',
    ])
      should(compileExpression(expression).match(line)).equal(null, expression);
  });

  it('meet no more of a line than its first 10,000 characters', () => {
    const line = `${' '.repeat(9_990)}loss=12345678`;
    should(compileExpression('loss=(\\d+)').match(line)?.groups[1]).equal('12345');
    should(compileExpression('78$').match(line)).equal(null);
  });

  it('take what users of other engines write: named groups, escaped slashes, flags', () => {
    should(compileExpression('a\\/(?<n>\\d+)').match('a/12')?.named).eql({ n: '12' });
    should(compileExpression('/RESIDUAL/i').match('residual')).not.equal(null);
    should(() => compileExpression('/a/g')).throw(ExpressionProblem);
  });
});
