import 'should';
import { decideJobOutcome, type OutcomeResult } from '../../src/runs/run/outcome';
import type { JobStatus } from '../../src/api/client/types';
import { BEFORE_END, executing, histories, row } from './job-histories';

describe('Outcome of a job', () => {
  const results = (total: number, succeeded: number, failed = 0, stopped = 0) => ({
    total,
    succeeded,
    failed,
    stopped,
  });
  const cases: [string, JobStatus[] | null, ReturnType<typeof results>, OutcomeResult, string][] = [
    ['all runs succeeded', histories['success']!, results(24, 24), 'succeeded', 'all runs succeeded'],
    ['one run failed', histories['success']!, results(24, 23, 1), 'failed', '1 of 24 runs failed'],
    ['the job says that a run failed', histories['run failed']!, results(24, 20), 'failed', 'A run failed'],
    [
      'a user stopped it',
      histories['user stop after the end']!,
      results(24, 24),
      'stopped',
      'User Terminated',
    ],
    ['one run stopped', histories['success']!, results(24, 23, 0, 1), 'stopped', '1 of 24 runs stopped'],
    [
      'runs not examined, job says success',
      histories['success']!,
      results(24, 3),
      'succeeded',
      'Completed successfully',
    ],
    [
      'runs not examined, job says nothing',
      histories['completed, no reason']!,
      results(24, 3),
      'unknown',
      'no evidence tells how it ended',
    ],
    ['no run', histories['success']!, results(0, 0), 'unknown', 'the job had no runs'],
    [
      'no run, no resources',
      histories['no resources']!,
      results(0, 0),
      'failed',
      'Could not allocate compute resources from the compute provider',
    ],
    [
      'cancelled before it ran',
      histories['cancelled before the end']!,
      results(0, 0),
      'stopped',
      'Cancelled',
    ],
    ['its run failed', histories['success']!, results(1, 0, 1), 'failed', '1 of 1 run failed'],
    ['nothing known', null, results(2, 2), 'succeeded', 'all runs succeeded'],
  ];
  for (const [name, statuses, counts, result, reason] of cases) {
    it(`${name}: ${result}`, () => {
      const outcome = decideJobOutcome(statuses, counts);
      outcome.result.should.equal(result);
      outcome.reason.should.equal(reason);
    });
  }

  it('a job that was stopping, of runs that nobody knows, is stopped', () => {
    const statuses = [row('Completed', null), row('Stopping', null, BEFORE_END), executing];
    const counts = { total: 2, succeeded: 1, failed: 0, stopped: 0 };
    const outcome = decideJobOutcome(statuses, counts);
    outcome.result.should.equal('stopped');
    outcome.evidence[0]!.should.equal('2 runs: 1 known to have succeeded, 0 failed, 0 stopped.');
  });

  it('is not well by its own word while something speaks against a run', () => {
    const counts = { total: 3, succeeded: 2, failed: 0, stopped: 0, doubtful: 1 };
    const { result, reason } = decideJobOutcome(histories['success']!, counts);
    [result, reason].should.eql(['unknown', 'how 1 of 3 runs ended is not certain']);
    decideJobOutcome(histories['run failed']!, counts).result.should.equal('failed');
  });

  it('is not known to be stopped where nobody knows the reason of its stopping', () => {
    const counts = { total: 2, succeeded: 1, failed: 0, stopped: 0 };
    const statuses = [row('Completed', 'Completed successfully'), row('Stopping', 'Full moon', BEFORE_END)];
    const { result, reason } = decideJobOutcome(statuses, counts);
    [result, reason].should.eql(['unknown', 'stopped or failed: Full moon']);
  });

  it('one run that succeeded is told as one', () => {
    const counts = { total: 1, succeeded: 1, failed: 0, stopped: 0 };
    decideJobOutcome(null, counts).reason.should.equal('its run succeeded');
  });
});
