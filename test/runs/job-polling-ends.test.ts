import 'should';
import { hasJobEnded, stateIn } from '../../src/runs/run/job-reading';
import { failure, runOf } from './fake-platform';
import { MINUTE, SECOND, clock, follow, platform, newForEach } from './polling-setup';

describe('Polling of jobs that end or disappear', () => {
  newForEach();

  describe('what disappears', () => {
    it('a run is gone, never completed, and only when the platform says so again and again', async () => {
      const job = platform.addJob('sweep', 3);
      platform.start(job, '2');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      const [lost] = job.runs.splice(1, 1);
      await clock.advance(65 * SECOND);
      seen.last!.gone.size.should.equal(0);
      await clock.advance(2 * MINUTE);
      [...seen.last!.gone].should.eql(['2']);
      seen.last!.runs.has('2').should.be.false();
      seen.over.size.should.equal(0);
      job.runs.push(lost!);
      await clock.advance(MINUTE);
      seen.last!.gone.size.should.equal(0);
      seen.last!.runs.has('2').should.be.true();
    });

    it('a run that the list leaves out but that still exists is not gone', async () => {
      platform.addJob('sweep', 3);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      const client = platform.client as { listRuns: unknown };
      const real = platform.client.listRuns.bind(platform.client);
      client.listRuns = async function* (jobId: string, options: object) {
        for await (const page of real(jobId, options)) yield { ...page, rows: page.rows.slice(1) };
      };
      platform.fault = ({ call }) => {
        if (call === 'readRunsPage') throw failure('RESCALE_SERVER');
      };
      await clock.advance(10 * MINUTE);
      seen.last!.gone.size.should.equal(0);
      seen.last!.runs.size.should.equal(3);
    });

    it('a job is gone after three rounds, and comes back', async () => {
      const job = platform.addJob('sweep', 1);
      platform.start(job, '1');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.jobs.delete('sweep');
      await clock.advance(70 * SECOND);
      seen.last!.jobGone.should.be.false();
      await clock.advance(2 * MINUTE);
      seen.last!.jobGone.should.be.true();
      hasJobEnded(seen.last!).should.be.false();
      seen.over.size.should.equal(0);
      platform.jobs.set('sweep', job);
      await clock.advance(2 * MINUTE);
      seen.last!.jobGone.should.be.false();
    });

    it('a job that lists no runs yet exists as long as it has a status', async () => {
      const job = platform.addJob('sweep', 1);
      job.listed = false;
      const seen = follow('sweep');
      await clock.advance(10 * MINUTE);
      seen.last!.jobGone.should.be.false();
      seen.last!.runs.size.should.equal(0);
      seen.troubles.length.should.equal(0);
      job.listed = true;
      await clock.advance(MINUTE);
      seen.last!.runs.size.should.equal(1);
    });

    it('a job that has runs and answers 404 for them is odd, not gone', async () => {
      const job = platform.addJob('sweep', 1);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      job.listed = false;
      await clock.advance(10 * MINUTE);
      seen.last!.jobGone.should.be.false();
      seen.last!.runs.size.should.equal(1);
      seen.troubles.at(-1)!.error.code.should.equal('RESCALE_PROTOCOL');
    });
  });

  describe('the end of a job', () => {
    it('is seen with its last run, when the runs are listed again after the status', async () => {
      const job = platform.addJob('sweep', 2);
      platform.start(job, '1');
      platform.start(job, '2');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.end(job, '1');
      platform.end(job, '2');
      platform.setStatus(job, 'Completed', 'Completed successfully');
      await clock.advance(30 * SECOND);
      hasJobEnded(seen.last!).should.be.true();
    });

    it('calls a run without an end ended only at the second terminal reading', async () => {
      const job = platform.addJob('sweep', 2);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.setStatus(job, 'Force Stop');
      await clock.advance(30 * SECOND);
      seen.last!.terminalReadings.should.equal(1);
      seen.over.size.should.equal(0);
      platform.end(job, '1');
      await clock.advance(30 * SECOND);
      stateIn(seen.last!, seen.last!.runs.get('1')!).should.equal('completed');
      stateIn(seen.last!, seen.last!.runs.get('2')!).should.equal('ended');
      hasJobEnded(seen.last!).should.be.true();
    });

    it('takes back a terminal status that was not the last word', async () => {
      const job = platform.addJob('sweep', 2);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.setStatus(job, 'Completed');
      await clock.advance(30 * SECOND);
      platform.setStatus(job, 'Executing');
      await clock.advance(60 * SECOND);
      seen.over.size.should.equal(0);
      hasJobEnded(seen.last!).should.be.false();
    });

    it('includes a run that appeared and ended while the status was read', async () => {
      const job = platform.addJob('sweep', 1);
      platform.start(job, '1');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.end(job, '1');
      platform.fault = ({ call }) => {
        if (call !== 'listJobStatuses' || job.runs.length > 1) return;
        job.runs.push(runOf('2', 2));
        platform.start(job, '2');
        platform.setStatus(job, 'Completed');
      };
      await clock.advance(30 * SECOND);
      seen.last!.runs.size.should.equal(2);
      hasJobEnded(seen.last!).should.be.false();
    });

    it('comes for a job that was cancelled before it listed any run', async () => {
      const job = platform.addJob('sweep', 0);
      job.listed = false;
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.setStatus(job, 'Cancelled');
      await clock.advance(30 * SECOND);
      hasJobEnded(seen.last!).should.be.false();
      await clock.advance(30 * SECOND);
      hasJobEnded(seen.last!).should.be.true();
    });

    it('makes the job nearly free', async () => {
      const job = platform.addJob('sweep', 2);
      platform.end(job, '1', 0);
      platform.end(job, '2', 0);
      platform.setStatus(job, 'Completed');
      follow('sweep');
      await clock.advance(5 * MINUTE);
      const before = platform.requests.length;
      await clock.advance(60 * MINUTE);
      (platform.requests.length - before).should.be.belowOrEqual(6);
    });
  });
});
