import should from 'should';
import { onAbort } from '../../src/api/errors/guard';
import { pollUntil } from '../../src/runs/tasks/poll-until';
import { virtualClock } from './virtual-clock';

describe('Polling until a deadline', () => {
  const pauses = { first: 1_000, longest: 15_000, timeout: 600_000 };
  /** As a request that gets no answer. */
  const unanswered = (signal: AbortSignal) =>
    new Promise<null>((_resolve, reject) => onAbort(signal, () => reject(new Error('called off'))));

  it('looks once more when the machine stood still beyond it in the middle of a look', async () => {
    const clock = virtualClock();
    let looks = 0;
    let end: string | null | undefined;
    const poll = (signal: AbortSignal) => {
      looks += 1;
      return looks === 1 ? unanswered(signal) : Promise.resolve('ended');
    };
    void pollUntil(poll, pauses, { clock }).then((seen) => (end = seen));
    await clock.advance(10_000);
    clock.fallAsleep(3_600_000);
    await clock.advance(0);
    should(end).equal('ended');
    looks.should.equal(2);
  });

  it('does not where a look only takes long', async () => {
    const clock = virtualClock();
    let looks = 0;
    let end: string | null | undefined;
    const poll = (signal: AbortSignal) => {
      looks += 1;
      return unanswered(signal);
    };
    void pollUntil<string>(poll, pauses, { clock }).then((seen) => (end = seen));
    await clock.advance(600_000);
    should(end).be.null();
    looks.should.equal(1);
  });
});
