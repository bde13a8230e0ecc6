import 'should';
import type { LogRemark } from '../../../src/insight/logs/log-step';
import type { FinalVerdict } from '../../../src/insight/judge/reading/options';
import { nameTest } from '../../../src/insight/names/name-test';
import { judgeOf, NOW, series } from '../../support/judge/hand-made';

const list = [series('p')];
const fine = (step: number) => ({ p: 10 ** (-step / 50) });

describe('what the solver says in words', () => {
  const verdicts: Partial<Record<LogRemark['kind'], string>> = {
    converged: 'converged',
    diverging: 'diverging',
    crashed: 'crashed',
    licence: 'crashed',
    killed: 'crashed',
  };
  for (const [kind, verdict] of Object.entries(verdicts)) {
    it(`is the verdict ${verdict} when it is ${kind}, with the line as evidence`, () => {
      const log = judgeOf({ series: list }).steps(30, fine);
      log.remark(kind as LogRemark['kind'], {
        rule: 'its-rule',
        reason: 'the disk is full',
        text: 'No space left',
        step: 31,
      });
      log.told.should.eql([`${verdict} its-rule 31`]);
      log.verdicts[0]!.evidence.should.eql(['The disk is full at step 31: “No space left”']);
    });
  }

  for (const kind of ['completed', 'not-converged'] as const) {
    it(`is no verdict when it is ${kind}`, () => {
      const log = judgeOf({ series: list }).steps(30, fine);
      log.remark(kind).should.eql([]);
    });
  }

  it('is told once, however often it says so', () => {
    const log = judgeOf({ series: list });
    log.remark('crashed', { rule: 'one' });
    log.remark('crashed', { rule: 'two' });
    log.told.should.eql(['crashed one 0']);
  });

  it('is none when a run that was told to diverge is ended from outside', () => {
    const log = judgeOf({ series: list });
    log.remark('diverging', { rule: 'one' });
    log.remark('killed', { rule: 'two' });
    log.told.should.eql(['diverging one 0']);
    log.remark('crashed', { rule: 'three' });
    log.told.should.eql(['diverging one 0', 'crashed three 0']);
  });

  it('is told at the time of its stamp, else when it was read', () => {
    const log = judgeOf({ series: list });
    log.remark('crashed', { wall: 1000 });
    log.remark('converged');
    log.verdicts.map(({ at }) => at).should.eql([1000, NOW]);
  });
});

describe('the final verdict on a log', () => {
  const cases: [string, FinalVerdict, (log: ReturnType<typeof judgeOf>) => void][] = [
    ['nothing', 'unknown', () => undefined],
    ['steps without an ending', 'unfinished', (log) => log.steps(30, fine)],
    ['its end', 'completed', (log) => log.steps(30, fine).remark('completed')],
    ['its last iteration', 'completed', (log) => log.steps(30, fine).remark('not-converged')],
    [
      'the solver’s word that it converged, and its end',
      'converged',
      (log) => {
        log.steps(30, fine).remark('converged');
        log.remark('completed');
      },
    ],
    ['a crash before the first step', 'crashed', (log) => log.remark('crashed')],
    [
      'a missing licence and a friendly last line',
      'crashed',
      (log) => {
        log.remark('licence');
        log.remark('completed');
      },
    ],
    [
      'what looked like a crash, and forty more steps',
      'unfinished',
      (log) => {
        log.steps(30, fine).remark('crashed');
        log.steps(40, fine);
      },
    ],
    [
      'divergence, and its end all the same',
      'diverging',
      (log) => {
        log.steps(30, fine).step({ p: NaN });
        log.remark('completed');
      },
    ],
    [
      'divergence, and a kill that followed',
      'diverging',
      (log) => {
        log.steps(30, fine).step({ p: NaN });
        log.remark('killed');
      },
    ],
    [
      'divergence, and the crash that followed',
      'crashed',
      (log) => {
        log.steps(30, fine).step({ p: NaN });
        log.remark('crashed');
      },
    ],
    [
      'residuals that hang, and its end',
      'stalled',
      (log) => {
        log.steps(500, (step) => ({ p: 1e-2 * (1 + 0.01 * Math.sin(step)) })).remark('completed');
      },
    ],
    [
      'residuals that hung and fell again',
      'completed',
      (log) => {
        log.steps(500, (step) => ({ p: 1e-2 * (1 + 0.01 * Math.sin(step)) }));
        log.steps(500, (step) => ({ p: 10 ** (-2 - (step - 500) / 60) })).remark('completed');
      },
    ],
    [
      'an end, and steps of another run after it',
      'unfinished',
      (log) => {
        log.steps(30, fine).remark('completed');
        log.steps(30, fine);
      },
    ],
  ];
  for (const [what, word, write] of cases) {
    it(`is ${word} after ${what}`, () => {
      const log = judgeOf({ series: list });
      write(log);
      log.finalVerdict.should.equal(word);
    });
  }
});

describe('the user’s limits', () => {
  it('are told once each, when they were passed for long enough', () => {
    const limits = [
      { series: 'T*', above: 900, hold: 3, test: nameTest('T*')! },
      { series: 'dt', below: 1e-6, hold: 1, test: nameTest('dt')! },
    ];
    const log = judgeOf({ series: [series('Tmax', 'other'), series('dt', 'other')], options: { limits } });
    log.steps(30, () => ({ Tmax: 500, dt: 1 }));
    log.steps(2, () => ({ Tmax: 950, dt: 1 })).steps(1, () => ({ Tmax: 500, dt: 1e-7 }));
    log.steps(10, () => ({ Tmax: 901, dt: 1e-7 }));
    log.told.should.eql(['limit limit-2 33', 'limit limit-1 36']);
    log.verdicts
      .map(({ evidence }) => evidence[0])
      .should.eql([
        'dt has been below 1e-6: 1e-7 at step 33',
        'Tmax has been above 900 for 3 steps: 901 at step 36',
      ]);
  });
});

describe('what nobody wants to be told', () => {
  it('is not told', () => {
    const log = judgeOf({ series: list, options: { verdicts: new Set(['crashed']) } });
    log.step({ p: NaN });
    log.remark('crashed');
    log.told.should.eql(['crashed crashed 1']);
  });
});
