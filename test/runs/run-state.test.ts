import 'should';
import should from 'should';
import { isOver, isTerminalStatus, latestStatus, runState } from '../../src/runs/run/run-state';

const started = '2015-02-18T03:08:49.117000Z';
const ended = '2015-02-18T03:09:14.667000Z';

describe('State of a run', () => {
  it('comes from its two dates', () => {
    runState({ dateStarted: null, dateCompleted: null }).should.equal('pending');
    runState({ dateStarted: started, dateCompleted: null }).should.equal('running');
    runState({ dateStarted: started, dateCompleted: ended }).should.equal('completed');
    runState({ dateStarted: null, dateCompleted: ended }).should.equal('completed');
  });

  it('is ended when the job is over and the run has no end, whether it started or not', () => {
    runState({ dateStarted: null, dateCompleted: null }, true).should.equal('ended');
    runState({ dateStarted: started, dateCompleted: null }, true).should.equal('ended');
    runState({ dateStarted: started, dateCompleted: ended }, true).should.equal('completed');
  });

  it('is over when completed or ended', () => {
    (['pending', 'running', 'completed', 'ended'] as const)
      .map(isOver)
      .should.eql([false, false, true, true]);
  });
});

describe('Status of a job', () => {
  it('is terminal for every end that a real client knows, in any case and spacing', () => {
    for (const status of [
      'Completed',
      'completed',
      'Force Stop',
      'force_stop',
      'Force Stopped',
      'FORCE STOPPED',
      'Stopped',
      'Failed',
      'Terminated',
      'Cancelled',
      'Canceled',
    ]) {
      should(isTerminalStatus(status)).be.true(status);
    }
  });

  it('is not terminal for a status on the way or one that nobody knows', () => {
    for (const status of [
      'Pending',
      'Queued',
      'Started',
      'Validated',
      'Executing',
      'Stopping',
      'Waiting for Cluster',
      'Waiting for Queue',
      '',
      'Hibernating',
      'Not Completed',
      'Completed?',
    ]) {
      should(isTerminalStatus(status)).be.false(status);
    }
  });

  it('is the newest by instant, not by place or by text', () => {
    const row = (status: string, statusDate: string) => ({ status, statusDate, statusReason: null });
    latestStatus([
      row('Executing', '2026-01-01T10:00:00+02:00'),
      row('Completed', '2026-01-01T09:00:00Z'),
      row('Pending', '2026-01-01T07:00:00.000000Z'),
    ])!.status.should.equal('Completed');
    latestStatus([
      row('Completed', '2026-01-01T09:00:00Z'),
      row('Executing', '2026-01-01T09:00:00Z'),
    ])!.status.should.equal('Completed');
    should(latestStatus([])).be.null();
  });
});
