import 'should';
import fc from 'fast-check';
import should from 'should';
import {
  decideOutcome,
  type LogEvidence,
  type OutcomeFacts,
  type OutcomeResult,
} from '../../src/runs/run/outcome';
import { AFTER_END, BEFORE_END, END, executing, histories, row, START } from './job-histories';

const missing: LogEvidence = { kind: 'missing' };
const silent: LogEvidence = { kind: 'silent' };
const exit = (code: number): LogEvidence => ({ kind: 'exit', code });

type Expected = `${'+' | '-' | 's' | '?'}${'!' | ' '}`;
const RESULT: Record<string, OutcomeResult> = {
  '+': 'succeeded',
  '-': 'failed',
  s: 'stopped',
  '?': 'unknown',
};

/**
 * `+` succeeded, `-` failed, `s` stopped, `?` unknown; `!` conclusive, ` ` better evidence may still come.
 * Columns: the log is missing | silent | exited with 0 | exited with 137.
 */
const onlyRun: Record<keyof typeof histories, Expected[]> = {
  'not known': ['? ', '? ', '+!', '-!'],
  empty: ['? ', '? ', '+!', '-!'],
  executing: ['? ', '? ', '+!', '-!'],
  'executing, empty reason': ['? ', '? ', '+!', '-!'],
  'unknown status': ['? ', '? ', '+!', '-!'],
  success: ['+ ', '+!', '+!', '-!'],
  'completed, no reason': ['? ', '?!', '+!', '-!'],
  'completed, empty reason': ['? ', '?!', '+!', '-!'],
  'completed, unheard-of reason': ['? ', '?!', '+!', '-!'],
  restarts: ['- ', '-!', '-!', '-!'],
  'no resources': ['- ', '-!', '-!', '-!'],
  'run failed': ['- ', '-!', '-!', '-!'],
  'run failed, stopping still': ['- ', '- ', '-!', '-!'],
  'user stop before the end': ['s!', 's!', 's!', 's!'],
  'user stop after the end': ['? ', '?!', '+!', '-!'],
  'bare stopping before the end': ['s ', 's!', '+!', '-!'],
  'bare stopping, then success': ['s ', 's!', '+!', '-!'],
  'force stop before the end': ['s!', 's!', 's!', 's!'],
  'cancelled before the end': ['s!', 's!', 's!', 's!'],
  failed: ['- ', '-!', '-!', '-!'],
};

const oneOfMany: Record<keyof typeof histories, Expected[]> = {
  'not known': ['? ', '? ', '+!', '-!'],
  empty: ['? ', '? ', '+!', '-!'],
  executing: ['? ', '? ', '+!', '-!'],
  'executing, empty reason': ['? ', '? ', '+!', '-!'],
  'unknown status': ['? ', '? ', '+!', '-!'],
  success: ['? ', '? ', '+!', '-!'],
  'completed, no reason': ['? ', '? ', '+!', '-!'],
  'completed, empty reason': ['? ', '? ', '+!', '-!'],
  'completed, unheard-of reason': ['? ', '? ', '+!', '-!'],
  restarts: ['? ', '? ', '+!', '-!'],
  'no resources': ['? ', '? ', '+!', '-!'],
  'run failed': ['? ', '? ', '+!', '-!'],
  'run failed, stopping still': ['? ', '? ', '+!', '-!'],
  'user stop before the end': ['s!', 's!', 's!', 's!'],
  'user stop after the end': ['? ', '? ', '+!', '-!'],
  'bare stopping before the end': ['s ', 's ', '+!', '-!'],
  'bare stopping, then success': ['s ', 's ', '+!', '-!'],
  'force stop before the end': ['s!', 's!', 's!', 's!'],
  'cancelled before the end': ['s!', 's!', 's!', 's!'],
  failed: ['? ', '? ', '+!', '-!'],
};

