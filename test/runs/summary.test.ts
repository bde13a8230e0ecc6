import 'should';
import type { Run } from '../../src/api/client/types';
import { jobSummary, overdueSummary, runDuration, runSummary } from '../../src/runs/run/summary';
import should from 'should';

const run = (dateStarted: string | null, dateCompleted: string | null): Run => ({
  id: '3',
  displayOrder: 3,
  type: 3,
  parent: null,
  isOptimal: false,
  dateStarted,
  dateCompleted,
  outputFileCount: 0,
  outputFileSize: null,
  variables: [],
});
const done = run('2026-03-01T10:00:00.123000Z', '2026-03-01T14:14:30+02:00');

describe('Summary', () => {
  it('is one sentence with duration and reason', () => {
    const failed = { result: 'failed', reason: 'exited with code 137', evidence: [] } as const;
    runSummary('foamSweep', '3', done, 'completed', { ...failed, evidence: [] }).should.equal(
      'Job foamSweep run 3 failed after 2 h 14 min: exited with code 137',
    );
  });

  it('speaks of every state and result', () => {
    const say = (
      result: 'succeeded' | 'failed' | 'stopped' | 'unknown',
      reason: string,
      of: Run | null = done,
    ) =>
      runSummary('abcde', '3', of, of?.dateCompleted ? 'completed' : 'ended', {
        result,
        reason,
        evidence: [],
      });
    say('succeeded', 'exited with code 0').should.equal('Job abcde run 3 succeeded after 2 h 14 min');
    say('stopped', 'User Terminated').should.equal(
      'Job abcde run 3 was stopped after 2 h 14 min: User Terminated',
    );
    say('unknown', 'no evidence tells how it ended').should.equal(
      'Job abcde run 3 ended after 2 h 14 min, but no evidence tells how it ended',
    );
    say('failed', 'never started: A run failed', run(null, null)).should.equal(
      'Job abcde run 3 never started: A run failed',
    );
    say('stopped', 'never started: Cancelled', null).should.equal('Job abcde run 3 never started: Cancelled');
    runSummary('abcde', '3', done, 'completed', null).should.equal(
      'Job abcde run 3 completed after 2 h 14 min',
    );
    runSummary('abcde', '3', run(null, null), 'pending', null).should.equal(
      'Job abcde run 3 is waiting to start',
    );
    runSummary('abcde', '3', run('2026-03-01T10:00:00Z', null), 'running', null).should.equal(
      'Job abcde run 3 is running',
    );
    runSummary('abcde', '3', run('2026-03-01T10:00:00Z', null), 'ended', null).should.equal(
      'Job abcde run 3 ended with its job',
    );
  });

  it('sums up a job', () => {
    jobSummary(
      'foamSweep',
      { result: 'failed', reason: '2 of 24 runs failed', evidence: [] },
      11_100_000,
    ).should.equal('Job foamSweep failed after 3 h 5 min: 2 of 24 runs failed');
    jobSummary('foamSweep', null, null).should.equal('Job foamSweep completed');
  });
});

describe('Duration', () => {
  it('shows at most two units', () => {
    const shown: [number, string][] = [
      [0, '0 s'],
      [999, '0 s'],
      [45_000, '45 s'],
      [60_000, '1 min'],
      [200_000, '3 min 20 s'],
      [740_000, '12 min'],
      [3_600_000, '1 h'],
      [8_040_000, '2 h 14 min'],
      [86_400_000, '1 d'],
      [273_600_000, '3 d 4 h'],
      [-5, '0 s'],
    ];
    for (const [milliseconds, text] of shown) {
      const summary = overdueSummary('sweep', '3', milliseconds, 1_000);
      summary.should.equal(`Job sweep run 3 has computed for ${text}, longer than 1 s`);
    }
  });

  it('is taken from instants in any form and is null when there is none', () => {
    runDuration(done)!.should.equal(8_069_877);
    should(runDuration(run('2026-03-01T10:00:00Z', null))).be.null();
    should(runDuration(run(null, '2026-03-01T10:00:00Z'))).be.null();
    should(runDuration(run('2026-03-02T10:00:00Z', '2026-03-01T10:00:00Z'))).be.null();
    should(runDuration(null)).be.null();
  });
});
