import 'should';
import should from 'should';
import type { Run } from '../../src/api/client/types';
import { createJobPolling, type JobPolling } from '../../src/runs/polling/job-polling';
import type { Trouble } from '../../src/runs/run/job-reading';
import { awaitEnd, type WaitEnd, type WaitRequest } from '../../src/runs/wait/wait';
import { failure, fakePlatform, runOf, type FakePlatform } from './fake-platform';
import { settled, virtualClock, type VirtualClock } from './virtual-clock';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('Wait', () => {
  let clock: VirtualClock;
  let platform: FakePlatform;
  let polling: JobPolling;

  beforeEach(() => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    polling = createJobPolling({ client: platform.client, clock });
  });
  afterEach(async () => {
    await clock.advance(0);
    clock.timers.should.equal(0);
    polling.close();
  });

  function wait(jobId: string, runId: string | null, more: Partial<WaitRequest> = {}) {
    const closing = new AbortController();
    const stopping = new AbortController();
    const seen = {
      end: null as WaitEnd | null,
      error: null as (Error & { code?: string }) | null,
      at: 0,
      troubles: [] as (Trouble | null)[],
      stop: () => stopping.abort(),
      close: (reason: Error) => closing.abort(reason),
      ended: () => seen.end as Extract<WaitEnd, { reason: 'ended' }>,
    };
    awaitEnd(
      { jobId, runId, interval: 30 * SECOND, outcome: false, files: false, deadline: null, ...more },
      {
        polling,
        clock,
        signal: closing.signal,
        stop: stopping.signal,
        onTrouble: (trouble) => seen.troubles.push(trouble),
      },
    ).then(
      (end) => Object.assign(seen, { end, at: clock.now() }),
      (error: Error) => Object.assign(seen, { error, at: clock.now() }),
    );
    return seen;
  }

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

  for (const hours of [2, -2]) {
    it(`keeps its deadline when the clock is set by ${hours} h`, async () => {
      platform.start(platform.addJob('one', 1), '1');
      const waiting = wait('one', '1', { deadline: clock.now() + 30 * MINUTE });
      await clock.advance(10 * MINUTE);
      if (hours > 0) clock.setAhead(hours * 60 * MINUTE);
      else clock.setBack(-hours * 60 * MINUTE);
      await clock.advance(19 * MINUTE);
      should(waiting.end).be.null();
      await clock.advance(2 * MINUTE);
      waiting.end!.reason.should.equal('deadline');
    });
  }

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

  describe('deadline', () => {
    it('ends it with the last run that was seen', async () => {
      const job = platform.addJob('one', 1);
      platform.start(job, '1');
      const deadline = clock.now() + 100 * SECOND;
      const waiting = wait('one', '1', { deadline });
      await clock.advance(99 * SECOND);
      should(waiting.end).be.null();
      await clock.advance(SECOND);
      waiting.end!.reason.should.equal('deadline');
      (waiting.end!.payload as Run).dateStarted!.should.be.a.String();
      waiting.at.should.equal(deadline);
    });

    it('ends it while nothing can be read', async () => {
      platform.fault = () => {
        throw failure('RESCALE_NETWORK');
      };
      const waiting = wait('one', '1', { deadline: clock.now() + 100 * SECOND });
      await clock.advance(101 * SECOND);
      waiting.end!.should.eql({ reason: 'deadline', payload: null });
    });

    it('that passed while nobody looked ends it at once', async () => {
      platform.start(platform.addJob('one', 1), '1');
      const waiting = wait('one', '1', { deadline: clock.now() - 1 });
      await clock.advance(0);
      waiting.end!.reason.should.equal('deadline');
    });

    it('that passed while nobody looked is forgiven when the run has ended', async () => {
      const job = platform.addJob('one', 2);
      platform.end(job, '1', 0);
      const waiting = wait('one', '1', { outcome: true, deadline: clock.now() - 1 });
      await clock.advance(SECOND);
      waiting.ended().outcome!.result.should.equal('succeeded');
    });

    it('that passed while nobody looked is forgiven when the whole job has ended', async () => {
      const job = platform.addJob('sweep', 2);
      platform.end(job, '1', 0);
      platform.end(job, '2', 0);
      platform.setStatus(job, 'Completed', 'Completed successfully');
      const waiting = wait('sweep', null, { outcome: true, deadline: clock.now() - 1 });
      await clock.advance(SECOND);
      waiting.end!.reason.should.equal('ended');
      waiting.ended().outcome!.result.should.equal('succeeded');
    });

    it('that passed while nobody looked is forgiven when the job has ended without the run', async () => {
      const job = platform.addJob('sweep', 2);
      platform.end(job, '1', 0);
      platform.setStatus(job, 'Force Stop', 'User Terminated');
      const waiting = wait('sweep', '2', { deadline: clock.now() - 1 });
      await clock.advance(MINUTE);
      waiting.end!.reason.should.equal('ended');
      waiting.ended().state.should.equal('ended');
    });

    it('that passed while nobody looked ends it soon when nothing can be read', async () => {
      platform.fault = () => {
        throw failure('RESCALE_NETWORK');
      };
      const waiting = wait('one', '1', { deadline: clock.now() - 1 });
      await clock.advance(3 * MINUTE);
      waiting.end!.reason.should.equal('deadline');
    });

    it('does not turn the end of a run into none', async () => {
      const job = platform.addJob('one', 2);
      platform.end(job, '1');
      const waiting = wait('one', '1', { outcome: true, files: true, deadline: clock.now() + 20 * SECOND });
      await clock.advance(20 * SECOND);
      waiting.ended().outcome!.result.should.equal('unknown');
    });
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