/** A run that never started in a job that is over: no log can exist, so the answer is always final. */
const neverStarted: Record<string, [only: string, many: string]> = {
  'not known': ['?', '?'],
  success: ['?', '?'],
  'completed, no reason': ['?', '?'],
  restarts: ['-', '?'],
  'no resources': ['-', '?'],
  'run failed': ['-', '?'],
  'user stop before the end': ['s', 's'],
  'force stop before the end': ['s', 's'],
  'cancelled before the end': ['s', 's'],
  failed: ['-', '?'],
};

const logs = { missing, silent, 'exit 0': exit(0), 'exit 137': exit(137) };

function facts(more: Partial<OutcomeFacts>): OutcomeFacts {
  return {
    run: { dateStarted: START, dateCompleted: END },
    onlyRun: true,
    statuses: null,
    log: missing,
    stopRequested: false,
    ...more,
  };
}

describe('Outcome of a run', () => {
  for (const [name, table, only] of [
    ['the only run of its job', onlyRun, true],
    ['one of several runs', oneOfMany, false],
  ] as const) {
    describe(name, () => {
      for (const [history, expected] of Object.entries(table)) {
        Object.entries(logs).forEach(([log, evidence], column) => {
          it(`${history}, log ${log}: ${expected[column]}`, () => {
            const { outcome, conclusive } = decideOutcome(
              facts({ onlyRun: only, statuses: histories[history]!, log: evidence }),
            );
            const [result, end] = expected[column]!;
            outcome.result.should.equal(RESULT[result!]);
            conclusive.should.equal(end === '!');
          });
        });
      }
    });
  }

  describe('that never started', () => {
    for (const [history, expected] of Object.entries(neverStarted)) {
      [true, false].forEach((only, column) => {
        it(`${history}, ${only ? 'only run' : 'one of several'}: ${expected[column]}`, () => {
          const run = { dateStarted: null, dateCompleted: null };
          const decision = decideOutcome(facts({ run, onlyRun: only, statuses: histories[history]! }));
          decision.outcome.result.should.equal(RESULT[expected[column]!]);
          decision.outcome.reason.should.startWith('never started');
          decision.conclusive.should.be.true();
          decideOutcome(
            facts({ run: null, onlyRun: only, statuses: histories[history]! }),
          ).outcome.reason.should.equal(decision.outcome.reason);
        });
      });
    }
  });

  it('is stopped whenever this flow asked for it, whatever the log and the job say', () => {
    for (const statuses of Object.values(histories)) {
      for (const log of Object.values(logs)) {
        for (const only of [true, false]) {
          const { outcome, conclusive } = decideOutcome(
            facts({ onlyRun: only, statuses, log, stopRequested: true }),
          );
          outcome.result.should.equal('stopped');
          outcome.evidence.should.containEql('This flow asked to stop the run.');
          conclusive.should.be.true();
        }
      }
    }
  });

  describe('with a stop of this flow whose answer was lost', () => {
    const doubtful = { stopRequested: true, stopDoubtful: true };
    const stopping = [row('Completed', null, AFTER_END), row('Stopping', null, BEFORE_END), executing];
    for (const [name, more, result, reason] of [
      [
        'a failure is told',
        { log: exit(1) },
        'failed',
        'exited with code 1, perhaps by a stop whose answer was lost',
      ],
      [
        'success is not certain',
        { log: exit(0) },
        'unknown',
        'exited with code 0, perhaps by a stop whose answer was lost',
      ],
      [
        'nothing stays nothing',
        { log: silent },
        'unknown',
        'no evidence tells how it ended, perhaps by a stop whose answer was lost',
      ],
      [
        'the platform may say that it was stopped',
        { statuses: histories['user stop before the end']!, log: exit(143) },
        'stopped',
        'User Terminated',
      ],
      ['or that it was stopping', { statuses: stopping, log: exit(143) }, 'stopped', 'stopped by this flow'],
    ] as const) {
      it(`${name}: ${result}`, () => {
        const { outcome } = decideOutcome(facts({ ...doubtful, onlyRun: false, ...more }));
        outcome.should.have.properties({ result, reason });
        outcome.evidence[0]!.should.match(/answer was lost: nobody knows whether the stop was carried out/);
      });
    }

    it('the job’s last word is awaited, which may be that it was stopped', () => {
      const open = facts({ ...doubtful, statuses: [executing], log: exit(143) });
      decideOutcome(open).conclusive.should.be.false();
      decideOutcome({ ...open, statuses: histories['completed, no reason']! }).conclusive.should.be.true();
    });
  });

  describe('with a log that leaves a doubt', () => {
    const followed: LogEvidence = { kind: 'followed', code: 139 };
    const several: LogEvidence = { kind: 'several' };

    it('is as without a log, but never succeeded by the word of its job', () => {
      for (const [name, statuses] of Object.entries(histories)) {
        for (const only of [true, false]) {
          // Of several a later one may still come, as where there is none.
          for (const [log, like] of [
            [followed, silent],
            [several, missing],
          ] as const) {
            const plain = decideOutcome(facts({ onlyRun: only, statuses, log: like }));
            const { outcome, conclusive } = decideOutcome(facts({ onlyRun: only, statuses, log }));
            const { result } = plain.outcome;
            outcome.result.should.equal(result === 'succeeded' ? 'unknown' : result, name);
            should(outcome.doubtful).equal(outcome.result === 'unknown' ? true : undefined);
            conclusive.should.equal(plain.conclusive, name);
          }
        }
      }
    });

    it('says what the doubt is', () => {
      const statuses = histories['success']!;
      const perhaps = decideOutcome(facts({ statuses, log: followed })).outcome;
      perhaps.reason.should.equal('perhaps exited with code 139 (memory fault)');
      perhaps.evidence[0]!.should.equal(
        'process_output.log says “Exited with code 139” near its end, but other lines follow.',
      );
      const unclear = decideOutcome(facts({ statuses, log: several })).outcome;
      unclear.reason.should.equal('several logs don’t agree how it ended');
      unclear.evidence[0]!.should.equal(
        'There are several process_output.log: which came last can’t be told, and they don’t agree.',
      );
    });
  });

  describe('takes a reason of the job as a whole', () => {
    const after = (status: string, reason: string, log: LogEvidence = silent) =>
      decideOutcome(facts({ statuses: [row(status, reason, END), executing], log })).outcome;

    it('whatever its case, spaces and final point', () => {
      for (const [reason, result] of [
        ['completed  SUCCESSFULLY', 'succeeded'],
        [' Completed\u00a0successfully. ', 'succeeded'],
        ['A run failed.', 'failed'],
        ['Exceeded maximum number of restarts', 'failed'],
        ['Could not allocate compute resources', 'failed'],
        ['Cancelled by the user', 'stopped'],
        ['user terminated', 'stopped'],
      ] as const) {
        after('Completed', reason).result.should.equal(result, reason);
      }
    });

    it('and never by words inside a sentence', () => {
      for (const reason of [
        'Not completed successfully',
        '2 of 3 runs completed successfully',
        'Completed successfully with errors',
        'Terminated by the system, not cancelled by the user: quota',
        'No user terminated it',
        'It is not true that a run failed',
      ]) {
        after('Completed', reason).result.should.equal('unknown', reason);
        after('Completed', reason, exit(0)).result.should.equal('succeeded', reason);
        const stopping = after('Stopping', reason);
        stopping.should.have.properties({ result: 'unknown', reason: `stopped or failed: ${reason}` });
      }
    });
  });

  it('stops a run without an end date when its job was terminated', () => {
    const run = { dateStarted: START, dateCompleted: null };
    decideOutcome(
      facts({ run, onlyRun: false, statuses: histories['user stop after the end']! }),
    ).outcome.result.should.equal('stopped');
  });

  it('takes the code of the log for the reason', () => {
    decideOutcome(facts({ log: exit(137) })).outcome.reason.should.equal(
      'exited with code 137 (killed or out of memory)',
    );
    for (const [code, meaning] of [
      [136, 'floating point exception'],
      [139, 'memory fault'],
      [143, 'terminated'],
      [-9, 'killed or out of memory'],
    ] as const) {
      const { reason } = decideOutcome(facts({ log: exit(code) })).outcome;
      reason.should.equal(`exited with code ${code} (${meaning})`);
    }
    decideOutcome(facts({ log: exit(3) })).outcome.reason.should.equal('exited with code 3');
    decideOutcome(facts({ log: exit(-1) })).outcome.result.should.equal('failed');
  });

  it('gives its evidence in sentences', () => {
    const { outcome } = decideOutcome(
      facts({ onlyRun: false, statuses: histories['run failed']!, log: exit(1) }),
    );
    outcome.evidence.should.eql([
      'process_output.log says “Exited with code 1”.',
      'The job went through Stopping (A run failed).',
      'The job’s status is Completed.',
      'The job has several runs, and its status does not say which one failed.',
    ]);
  });

  it('never says succeeded without a word for it, nor failed in a job of several runs without an exit code', () => {
    const statuses = fc.array(
      fc.record({
        status: fc.constantFrom(
          'Pending',
          'Executing',
          'Stopping',
          'Completed',
          'Force Stop',
          'Failed',
          'Odd',
        ),
        statusReason: fc.constantFrom(
          null,
          '',
          'A run failed',
          'User Terminated',
          'Completed successfully',
          '?',
        ),
        statusDate: fc.constantFrom(START, BEFORE_END, END, AFTER_END, 'not a date'),
      }),
    );
    fc.assert(
      fc.property(
        statuses,
        fc.constantFrom(...Object.values(logs)),
        fc.boolean(),
        fc.constantFrom(START, null),
        fc.constantFrom(END, null),
        (history, log, only, dateStarted, dateCompleted) => {
          const { outcome } = decideOutcome(
            facts({ onlyRun: only, statuses: history, log, run: { dateStarted, dateCompleted } }),
          );
          if (outcome.result === 'succeeded') {
            const saidByLog = log.kind === 'exit' && log.code === 0;
            const saidByJob = only && history.some((row) => row.statusReason === 'Completed successfully');
            (saidByLog || saidByJob).should.be.true();
          }
          if (outcome.result === 'failed' && !only) should(log).eql(exit(137));
          outcome.reason.should.not.equal('');
          outcome.evidence.length.should.be.above(0);
        },
      ),
    );
  });
});

