import should from 'should';
import type { ErrorText } from '../../src/api/errors/errors';
import { createDurableWaits, type WaitFields } from '../../src/runtime/long-running/durable-waits';
import type {
  Message,
  NodeHost,
  Result,
  Storing,
  InputContext,
} from '../../src/runtime/definition/definition';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { virtualClock } from '../runs/virtual-clock';
import { failure, fakePlatform } from '../runs/fake-platform';
import { createJobPolling, type JobPolling } from '../../src/runs/polling/job-polling';
import type { StateStore } from '../../src/runs/tasks/ports';
import { fullDisk } from './full-disk';

const FIELDS: WaitFields = {
  scope: 'run',
  jobId: 'one',
  runId: '1',
  interval: 5,
  deadline: 0,
  outcome: false,
  files: false,
  durable: true,
};

describe('Durable waits', () => {
  const clock = virtualClock();
  const closing = new AbortController();
  let platform: ReturnType<typeof fakePlatform>;
  let polling: JobPolling;
  let store: StateStore;
  let resumed: Message[];
  let warnings: ErrorText[];
  let host: NodeHost<WaitFields>;
  let unstored: boolean[];
  const connection = () => ({ origin: 'https://fake.test', client: platform.client, shared: () => polling });

  beforeEach(() => {
    platform = fakePlatform(clock);
    platform.start(platform.addJob('one', 1), '1');
    polling = createJobPolling({ client: platform.client, clock });
    store = { ...createMemoryStore(), durable: true };
    resumed = [];
    warnings = [];
    unstored = [];
    host = {
      clock,
      signal: closing.signal,
      handedOver: new AbortController().signal,
      sending: () => () => Promise.resolve(true),
      connect: () => Promise.resolve(connection()),
      warn: (sentence: ErrorText) => warnings.push(sentence),
      background: (task: (signal: AbortSignal) => Promise<void>) => void task(closing.signal),
      show() {},
      trouble() {},
      report(error: unknown) {
        throw error;
      },
      resume: (message: Message) => resumed.push(message),
    } as unknown as NodeHost<WaitFields>;
  });
  afterEach(() => polling.close());

  const workOf = (message: Message) =>
    ({
      fields: FIELDS,
      message,
      connection: connection(),
      signal: closing.signal,
      keep: (begin: () => Storing) => begin().stored,
      showUnstored: (is: boolean) => unstored.push(is),
      afterwards: (act: () => Promise<unknown>) => void act(),
    }) as unknown as InputContext<WaitFields>;

  it('does not take up again what came before the flows had started', async () => {
    const waits = createDurableWaits(host, store);
    const held = waits.start(workOf({ topic: 'early' }));
    const first = held.next();
    await clock.advance(0);
    (await store.keys()).length.should.equal(1);
    await waits.resume();
    resumed.should.eql([]);
    await waits.stopAll();
    await first;
    await held.return();
  });

  it('stops a message that is still being written', async () => {
    let written = () => {};
    const slow = { ...store, write: () => new Promise<void>((resolve) => (written = resolve)) };
    const waits = createDurableWaits(host, slow);
    const held = waits.start(workOf({}));
    const first = held.next();
    await waits.stopAll();
    slow.write = () => Promise.resolve();
    written();
    await clock.advance(0);
    const result = (await first).value as Result;
    result.should.have.property('output', 1);
    result.rescale!.should.have.property('reason', 'stopped');
    await held.return();
  });

  it('stops what waited before a restart, when it is told so while that is being read', async () => {
    const held = createDurableWaits(host, store).start(workOf({ topic: 'kept' }));
    void held.next();
    await clock.advance(0);
    const waits = createDurableWaits(host, store);
    const tasks: AsyncGenerator<Result, unknown, undefined>[] = [];
    host.resume = (_message, _fields, task) => {
      tasks.push(task(workOf({})) as (typeof tasks)[number]);
    };
    const resuming = waits.resume();
    await waits.stopAll();
    await resuming;
    tasks.length.should.equal(1);
    ((await tasks[0]!.next()).value as Result).should.have.property('output', 1);
    await tasks[0]!.return(undefined);
  });

  it('lets a message go once and without an error when it can’t be removed from disk', async () => {
    const waits = createDurableWaits(host, {
      ...store,
      remove: () => Promise.reject(new Error('EROFS: read-only file system')),
    });
    platform.end(platform.jobs.get('one')!, '1');
    const held = waits.start(workOf({}));
    const first = held.next();
    await clock.advance(0);
    ((await first).value as Result).should.have.property('output', 0);
    (await held.next()).should.have.property('done', true);
    warnings.should.eql([{ key: 'wait-not-removed', values: { reason: 'EROFS: read-only file system' } }]);
  });

  it('is written when the disk has room again, and says until then that it is not', async () => {
    const disk = fullDisk(3);
    const held = createDurableWaits(host, disk).start(workOf({ topic: 'kept' }));
    const first = held.next();
    await clock.advance(14_000);
    unstored.should.eql([true]);
    (await disk.keys()).should.be.empty();
    // After 5, 10 and 20 s.
    await clock.advance(21_000);
    unstored.at(-1)!.should.be.false();
    (await disk.keys()).should.have.length(1);
    disk.writes.should.equal(4);
    await clock.advance(600_000);
    disk.writes.should.equal(4);
    warnings.map(({ key }) => key).should.eql(['wait-not-stored']);
    await createDurableWaits(host, disk).resume();
    resumed.should.eql([{ topic: 'kept' }]);
    platform.end(platform.jobs.get('one')!, '1');
    await clock.advance(60_000);
    ((await first).value as Result).rescale!.should.not.have.property('durable');
    (await held.next()).done!.should.be.true();
    (await disk.keys()).should.be.empty();
  });

  it('says so when it ends before there is room, and nothing is written afterwards', async () => {
    const disk = fullDisk(2);
    const held = createDurableWaits(host, disk).start(workOf({}));
    const first = held.next();
    await clock.advance(6_000);
    platform.end(platform.jobs.get('one')!, '1');
    await clock.advance(5_000);
    ((await first).value as Result).rescale!.should.have.property('durable', false);
    (await held.next()).done!.should.be.true();
    unstored.at(-1)!.should.be.false();
    await clock.advance(600_000);
    disk.writes.should.equal(2);
  });

  it('does not come back after a restart when it ends while it is being written again', async () => {
    const disk = fullDisk(1);
    const waits = createDurableWaits(host, disk);
    const held = waits.start(workOf({}));
    const first = held.next();
    await clock.advance(1_000);
    const release = disk.hold();
    await clock.advance(5_000);
    await waits.stopAll();
    await clock.advance(0);
    release();
    const result = (await first).value as Result;
    result.rescale!.should.have.property('reason', 'stopped');
    result.rescale!.should.not.have.property('durable');
    // A kill here: how it ended is on disk, and not only that it waits.
    const [kept] = (await disk.list()).items;
    (kept!.value as { release: unknown }).release!.should.have.property('output', 1);
    (await held.next()).done!.should.be.true();
    await clock.advance(600_000);
    (await disk.keys()).should.be.empty();
  });

  it('keeps what it can’t read, such as state of a later version, and says so', async () => {
    await store.write('wait:later', { version: 9, everything: 'else' });
    const later = { version: 9, jobId: 'calc', runId: '7' };
    await store.write('wait:last', later);
    const errors: { key: string; values: unknown }[] = [];
    host.report = (error) => void errors.push(error as (typeof errors)[number]);
    await createDurableWaits(host, store).resume();
    await createDurableWaits(host, store).resume();
    resumed.should.eql([]);
    (await store.keys()).should.eql(['wait:later', 'wait:last']);
    // Once, for Catch, and not again at each deploy.
    errors
      .map(({ key, values }) => [key, values])
      .should.eql([['wait-unreadable', { count: 2, places: 'wait:later, wait:last (calc/7)' }]]);
    warnings.should.eql([]);
  });

  describe('with a deadline, when the clock was wrong', () => {
    const YEAR = 365 * 24 * 3_600_000;
    /** Waits as the next node of the id has them, in this process or, with another store, after a restart. */
    const resumeIn = async (next: StateStore) => {
      let result: Result | null = null;
      host.resume = (_message, _fields, task) => {
        const resumedTask = task({ ...workOf({}), signal: host.signal }) as AsyncGenerator<Result>;
        void resumedTask.next().then(({ value }) => (result = value as Result));
      };
      await createDurableWaits(host, next).resume();
      return () => result;
    };
    const begin = async (deadline: number) => {
      const node = new AbortController();
      const work = { ...workOf({}), fields: { ...FIELDS, deadline }, signal: node.signal };
      createDurableWaits(host, store)
        .start(work)
        .next()
        .catch(() => undefined);
      await clock.advance(1_000);
      return () => node.abort(new Error('closed'));
    };
    const restarted = async (): Promise<StateStore> => {
      const next = { ...createMemoryStore(), durable: true };
      for (const { key, value } of (await store.list()).items) await next.write(key, value);
      return next;
    };

    it('waits on over a deploy after it was set right, and tells the end of its run', async () => {
      const close = await begin(604_800);
      clock.setAhead(YEAR);
      close();
      const result = await resumeIn(store);
      await clock.advance(30_000);
      should(result()).be.null();
      platform.end(platform.jobs.get('one')!, '1');
      await clock.advance(10_000);
      result()!.should.have.property('output', 0);
    });

    it('ends after its span over a deploy, also when the clock was set back', async () => {
      const close = await begin(90);
      clock.setBack(7_200_000);
      close();
      const result = await resumeIn(store);
      await clock.advance(80_000);
      should(result()).be.null();
      await clock.advance(10_000);
      result()!.rescale!.should.have.property('reason', 'deadline');
    });

    for (const hours of [2, 24 * 365]) {
      it(`goes by the platform after a restart with a clock ${hours} h ahead`, async () => {
        const close = await begin(90);
        close();
        const next = await restarted();
        clock.setAhead(hours * 3_600_000);
        platform.ahead = -hours * 3_600_000;
        const result = await resumeIn(next);
        await clock.advance(80_000);
        should(result()).be.null();
        await clock.advance(10_000);
        result()!.rescale!.should.have.property('reason', 'deadline');
        clock.setBack(hours * 3_600_000);
      });
    }

    it('is not ended before the platform has answered, and told then if it passed', async () => {
      const close = await begin(90);
      close();
      const next = await restarted();
      await clock.advance(600_000);
      platform.fault = () => {
        throw failure('RESCALE_NETWORK');
      };
      const result = await resumeIn(next);
      await clock.advance(80_000);
      should(result()).be.null();
      platform.fault = null;
      await clock.advance(60_000);
      result()!.rescale!.should.have.property('reason', 'deadline');
    });
  });
});
