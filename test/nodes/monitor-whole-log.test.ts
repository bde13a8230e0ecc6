import 'should';
import should from 'should';
import type { Message } from '../../src/runtime/definition/definition';
import { foamLog } from '../support/logs/foam-log';
import { diverging, flowForEach, give, load, rowsOf, stateFiles, toldOf, verdictsOf } from './monitor-setup';

describe('rescale-monitor-run with a whole log, and with what it can’t use', function () {
  this.timeout(120_000);
  flowForEach();

  describe('a whole log', () => {
    for (const [what, make] of Object.entries<(text: string) => unknown>({
      'an array of lines': (text) => text.split('\n'),
      'a text': (text) => text,
      'a Buffer': (text) => Buffer.from(text),
    })) {
      it(`is judged as far as it goes when it comes as ${what}`, async () => {
        const loaded = await load();
        await give(loaded, [{ payload: make(diverging(60, 40)), topic: 'mine' }]);
        rowsOf(loaded).length.should.equal(60);
        verdictsOf(loaded).should.eql(['diverging', 'diverging']);
        loaded.received('out2').at(-1)!.payload!.should.have.property('reason', 'whole');
        loaded
          .received('out2')[0]!
          .rescale!.should.have.property(
            'summary',
            'The run diverges: the value of p is not a number at step 40',
          );
        stateFiles().should.be.empty();
      });
    }

    it('is judged anew each time', async () => {
      const loaded = await load();
      await give(loaded, [{ payload: diverging(60, 40) }, { payload: foamLog({ steps: 40 }) }]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging', 'completed']);
    });

    it('tells what was asked for, and nothing else', async () => {
      const loaded = await load({ verdicts: ['converged'], tolerance: '1e-3', series: 'p' });
      await give(loaded, [{ payload: foamLog({ steps: 100 }) }]);
      toldOf(loaded)
        .map(({ verdict, rule }) => [verdict, rule])
        .should.eql([['converged', 'tolerance']]);
      Object.keys(rowsOf(loaded)[0]!).should.eql(['step', 'time', 'p']);
    });

    it('passes the limits of the user', async () => {
      const limits = [
        { series: 'p', below: '0.5', hold: '' },
        { series: 'Ux', above: 7 },
      ];
      const loaded = await load({ verdicts: ['limit'], limits });
      await give(loaded, [{ payload: foamLog({ steps: 100 }) }]);
      toldOf(loaded)
        .map(({ rule, step }) => [rule, step])
        .should.eql([['limit-1', 7]]);
    });
  });

  describe('what can’t be used', () => {
    const errorOf = async (node: Record<string, unknown>, message: Message) => {
      const loaded = await load(node);
      loaded.receive('node', message);
      const caught = await loaded.take('caught');
      return caught.error as { code: string; message: string };
    };

    for (const [what, payload, shown] of [
      ['a number', 5, '5'],
      ['nothing', undefined, 'undefined'],
      ['an object', { lines: 3 }, 'an object'],
      ['an array of numbers', [1, 2], 'an array that holds 1'],
    ] as const) {
      it(`is ${what} as payload: one error that says what is wanted`, async () => {
        const { code, message } = await errorOf({}, { payload, jobId: 'j', runId: '1' });
        code.should.equal('RESCALE_INPUT');
        message.should.equal(
          `msg.payload must be lines of a log (an array of texts), a text or a Buffer, but is ${shown}.`,
        );
      });
    }

    it('is a pattern that is no expression', async () => {
      const patterns = [{ name: 'mass', expression: '(mass', role: 'value' }];
      const { code, message } = await errorOf({ patterns }, { payload: 'text\n' });
      code.should.equal('RESCALE_INPUT');
      message.should.match(/^The patterns can’t be used: The pattern “mass” can’t be used: /);
    });

    it('is a limit without a bound', async () => {
      const { message } = await errorOf({ limits: [{ series: 'p' }] }, { payload: 'text\n' });
      message.should.equal(
        'limits 1 needs the name of a series and a number above or below which it is told.',
      );
    });

    it('blocks nobody: a megabyte in one line, and a pattern that would go back and forth', async () => {
      const patterns = [{ name: 'slow', expression: '(a+)+$', role: 'value' }];
      const loaded = await load({ patterns });
      let longest = 0;
      let last = performance.now();
      const watching = setInterval(() => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
      }, 1);
      try {
        await give(loaded, [{ payload: [`${'a'.repeat(1_000_000)}!`, 'Time = 1'] }]);
      } finally {
        clearInterval(watching);
      }
      loaded.received('caught').should.be.empty();
      // Exponential backtracking would take for ever; how long a turn may take is measured in the benches.
      longest.should.be.below(2000);
      should(loaded.received('out2').length).equal(1);
    });
  });
});
