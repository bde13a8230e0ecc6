import 'should';
import should from 'should';
import type { JobStatus } from '../../src/api/client/types';
import { readRun } from '../../src/api/endpoints/rows';
import { endDoubt, hasBegun } from '../../src/runs/run/run-state';
import { decideOutcome, type LogEvidence } from '../../src/runs/run/outcome';
import { jobSummary, runSummary } from '../../src/runs/run/summary';
import { inOrder } from '../../src/runs/watch/watch-event';

const NOW = Date.parse('2026-01-10T12:00:00Z');
const START = '2026-01-10T10:00:00Z';

/** As a client reads it. */
const read = (dateCompleted: unknown, dateStarted: unknown = START) =>
  readRun({ id: '1', dateStarted, dateCompleted, variables: [] })!;

const missing: LogEvidence = { kind: 'missing' };
const facts = { onlyRun: false, statuses: null, stopRequested: false, platformNow: NOW };

describe('The date of a run’s end', () => {
  for (const [date, kind] of [
    ['2026-01-10T11:00:00Z', null],
    ['20260110T110000Z', null],
    // Local time without a zone, and clocks that differ a little.
    ['2026-01-11T01:00:00', null],
    ['2026-01-10T09:59:30Z', null],
    [null, null],
    ['None', null],
    ['2026-01-10T25:99:00Z', 'unread'],
    ['01/10/2026 11:00', 'unread'],
    ['2099-01-01T00:00:00Z', 'ahead'],
    ['2026-01-09T10:00:00Z', 'before-start'],
    ['yes', 'none'],
    [true, 'none'],
    [{ year: 2026 }, 'none'],
  ] as const) {
    it(`${kind === null ? 'gives no doubt' : `is doubted as ${kind}`}: ${JSON.stringify(date)}`, () => {
      should(endDoubt(read(date), NOW)?.kind ?? null).equal(kind);
    });
  }

  it('that can’t be right makes no clear outcome, and its doubt stands in the reason', () => {
    for (const [date, reason] of [
      ['2026-01-10T25:99:00Z', 'its end date “2026-01-10T25:99:00Z” can’t be read'],
      ['2099-01-01T00:00:00Z', 'its end date 2099-01-01T00:00:00Z has not come yet'],
      ['2026-01-09T10:00:00Z', 'its end date 2026-01-09T10:00:00Z lies before its start'],
      ['yes', '“yes” stands where its end date should'],
    ] as const) {
      const run = read(date);
      const { outcome } = decideOutcome({ ...facts, run, log: missing });
      outcome.should.have.property('result', 'unknown');
      outcome.reason.should.equal(`no evidence tells how it ended, and ${reason}`);
      outcome.evidence.should.containEql(`About the run: ${reason}.`);
      const summary = runSummary('j', '1', run, 'completed', outcome, endDoubt(run, NOW));
      summary.should.equal(`Job j run 1 ended, but ${outcome.reason}`);
      runSummary('j', '1', run, 'completed', null, endDoubt(run, NOW)).should.equal(
        `Job j run 1 completed, but ${reason}`,
      );
      // Its own log is evidence all the same.
      const exit = decideOutcome({ ...facts, run, log: { kind: 'exit', code: 0 } });
      exit.outcome.should.have.property('result', 'succeeded');
      runSummary('j', '1', run, 'completed', exit.outcome, endDoubt(run, NOW)).should.equal(
        `Job j run 1 succeeded, but ${reason}`,
      );
      const killed = decideOutcome({ ...facts, run, log: { kind: 'exit', code: 9 } });
      runSummary('j', '1', run, 'completed', killed.outcome, endDoubt(run, NOW)).should.equal(
        `Job j run 1 failed: exited with code 9, but ${reason}`,
      );
      const unsure = decideOutcome({ ...facts, run, log: { kind: 'several' } });
      runSummary('j', '1', run, 'completed', unsure.outcome, endDoubt(run, NOW)).should.equal(
        `Job j run 1 ended, but ${unsure.outcome.reason}, and ${reason}`,
      );
    }
  });

  it('is said of a job as well, with how many runs have one', () => {
    const doubt = endDoubt(read('2099-01-01T00:00:00Z'), NOW)!;
    const ahead = 'its end date 2099-01-01T00:00:00Z has not come yet';
    const good = { result: 'succeeded', reason: '3 of 3 runs succeeded', evidence: [] } as const;
    const unknown = { result: 'unknown', reason: 'no evidence', evidence: [] } as const;
    const one = [{ runId: '2', doubt }];
    const two = [...one, { runId: '3', doubt }];
    const of = (outcome: Parameters<typeof jobSummary>[1], doubted: typeof one) =>
      jobSummary('j', outcome, null, doubted);
    of({ ...good, evidence: [] }, one).should.equal(
      `Job j succeeded: 3 of 3 runs succeeded, but for run 2 ${ahead}`,
    );
    of({ ...unknown, evidence: [] }, one).should.equal(
      `Job j ended, but no evidence, and for run 2 ${ahead}`,
    );
    of(null, two).should.equal(
      `Job j completed, but the end dates of 2 runs are in doubt: for run 2 ${ahead}`,
    );
    of(null, []).should.equal('Job j completed');
  });

  it('does not let a run pass for one that never started', () => {
    const completed: JobStatus = { status: 'Completed', statusReason: null, statusDate: START };
    for (const run of [read('yes', null), read(null, '2026-13-10T10:00:00Z'), read(null, 'morning')]) {
      hasBegun(run).should.be.true();
      const { outcome, conclusive } = decideOutcome({ ...facts, run, statuses: [completed], log: missing });
      outcome.reason.should.not.containEql('never started');
      outcome.evidence.join().should.not.containEql('never started');
      conclusive.should.be.false();
    }
    hasBegun(read(null, null)).should.be.false();
  });

  it('does not put the end of a run before the stop of its job when it can’t be right', () => {
    const stop: JobStatus = {
      status: 'Stopping',
      statusReason: 'User Terminated',
      statusDate: '2026-01-10T11:30:00Z',
    };
    const decided = decideOutcome({
      ...facts,
      run: read('2026-01-09T10:00:00Z'),
      statuses: [stop],
      log: missing,
    });
    decided.outcome.should.have.property('result', 'stopped');
  });

  it('that can’t be read leaves events in their order', () => {
    const detectedAt = new Date(NOW).toISOString();
    const event = (kind: 'started' | 'completed', runId: string, occurredAt: string) => ({
      event: kind,
      jobId: 'j',
      runId,
      occurredAt,
      detectedAt,
    });
    const events = [
      event('completed', '1', '2026-01-10T25:99:00Z'),
      event('completed', '2', '2026-01-10T11:00:00Z'),
      event('started', '3', '2026-01-10T10:30:00Z'),
      event('completed', '3', '2026-01-10T11:59:00Z'),
    ];
    inOrder(events)
      .map(({ event: kind, runId }) => kind + runId)
      .should.eql(['started3', 'completed2', 'completed3', 'completed1']);
  });
});
