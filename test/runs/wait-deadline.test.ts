import should from 'should';
import type { Run } from '../../src/api/client/types';
import { failure } from './fake-platform';
import { MINUTE, SECOND, clock, platform, wait, newForEach } from './wait-setup';

describe('Deadline of a wait', () => {
  newForEach();

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

    for (const hours of [1, 9]) {
      it(`is forgiven when the run has ended while the machine slept for ${hours} h`, async () => {
        const job = platform.addJob('one', 1);
        platform.start(job, '1');
        const waiting = wait('one', '1', { outcome: true, deadline: clock.now() + 40 * MINUTE });
        await clock.advance(39 * MINUTE);
        clock.fallAsleep(hours * 60 * MINUTE);
        platform.end(job, '1', 0);
        await clock.advance(MINUTE);
        waiting.ended().outcome!.result.should.equal('succeeded');
      });

      it(`ends it with the first look after ${hours} h of sleep at a run that goes on`, async () => {
        const job = platform.addJob('one', 1);
        platform.start(job, '1');
        const waiting = wait('one', '1', { deadline: clock.now() + 40 * MINUTE });
        await clock.advance(39 * MINUTE);
        clock.fallAsleep(hours * 60 * MINUTE);
        await clock.advance(MINUTE);
        waiting.end!.reason.should.equal('deadline');
      });
    }

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
});
