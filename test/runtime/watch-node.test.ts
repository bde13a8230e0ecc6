import 'should';
import { createJobPolling, type JobPolling } from '../../src/runs/polling/job-polling';
import type { NodeHost } from '../../src/runtime/definition/definition';
import { watchNode, type WatchFields } from '../../src/runtime/long-running/watch-node';
import { fakePlatform } from '../runs/fake-platform';
import { virtualClock } from '../runs/virtual-clock';

const FIELDS: Partial<WatchFields> = {
  ...{
    scope: 'jobs',
    jobs: { ids: ['one'], odd: null },
    events: ['completed'],
    interval: 5,
    startFrom: 'now',
  },
  ...{ outcome: false, files: false, overdue: 0, waiting: 0, search: '' },
};

describe('A watch node', () => {
  it('that is closed while its platform is still being connected does not begin to watch', async () => {
    const clock = virtualClock();
    const ending = new AbortController();
    let connected = () => {};
    const ready = new Promise<void>((resolve) => (connected = resolve));
    let followed = 0;
    const polling = { followJob: () => (followed += 1), stretch: 1 } as unknown as JobPolling;
    const behaviour = watchNode({
      ...{ id: 'watch', clock, signal: ending.signal, settings: {} },
      connect: () => ready.then(() => ({ origin: 'https://fake.test', shared: () => polling })),
      read: (name: keyof WatchFields) => Promise.resolve(FIELDS[name]),
      warn() {},
    } as unknown as NodeHost<WatchFields>);
    const starting = behaviour.started!();
    ending.abort();
    await behaviour.closed!({ removed: false, configured: true });
    connected();
    await starting.should.be.rejectedWith({ code: 'RESCALE_CLOSED' });
    await clock.advance(60_000);
    followed.should.equal(0);
  });

  describe('on a platform that grants so many requests a second', () => {
    const SECOND = 1000;
    const QUIET = 100;

    /** A watch over jobs in which nothing has moved for an hour, and one in which something does. */
    async function watched(rate: number) {
      const clock = virtualClock();
      const platform = fakePlatform(clock);
      platform.rate = rate;
      const names = Array.from({ length: QUIET }, (_, index) => `quiet${index}`);
      for (const name of [...names, 'moving']) platform.start(platform.addJob(name, 4), '1');
      const polling = createJobPolling({ client: platform.client, clock });
      const ending = new AbortController();
      const told = new Map<string, number>();
      const status = { text: '', seconds: 0 };
      const fields: Partial<WatchFields> = {
        ...FIELDS,
        jobs: { ids: [...names, 'moving'], odd: null },
        interval: 30,
      };
      const behaviour = watchNode({
        ...{ id: 'watch', clock, signal: ending.signal, settings: {} },
        connect: () => Promise.resolve({ origin: 'https://fake.test', shared: () => polling }),
        read: (name: keyof WatchFields) => Promise.resolve(fields[name]),
        warn() {},
        trouble() {},
        showUnread() {},
        show: (_: string, { key, values }: { key: string; values?: { seconds?: number } }) =>
          Object.assign(status, { text: key, seconds: values?.seconds ?? 0 }),
        sending: () => () => Promise.resolve(true),
        send: ({ jobId, runId }: { jobId: string; runId: string }) => {
          told.set(`${jobId} ${runId}`, clock.now());
          return Promise.resolve();
        },
      } as unknown as NodeHost<WatchFields>);
      const started = behaviour.started!();
      await clock.advance(3600 * SECOND);

      /** Milliseconds from the end of a run until it is told. */
      const delayOf = async (name: string, runId: string) => {
        const job = platform.jobs.get(name)!;
        platform.end(job, runId);
        const at = clock.now();
        for (let look = 0; look < 60 && !told.has(`${name} ${runId}`); look += 1)
          await clock.advance(10 * SECOND);
        return told.get(`${name} ${runId}`)! - at;
      };
      const close = async () => {
        ending.abort();
        await behaviour.closed!({ removed: false, configured: true });
        await started;
        polling.close();
      };
      return { clock, platform, status, delayOf, close };
    }

    it('looks at no job later than its interval while less than four fifths of that are used', async () => {
      const watch = await watched(5);
      for (const [index, name] of ['quiet0', 'quiet50', 'quiet99'].entries()) {
        await watch.clock.advance(index * 7 * SECOND);
        (await watch.delayOf(name, '1')).should.be.belowOrEqual(30 * SECOND);
      }
      watch.status.text.should.equal('watching');
      await watch.close();
    });

    it('beyond that looks at quiet jobs less often, at the others as before, and says so', async () => {
      const watch = await watched(1);
      watch.status.text.should.equal('watching-slowly');
      watch.status.seconds.should.be.within(100, 300);
      (await watch.delayOf('moving', '1')).should.be.belowOrEqual(watch.status.seconds * SECOND);
      // Something has moved in it just now, so it is not quiet any more.
      for (const runId of ['2', '3', '4']) {
        watch.platform.start(watch.platform.jobs.get('moving')!, runId);
        (await watch.delayOf('moving', runId)).should.be.belowOrEqual(31 * SECOND);
      }
      watch.platform.requests.length = 0;
      await watch.clock.advance(3600 * SECOND);
      (watch.platform.requests.length / 3600).should.be.belowOrEqual(0.82);
      await watch.close();
    });
  });
});
