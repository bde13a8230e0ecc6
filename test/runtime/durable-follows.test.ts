import 'should';
import type { CallOptions } from '../../src/api/client/client';
import { systemClock, type Clock } from '../../src/api/time/clock';
import type { ErrorText } from '../../src/api/errors/errors';
import type { StateStore } from '../../src/runs/tasks/ports';
import type {
  Message,
  NodeHost,
  Result,
  Storing,
  InputContext,
} from '../../src/runtime/definition/definition';
import {
  createDurableFollows,
  type DurableFollows,
  type FollowFields,
} from '../../src/runtime/long-running/durable-follows';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { virtualClock } from '../runs/virtual-clock';
import { fullDisk } from './full-disk';

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail);
  });
}

describe('Durable follows', () => {
  const fields: FollowFields = {
    jobId: 'one',
    runId: '1',
    path: 'shared/log.solver',
    interval: 2,
    from: 'start',
    emit: 'batch',
    encoding: 'utf-8',
    deadline: 0,
    durable: true,
  };
  let store: StateStore;
  let follows: DurableFollows;
  let resumed: AsyncGenerator<Result, unknown, undefined>[];
  let warnings: string[];
  let closing: AbortController;
  let unstored: boolean[];

  /** A platform that answers nothing: a follow stands where it is until it is stopped. */
  const connection = {
    origin: 'https://fake.test',
    client: { getRun: (_jobId: string, _runId: string, { signal }: CallOptions) => untilAborted(signal!) },
  };
  const workOf = (message: Message) =>
    ({
      fields,
      message,
      connection,
      client: connection.client,
      clock: systemClock,
      signal: closing.signal,
      keep: (begin: () => Storing) => begin().stored,
      showUnstored: (is: boolean) => unstored.push(is),
    }) as unknown as InputContext<FollowFields>;
  const start = (clock: Clock = systemClock) =>
    createDurableFollows(
      {
        clock,
        background: (task: (signal: AbortSignal) => Promise<void>) => void task(closing.signal),
        signal: closing.signal,
        handedOver: new AbortController().signal,
        sending: () => () => Promise.resolve(true),
        connect: () => Promise.resolve(connection),
        read: (name: keyof FollowFields) => Promise.resolve(fields[name]),
        warn: ({ key }: ErrorText) => warnings.push(key),
        trouble() {},
        resume(
          message: Message,
          _fields: FollowFields,
          task: (context: InputContext<FollowFields>) => never,
        ) {
          resumed.push(task(workOf(message)));
        },
      } as unknown as NodeHost<FollowFields>,
      store,
      null,
    );
  /** What a start of Node-RED leaves that was killed while it followed. */
  async function followAndKill(): Promise<void> {
    let written = () => {};
    const isWritten = new Promise<void>((resolve) => (written = resolve));
    void start()
      .follow({
        ...workOf({ topic: 'first' }),
        keep: async (begin) => {
          const stored = await begin().stored;
          written();
          return stored;
        },
      })
      .next()
      .catch(() => undefined);
    await isWritten;
    closing.abort();
    closing = new AbortController();
    follows = start();
  }

  beforeEach(() => {
    store = { ...createMemoryStore(), durable: true };
    [resumed, warnings, unstored, closing] = [[], [], [], new AbortController()];
    follows = start();
  });
  afterEach(() => closing.abort());

  it('stops a message that is still being written', async () => {
    let write = () => {};
    const slow = { ...store, write: () => new Promise<void>((resolve) => (write = resolve)) };
    store = slow;
    const held = start();
    const first = held.follow(workOf({})).next();
    await held.stopAll();
    slow.write = () => Promise.resolve();
    write();
    ((await first).value as Result).payload!.should.have.property('reason', 'stopped');
  });

  it('stops what was followed before, when it is told so while that is being read', async () => {
    await followAndKill();
    const resuming = follows.resume();
    await follows.stopAll();
    await resuming;
    resumed.length.should.equal(1);
    const result = (await resumed[0]!.next()).value as Result;
    result.should.have.property('output', 1);
    result.payload!.should.have.property('reason', 'stopped');
  });

  it('takes up no message twice that comes before the flows have started', async () => {
    const held = follows.follow(workOf({ topic: 'early' })).next();
    await follows.resume();
    resumed.should.be.empty();
    await follows.stopAll();
    ((await held).value as Result).should.have.property('output', 1);
  });

  it('does not begin anew for an early message what was followed before', async () => {
    await followAndKill();
    (await follows.follow(workOf({ topic: 'early' })).next()).done!.should.be.true();
    await follows.resume();
    resumed.length.should.equal(1);
  });

  it('keeps what it can’t read, such as state of a later version, and says so', async () => {
    await followAndKill();
    await store.write('follow:later', { version: 9, everything: 'else' });
    const far = (await store.keys()).find((name) => name.startsWith('follow-at:'))!;
    await store.write(far, { version: 9 });
    const keys = await store.keys();
    await follows.resume();
    resumed.should.be.empty();
    (await store.keys()).should.eql(keys);
    warnings.should.eql(['follow-unreadable']);
  });

  // The first of its two items can't be written, or only the second.
  for (const room of [0, 1]) {
    it(`is written when the disk has room again, full after ${room}`, async () => {
      const clock = virtualClock();
      const disk = fullDisk(0);
      store = { ...disk, write: (key, value) => (key.startsWith(full) ? noSpace() : disk.write(key, value)) };
      let full = room === 0 ? 'follow' : 'follow:';
      const noSpace = () => Promise.reject(new Error('ENOSPC: no space left on device'));
      const held = start(clock);
      const first = held.follow(workOf({ topic: 'kept' })).next();
      await clock.advance(14_000);
      unstored.should.eql([true]);
      (await disk.keys()).should.be.empty();
      full = 'none';
      await clock.advance(1_000);
      unstored.at(-1)!.should.be.false();
      (await disk.keys()).should.have.length(2);
      warnings.should.eql(['follow-not-stored']);
      await start().resume();
      resumed.length.should.equal(1);
      closing.abort(new Error('closed'));
      await first.catch(() => undefined);
      (await disk.keys()).should.have.length(2);
    });
  }

  it('is gone when it ends while it is being written again', async () => {
    const clock = virtualClock();
    const disk = fullDisk(1);
    store = disk;
    const held = start(clock);
    const follow = held.follow(workOf({}));
    const first = follow.next();
    await clock.advance(1_000);
    const release = disk.hold();
    await clock.advance(4_000);
    await held.stopAll();
    release();
    ((await first).value as Result).should.have.property('output', 1);
    (await follow.next()).done!.should.be.true();
    await clock.advance(600_000);
    (await disk.keys()).should.be.empty();
    unstored.at(-1)!.should.be.false();
  });

  it('ends without an error when it can’t be removed from disk', async () => {
    store.remove = () => Promise.reject(new Error('EACCES'));
    const held = follows.follow(workOf({}));
    const first = held.next();
    await follows.stopAll();
    ((await first).value as Result).should.have.property('output', 1);
    (await held.next()).done!.should.be.true();
    warnings.should.eql(['follow-not-removed']);
  });
});