describe('what a wrong word in the decision would change', () => {
  const never = { dateStarted: null, dateCompleted: null };

  it('a run that this flow stopped before it started is stopped, for good', () => {
    const { outcome, conclusive } = decideOutcome(facts({ run: never, stopRequested: true, statuses: null }));
    outcome.should.have.properties({ result: 'stopped', reason: 'never started: stopped by this flow' });
    conclusive.should.be.true();
    outcome.evidence.should.matchAny(/never started/);
  });

  it('a run that never started says the most telling of what its job says', () => {
    const statuses = [
      row('Completed', null),
      row('Stopping', 'A run failed', BEFORE_END),
      row('Stopping', 'User Terminated', BEFORE_END),
      executing,
    ];
    const { outcome } = decideOutcome(facts({ run: never, statuses }));
    outcome.should.have.properties({ result: 'stopped', reason: 'never started: User Terminated' });
    const failing = decideOutcome(facts({ run: never, statuses: [statuses[0]!, statuses[1]!, executing] }));
    failing.outcome.should.have.properties({ result: 'failed', reason: 'never started: A run failed' });
  });

  it('a run without an end date has started all the same, and its log counts', () => {
    const run = { dateStarted: START, dateCompleted: null };
    const { outcome } = decideOutcome(facts({ run, log: exit(0), statuses: [executing] }));
    outcome.should.have.properties({ result: 'succeeded', reason: 'exited with code 0' });
    outcome.evidence.should.matchAny(/no end date/);
    outcome.evidence.should.matchAny(/Exited with code 0/);
  });

  it('the evidence says what the log says, and what it does not', () => {
    const said = (log: LogEvidence) => decideOutcome(facts({ log, statuses: null })).outcome.evidence;
    said(exit(3)).should.matchAny(/Exited with code 3/);
    said(silent).should.matchAny(/does not say with which code/);
    said(missing).should.not.matchAny(/Exited with code|does not say with which code/);
  });
});
