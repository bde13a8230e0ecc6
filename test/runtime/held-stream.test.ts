import 'should';
import { createDurableStreams } from '../../src/runtime/monitor/durable-streams';
import type { Journals } from '../../src/runtime/state/journal';
import type { StreamState } from '../../src/runtime/monitor/stream-events';
import { virtualClock } from '../runs/virtual-clock';

describe('What is noted of a log on a full disk', () => {
  const name = { platform: 'p', jobId: 'j', runId: '1', path: 'log' };
  const lines = (seq: number) =>
    ({ kind: 'lines', at: 0, text: 'Time = 1\n', seq, lines: 1, gap: false, mark: String(seq) }) as const;

  for (const when of ['it begins', 'a line comes']) {
    it(`is written when there is room again, full since ${when}`, async () => {
      const clock = virtualClock();
      const closing = new AbortController();
      const shown: boolean[] = [];
      const warned: string[] = [];
      let full = when === 'it begins';
      let whole: StreamState | null = null;
      const check = () => {
        if (full) throw new Error('ENOSPC: no space left on device');
      };
      const journals = {
        find: () => null,
        create: () => ({
          size: 0,
          append: check,
          compact: (state: StreamState) =>
            Promise.resolve().then(() => {
              check();
              whole = state;
            }),
          remove() {},
          close() {},
        }),
      } as unknown as Journals;
      const keeper = createDurableStreams(journals, { reader: {}, judge: {}, keep: 100 } as never, {
        clock,
        warn: ({ key }) => void warned.push(key),
        report() {},
        showUnread() {},
        trouble: (text) => void shown.push(text !== null),
        background: (task) => void task(closing.signal),
      });
      const held = keeper.create('key', { name, message: '', reader: '' });
      full = true;
      const first = held.note(lines(1));
      first.stored.should.be.false();
      await held.stream.handle(lines(1), closing.signal);
      await held.sent(first.number, false);
      shown.should.eql([true]);
      await clock.advance(5_000);
      (whole === null).should.be.true();
      full = false;
      // Nothing comes any more, and it is written all the same.
      await clock.advance(10_000);
      whole!.should.have.properties({ events: 1, sent: 1 });
      shown.should.eql([true, false]);
      warned.should.eql(['log-not-stored']);
      held.note(lines(2)).stored.should.be.true();
      clock.timers.should.equal(0);
      held.close();
    });
  }
});
