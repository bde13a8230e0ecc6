import 'should';
import { isRescaleError, type RescaleError } from '../../src/api/errors/errors';
import type { Message } from '../../src/runtime/definition/definition';
import { createNodeInstance, readField } from '../../src/runtime/node/node-instance';
import {
  choiceField,
  fieldWhen,
  id,
  jobIdField,
  number,
  numberField,
  blankOrThere,
  optionalField,
  requiredField,
  text,
  tickField,
  type Field,
  type NodeConfig,
} from '../../src/runtime/fields/fields';
import { deadlineField } from '../../src/runtime/fields/span-fields';
import { pathField } from '../../src/runtime/fields/file-fields';
import { loadFlow, type LoadedFlow } from '../support/flow';

describe('fields', () => {
  let flow: LoadedFlow;

  before(async () => {
    flow = await loadFlow([
      { id: 'tab', type: 'tab', label: 'test', env: [{ name: 'FROM_TAB', value: 'tabValue', type: 'str' }] },
      { id: 'node', type: 'collector', z: 'tab' },
    ]);
    const context = flow.node('node').context();
    context.flow.set('job', 'flowJob');
    context.global.set('deep', { job: 'globalJob' });
  });
  after(() => flow.unload());

  /** What the field `x` of a node with this configuration says for a message. */
  const read = async <Value>(
    field: Field<Value>,
    config: Record<string, unknown>,
    message: Message = {},
  ): Promise<Value> =>
    readField(
      createNodeInstance(flow.RED, flow.node('node'), config as NodeConfig, { fields: {} }, true),
      'x',
      field,
      message,
    );

  const refusal = async (
    field: Field<unknown>,
    config: Record<string, unknown>,
    message: Message = {},
  ): Promise<RescaleError> => {
    const error: unknown = await read(field, config, message).then(
      (value) => new Error(`accepted as ${JSON.stringify(value)}`),
      (reason: unknown) => reason,
    );
    if (!isRescaleError(error)) throw error;
    error.code.should.equal('RESCALE_INPUT');
    return error;
  };

  describe('that are typed', () => {
    const anyText = requiredField({ value: 'jobId', type: 'msg' }, text);

    for (const [type, value, expected] of [
      ['msg', 'a.b', 'fromMessage'],
      ['msg', 'list[1]', 'second'],
      ['flow', 'job', 'flowJob'],
      ['global', 'deep.job', 'globalJob'],
      ['env', 'FROM_TAB', 'tabValue'],
      ['env', 'job-${FROM_TAB}-1', 'job-tabValue-1'],
      ['jsonata', '"run-" & $string(a.count + 1)', 'run-4'],
      ['jsonata', '$flowContext("job")', 'flowJob'],
      ['str', 'plain', 'plain'],
      ['num', '42', '42'],
      ['json', '"quoted"', 'quoted'],
    ] as const) {
      it(`read ${type} ${value}`, async () => {
        const message = { a: { b: 'fromMessage', count: 3 }, list: ['first', 'second'] };
        (await read(anyText, { x: value, xType: type }, message)).should.equal(expected);
      });
    }

    it('read a bool', async () => {
      const yes = requiredField({ value: '', type: 'bool' }, (value) => value === true);
      (await read(yes, { x: 'true', xType: 'bool' })).should.be.true();
    });

    it('have their initial value and type where nothing is stored', async () => {
      (await read(anyText, {}, { jobId: 'fromMessage' })).should.equal('fromMessage');
    });

    it('are not overridden by a message when the dialog says something', async () => {
      (await read(jobIdField(), { x: 'dialog', xType: 'str' }, { jobId: 'message', x: 'm' })).should.equal(
        'dialog',
      );
    });

    /** The same words as at the red field: where it is set, and what else can be done. */
    const unset = (property: string) =>
      `x comes from ${property}, which is not set. Set it before this node, or choose a fixed value in the dialog.`;

    for (const [config, property] of [
      [{ x: 'jobId', xType: 'msg' }, 'msg.jobId'],
      [{ x: 'a.b.c', xType: 'msg' }, 'msg.a.b.c'],
      [{ x: 'nothing', xType: 'flow' }, 'flow.nothing'],
      [{ x: 'RESCALE_TEST_UNSET', xType: 'env' }, '${RESCALE_TEST_UNSET}'],
      [{ x: '', xType: 'str' }, null],
      [{ x: '  ', xType: 'msg' }, null],
      [{ x: '', xType: 'num' }, null],
      [{ x: '', xType: 'json' }, null],
      [{ x: 'null', xType: 'json' }, null],
      [{ x: '" "', xType: 'json' }, null],
      [{ x: 'nothing.here', xType: 'jsonata' }, 'nothing.here'],
    ] as const) {
      it(`are missing with ${JSON.stringify(config)}`, async () => {
        const said = property === null ? 'x is missing. Open the node and fill it in.' : unset(property);
        (await refusal(jobIdField(), config)).message.should.equal(said);
        const optional = optionalField({ value: '', type: 'str' }, text, 'blank');
        (await read(optional, config)).should.equal('blank');
      });
    }

    it('are errors where what is named is not there and something else would be paid for', async () => {
      const field = blankOrThere({ value: '', type: 'str' }, text, 'blank');
      for (const name of ['msg', 'flow']) {
        (await refusal(field, { x: 'nothing', xType: name })).message.should.equal(unset(`${name}.nothing`));
      }
      (await refusal(field, { x: 'empty', xType: 'msg' }, { empty: ' ' })).message.should.equal(
        unset('msg.empty'),
      );
      (await read(field, { x: '', xType: 'msg' })).should.equal('blank');
    });

    for (const config of [
      { x: '{"cut":', xType: 'json' },
      { x: '$unknown(', xType: 'jsonata' },
      { x: '$error("on purpose")', xType: 'jsonata' },
      { x: '1 + "text"', xType: 'jsonata' },
    ]) {
      it(`say why ${config.xType} ${config.x} can't be evaluated`, async () => {
        const { message } = await refusal(jobIdField(), config);
        message.should.match(/^x can’t be evaluated: \S+/);
        message.should.not.containEql('[object');
      });
    }
  });

  describe('for ids', () => {
    const field = requiredField({ value: 'x', type: 'msg' }, id);

    for (const [value, sent] of [
      ['dmpTse', 'dmpTse'],
      [' pasted ', 'pasted'],
      [7, '7'],
      [0, '0'],
      ['007', '007'],
      ['a.b', 'a.b'],
      ['100%', '100%'],
    ] as const) {
      it(`send ${JSON.stringify(value)} as ${sent}`, async () => {
        (await read(field, {}, { x: value })).should.equal(sent);
      });
    }

    for (const value of [
      '..',
      '.',
      'a/b',
      '../x',
      'a\\b',
      'a\nb',
      'a\u0000',
      'a\u0085b',
      'a\ud800',
      'x'.repeat(300),
      -1,
      1.5,
      NaN,
      2 ** 60,
      true,
      {},
      ['a'],
      Buffer.from('a'),
      () => 'a',
    ]) {
      it(`refuse ${typeof value} ${JSON.stringify(value)?.slice(0, 20)}`, async () => {
        (await refusal(field, {}, { x: value })).key.should.equal('input-id');
      });
    }
  });

  describe('for paths', () => {
    for (const value of ['U', 'a b/ü%#?.log', '/api/v2/jobs/a/runs/1/tail/U', './U', 'a..b', '...']) {
      it(`accept ${value}`, async () => {
        (await read(pathField(), {}, { path: value })).should.equal(value);
      });
    }
    for (const value of ['..', '../U', 'a/../U', 'a/..', 'a\u0000b', 'a\nb', 5, {}, 'x'.repeat(5000)]) {
      it(`refuse ${JSON.stringify(value).slice(0, 20)}`, async () => {
        (await refusal(pathField(), {}, { path: value })).key.should.equal('input-path');
      });
    }
  });

  describe('for numbers', () => {
    const whole = requiredField({ value: 'x', type: 'msg' }, number({ least: 1, most: 10, whole: true }));

    it('take a number, also written as text', async () => {
      (await read(whole, {}, { x: 3 })).should.equal(3);
      (await read(whole, {}, { x: ' 3 ' })).should.equal(3);
    });
    for (const [value, sentence] of [
      ['three', 'input-whole-number'],
      [NaN, 'input-whole-number'],
      [Infinity, 'input-whole-number'],
      [1.5, 'input-whole-number'],
      [true, 'input-whole-number'],
      [[3], 'input-whole-number'],
      [0, 'input-least'],
      [11, 'input-most'],
    ] as const) {
      it(`refuse ${String(value)}`, async () => {
        (await refusal(whole, {}, { x: value })).key.should.equal(sentence);
      });
    }

    it('refuse a deadline that is longer than can be reckoned with', async () => {
      const hundredYears = 3_155_760_000;
      for (const deadline of [Number.MAX_VALUE, 1e305, hundredYears + 1])
        (await refusal(deadlineField(600), { x: 'deadline', xType: 'msg' }, { deadline })).key.should.equal(
          'input-most',
        );
      (await refusal(numberField(30, { least: 5 }), { x: '1e306' })).key.should.equal('input-most');
      const longest = { deadline: hundredYears };
      (await read(deadlineField(600), { x: 'deadline', xType: 'msg' }, longest)).should.equal(hundredYears);
    });

    it('have a default where the dialog leaves them blank', async () => {
      (await read(numberField(100), { x: '' })).should.equal(100);
      (await read(numberField(100), { x: '25' })).should.equal(25);
      (await read(deadlineField(600), { x: '', xType: 'num' })).should.equal(600);
      (await read(deadlineField(600), { x: 'deadline', xType: 'msg' }, { deadline: 5 })).should.equal(5);
    });
    it('say that an environment variable was not replaced', async () => {
      (await refusal(numberField(100), { x: '${RESCALE_TEST_UNSET}' })).message.should.equal(
        'x must be a number, but is ${RESCALE_TEST_UNSET}.',
      );
    });
  });

  describe('that only the dialog sets', () => {
    const choice = choiceField(['array', 'each'], 'array');

    it('are never overridden by a message', async () => {
      (await read(choice, { x: 'each', xType: 'msg' }, { x: 'array', each: 'array' })).should.equal('each');
      (await read(tickField(true), {}, { x: false })).should.be.true();
    });
    it('have a default', async () => {
      (await read(choice, {})).should.equal('array');
      (await read(tickField(false), { x: '' })).should.be.false();
    });
    it('take what an environment variable put there', async () => {
      (await read(tickField(false), { x: 'true' })).should.be.true();
    });
    it('refuse what can’t be chosen', async () => {
      (await refusal(choice, { x: 'pages' })).message.should.equal(
        'x must be one of array, each, but is pages.',
      );
      await refusal(tickField(false), { x: 'perhaps' });
    });
    it('are not read where the dialog does not ask for them', async () => {
      const field = fieldWhen((config) => config.scope === 'run', jobIdField());
      ((await read(field, { scope: 'job' })) === undefined).should.be.true();
      await refusal(field, { scope: 'run' });
    });
  });
});
