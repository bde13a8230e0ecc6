import should from 'should';
import type { Run } from '../../src/api/client/types';
import { runOf } from './fake-platform';
import { MINUTE, SECOND, clock, platform, wait, newForEach } from './wait-setup';

describe('Wait for all runs of a job', () => {
  newForEach();

  describe('for a job', () => {
    it('ends with its last run, gives them by their order, and sums up', async () => {
      const job = platform.addJob('sweep', 3);
      job.runs.reverse();
      for (const id of ['1', '2', '3']) platform.start(job, id);
      const waiting = wait('sweep', null, { outcome: true, files: true });
      await clock.advance(SECOND);
      platform.end(job, '1', 0);
      platform.end(job, '2', 1);
      await clock.advance(5 * MINUTE);
      should(waiting.end).be.null();
      platform.end(job, '3', 0);
      platform.setStatus(job, 'Completed');
      await clock.advance(61 * SECOND);
      (waiting.ended().payload as Run[]).map(({ id }) => id).should.eql(['1', '2', '3']);
      waiting.ended().outcome!.reason.should.equal('1 of 3 runs failed');
      waiting.ended().filesReady!.should.be.true();
      waiting.ended().progress.completed.should.equal(3);
    });

    it('does not call a job well of which the platform counts more runs than it shows', async () => {
      const job = platform.addJob('sweep', 2);
      platform.unlisted = 3;
      const waiting = wait('sweep', null, { outcome: true });
      for (const { id } of job.runs) platform.end(job, id, 0);
      platform.setStatus(job, 'Completed');
      await clock.advance(10 * MINUTE);
      const outcome = waiting.ended().outcome!;
      outcome.result.should.equal('unknown');
      outcome.evidence[0]!.should.match(/^5 runs: 2 known to have succeeded/);
    });

    it('does not call a job well, whatever it says itself, of which a run has perhaps failed', async () => {
      const job = platform.addJob('sweep', 2);
      const waiting = wait('sweep', null, { outcome: true });
      platform.end(job, '1', 0);
      platform.end(job, '2', 139);
      job.logs.set('2', `${job.logs.get('2')!}[2026-01-01T00:00:10Z]: Uploading 3 files\n`);
      platform.setStatus(job, 'Completed', 'Completed successfully');
      await clock.advance(10 * MINUTE);
      waiting.ended().outcome!.result.should.equal('unknown');
      waiting.ended().outcomes!['2']!.reason.should.equal('perhaps exited with code 139 (memory fault)');
      waiting.ended().summary.should.match(/, but how 1 of 2 runs ended is not certain$/);
    });

    it('does not end while a job that has completed all listed runs goes on', async () => {
      const job = platform.addJob('sweep', 1);
      platform.end(job, '1');
      const waiting = wait('sweep', null);
      await clock.advance(10 * MINUTE);
      should(waiting.end).be.null();
      job.runs.push(runOf('2', 2));
      platform.end(job, '2');
      platform.setStatus(job, 'Completed');
      await clock.advance(61 * SECOND);
      (waiting.ended().payload as Run[]).length.should.equal(2);
    });

    it('ends with runs that never started', async () => {
      const job = platform.addJob('sweep', 3);
      platform.start(job, '1');
      const waiting = wait('sweep', null, { outcome: true, files: true });
      await clock.advance(SECOND);
      platform.end(job, '1', 143);
      platform.setStatus(job, 'Completed', 'User Terminated');
      await clock.advance(2 * MINUTE);
      waiting.ended().state.should.equal('ended');
      waiting.ended().outcome!.result.should.equal('stopped');
      waiting.ended().progress.should.eql({ total: 3, pending: 0, running: 0, completed: 3 });
    });

    it('ends with a job that was cancelled before it had runs', async () => {
      const job = platform.addJob('sweep', 0);
      job.listed = false;
      const waiting = wait('sweep', null, { outcome: true, files: true });
      await clock.advance(10 * MINUTE);
      platform.setStatus(job, 'Cancelled');
      await clock.advance(61 * SECOND);
      waiting.ended().payload!.should.eql([]);
      waiting.ended().outcome!.result.should.equal('stopped');
    });

    it('examines only so many of the runs that ended before it began', async () => {
      const job = platform.addJob('sweep', 2400);
      for (let id = 1; id <= 2400; id += 1) platform.end(job, String(id), 0);
      platform.setStatus(job, 'Completed', 'Completed successfully');
      const waiting = wait('sweep', null, { outcome: true });
      await clock.advance(61 * SECOND);
      waiting.ended().outcome!.result.should.equal('succeeded');
      platform.count('openContents').should.equal(2000);
    });
  });

  it('brings the outcomes of all runs of a job', async () => {
    const job = platform.addJob('sweep', 3);
    const waiting = wait('sweep', null, { outcome: true });
    await clock.advance(MINUTE);
    for (const [index, { id }] of job.runs.entries()) platform.end(job, id, index);
    platform.setStatus(job, 'Completed');
    await clock.advance(2 * MINUTE);
    const { outcomes, outcome } = waiting.ended();
    Object.entries(outcomes!)
      .map(([id, { result }]) => [id, result])
      .should.eql([
        ['1', 'succeeded'],
        ['2', 'failed'],
        ['3', 'failed'],
      ]);
    outcome!.reason.should.equal('2 of 3 runs failed');
  });
});
