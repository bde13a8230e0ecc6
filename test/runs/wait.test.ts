import should from 'should';
import type { Run } from '../../src/api/client/types';
import type { JobReading } from '../../src/runs/run/job-reading';
import { startDeadline, type Deadline } from '../../src/runs/tasks/deadline';
import { awaitEnd } from '../../src/runs/wait/wait';
import { failure, runOf } from './fake-platform';
import { settled } from './virtual-clock';
import { MINUTE, SECOND, clock, platform, polling, wait, newForEach } from './wait-setup';

describe('Wait', () => {
  newForEach();

  it('ends with its run', async () => {
    const job = platform.addJob('one', 2);
    platform.start(job, '1');
    const waiting = wait('one', '1');
    await clock.advance(10 * MINUTE);
    should(waiting.end).be.null();
    platform.end(job, '1');
    await clock.advance(31 * SECOND);
    waiting
      .ended()
      .should.have.properties({ reason: 'ended', state: 'completed', outcome: null, filesReady: null });
    (waiting.ended().payload as Run).id.should.equal('1');
    waiting.ended().progress.should.eql({ total: 2, pending: 1, running: 0, completed: 1 });
  });

  it('gives each its own run, so that what a flow does with it changes nothing for others', async () => {
    const job = platform.addJob('one', 1);
    platform.end(job, '1');
    platform.setStatus(job, 'Completed');
    let shared: ReadonlyMap<string, Run> = new Map();
    const watching = polling.followJob('one', {
      interval: 30 * SECOND,
      onReading: ({ runs }) => (shared = runs),
      onTrouble: () => undefined,
    });
    const waiting = [wait('one', '1'), wait('one', null)];
    await clock.advance(2 * SECOND);
    for (const { ended } of waiting) {
      for (const run of [ended().payload].flat()) Object.assign(run as Run, { dateCompleted: null });
    }
    should(shared.get('1')!.dateCompleted).be.a.String();
    watching.release();
  });

  describe('of which a reading should not happen', () => {
    /** Tells a wait for a run that has ended of readings; an odd one throws when the run is looked for in it. */
    async function toldWait(deadline: Deadline | null) {
      platform.end(platform.addJob('one', 1), '1');
      let reading: JobReading | null = null;
      const watching = polling.followJob('one', {
        interval: 30 * SECOND,
        onReading: (read) => (reading = read),
        onTrouble: () => undefined,
      });
      await clock.advance(2 * SECOND);
      watching.release();
      const troubles: (string | null)[] = [];
      let tell: (reading: JobReading) => void = () => undefined;
      const ended = awaitEnd(
        { jobId: 'one', runId: '1', interval: 30 * SECOND, outcome: false, files: false },
        {
          polling: {
            ...polling,
            followJob(_jobId, listener) {
              tell = (read) => listener.onReading(read);
              return watching;
            },
          },
          clock,
          signal: new AbortController().signal,
          stop: new AbortController().signal,
          deadline,
          onTrouble: (trouble) => troubles.push(trouble && trouble.error.message),
        },
      );
      const runs = {
        get() {
          throw new TypeError('planted');
        },
      };
      return {
        ended,
        troubles,
        tellOdd: () => tell({ ...reading!, runs: runs as never }),
        tellGood: () => tell(reading!),
      };
    }

    it('goes on, and says so meanwhile', async () => {
      const { ended, troubles, tellOdd, tellGood } = await toldWait(null);
      tellOdd();
      troubles.length.should.equal(1);
      troubles[0]!.should.containEql('planted');
      tellGood();
      (await ended).reason.should.equal('ended');
      troubles.length.should.equal(2);
      should(troubles[1]).be.null();
    });

    it('ends with that error at its deadline', async () => {
      const { ended, tellOdd } = await toldWait(startDeadline(MINUTE, clock, platform.client));
      const failed = ended.should.be.rejectedWith(/planted/, { code: 'RESCALE_PROTOCOL' });
      tellOdd();
      await clock.advance(2 * MINUTE);
      await failed;
    });
  });

  it('ends at once with a run that is over', async () => {
    platform.end(platform.addJob('one', 1), '1');
    const waiting = wait('one', '1');
    await clock.advance(0);
    waiting.ended().state.should.equal('completed');
  });

  it('brings the outcome and waits for the files', async () => {
    const job = platform.addJob('one', 2);
    platform.start(job, '1');
    const waiting = wait('one', '1', { outcome: true, files: true });
    await clock.advance(SECOND);
    platform.end(job, '1', 137);
    job.files.set('1', 1);
    await clock.advance(60 * SECOND);
    should(waiting.end).be.null();
    job.files.set('1', 2);
    await clock.advance(31 * SECOND);
    waiting.ended().outcome!.result.should.equal('failed');
    waiting.ended().filesReady!.should.be.true();
    waiting
      .ended()
      .summary.should.match(
        /^Job one run 1 failed after .*: exited with code 137 \(killed or out of memory\)$/,
      );
  });

  it('does not wait for files longer than 300 seconds', async () => {
    const job = platform.addJob('one', 2);
    platform.end(job, '1');
    const waiting = wait('one', '1', { files: true });
    await clock.advance(299 * SECOND);
    should(waiting.end).be.null();
    await clock.advance(31 * SECOND);
    waiting.ended().filesReady!.should.be.false();
  });

  it('waits for a run that is not listed yet, in a job that is', async () => {
    const job = platform.addJob('one', 0);
    job.listed = false;
    const waiting = wait('one', '1');
    await clock.advance(20 * MINUTE);
    should(waiting.end).be.null();
    should(waiting.error).be.null();
    job.listed = true;
    job.runs.push(runOf('1', 1));
    platform.end(job, '1');
    await clock.advance(2 * MINUTE);
    waiting.ended().state.should.equal('completed');
  });

  it('ends without a run when the job is over and never listed it', async () => {
    const job = platform.addJob('one', 0);
    const waiting = wait('one', '5', { outcome: true, files: true });
    await clock.advance(SECOND);
    platform.setStatus(job, 'Cancelled');
    await clock.advance(90 * SECOND);
    waiting.ended().should.have.properties({ payload: null, state: 'ended', filesReady: false });
    waiting.ended().summary.should.equal('Job one run 5 never started: Cancelled');
    waiting.ended().outcome!.result.should.equal('stopped');
  });

  for (const outcome of [true, false]) {
    it(`does not call a run that is gone one that never started, ${outcome ? 'with' : 'without'} outcome`, async () => {
      const job = platform.addJob('one', 2);
      platform.start(job, '1');
      const waiting = wait('one', '1', { outcome });
      await clock.advance(SECOND);
      job.runs.shift();
      await clock.advance(30 * MINUTE);
      should(waiting.end).be.null();
      platform.end(job, '2', 0);
      platform.setStatus(job, 'Completed', 'Completed successfully');
      await clock.advance(15 * MINUTE);
      waiting.ended().should.have.properties({ payload: null, state: 'ended' });
      waiting.ended().summary.should.equal('Job one run 1 is not listed any more');
      should(waiting.ended().outcome?.result).equal(outcome ? 'unknown' : undefined);
    });
  }

  it('fails when there is no such job, after three rounds', async () => {
    const waiting = wait('nobody', '1');
    await clock.advance(59 * SECOND);
    should(waiting.error).be.null();
    await clock.advance(5 * MINUTE);
    waiting.error!.code!.should.equal('RESCALE_NOT_FOUND');
  });

  it('asks anew for each wait, also when another one has just failed for the same job', async () => {
    const first = wait('late', '1');
    await clock.advance(5 * MINUTE);
    first.error!.code!.should.equal('RESCALE_NOT_FOUND');
    // As a flow does that catches the error and tries again; the job has been submitted meanwhile.
    platform.addJob('late', 1);
    const second = wait('late', '1');
    await clock.advance(3 * SECOND);
    platform.end(platform.jobs.get('late')!, '1');
    await clock.advance(2 * MINUTE);
    second.ended().state.should.equal('completed');
  });

  it('fails for a job that is missing only after three rounds of its own', async () => {
    wait('nobody', '1');
    await clock.advance(80 * SECOND);
    const second = wait('nobody', '1');
    await clock.advance(5 * SECOND);
    should(second.error).be.null();
    await clock.advance(5 * MINUTE);
    second.error!.code!.should.equal('RESCALE_NOT_FOUND');
  });

  it('is ended by no failure, and told of each', async () => {
    const job = platform.addJob('one', 1);
    platform.start(job, '1');
    const waiting = wait('one', '1');
    for (const code of ['RESCALE_SERVER', 'RESCALE_AUTH', 'RESCALE_NETWORK', 'RESCALE_RATE_LIMIT'] as const) {
      platform.fault = () => {
        throw failure(code);
      };
      await clock.advance(30 * MINUTE);
      waiting.troubles.at(-1)!.error.code.should.equal(code);
    }
    should(waiting.error).be.null();
    platform.fault = null;
    platform.end(job, '1');
    await clock.advance(2 * MINUTE);
    waiting.ended().state.should.equal('completed');
  });

  it('is stopped by a message', async () => {
    platform.start(platform.addJob('one', 1), '1');
    const waiting = wait('one', '1');
    await clock.advance(SECOND);
    waiting.stop();
    await settled();
    waiting.end!.reason.should.equal('stopped');
    (waiting.end!.payload as Run).id.should.equal('1');
  });

  it('rejects with the reason when it is closed', async () => {
    platform.addJob('one', 1);
    const waiting = wait('one', '1');
    await clock.advance(SECOND);
    const reason = new Error('closed');
    waiting.close(reason);
    await settled();
    should(waiting.error).equal(reason);
  });

  it('of many shares the rounds and lets each out once', async () => {
    const jobs = Array.from({ length: 10 }, (_, index) => platform.addJob(`job${index}`, 50));
    const waits = jobs.flatMap((job) => job.runs.map(({ id }) => wait(job.id, id)));
    for (const job of jobs) for (const { id } of job.runs) platform.start(job, id);
    await clock.advance(SECOND);
    platform.requests.length = 0;
    await clock.advance(5 * MINUTE);
    platform.requests.length.should.be.belowOrEqual(10 * 10 * 1.4);
    for (const job of jobs) for (const { id } of job.runs) platform.end(job, id);
    await clock.advance(31 * SECOND);
    waits.every(({ end }) => end?.reason === 'ended').should.be.true();
  });
});
