import 'should';
import * as v from 'valibot';
import type { ErrorText } from '../../src/api/errors/errors';
import type { StateStore } from '../../src/runs/tasks/ports';
import type { StoredFormat } from '../../src/runs/tasks/stored-format';
import { createDurableItems, noteFirstWrite, type FoundItem } from '../../src/runtime/state/durable-items';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { virtualClock } from '../runs/virtual-clock';
import { fullDisk } from './full-disk';

interface Counter {
  origin: string;
  count: number;
}

const format: StoredFormat<Counter> = {
  migrations: [({ total, ...rest }) => ({ ...rest, count: total })],
  schema: v.object({ origin: v.string(), count: v.number() }),
};

describe('Durable items', () => {
  const clock = virtualClock();
  let store: StateStore;
  let warnings: string[];
  let closing: AbortController;
  let over: AbortController;
  let background: Promise<void>[];

  const open = () =>
    createDurableItems<Counter>(
      {
        clock,
        signal: closing.signal,
        handedOver: over.signal,
        warn: ({ key }: ErrorText) => warnings.push(key),
        background: (task: (closing: AbortSignal) => Promise<void>) =>
          background.push(task(closing.signal).catch(() => undefined)),
      },
      store,
      { prefix: 'counter:', format, isForeign: ({ origin }) => origin !== 'here' },
    );
  const takeAll = async (items = open()) => {
    const found: FoundItem<Counter>[] = [];
    await items.resumeStored((each) => void found.push(each));
    return found;
  };
  const here = (count: number): Counter => ({ origin: 'here', count });

  beforeEach(() => {
    store = { ...createMemoryStore(), durable: true };
    warnings = [];
    background = [];
    closing = new AbortController();
    over = new AbortController();
  });
  afterEach(async () => {
    closing.abort();
    await Promise.all(background);
  });

  it('are taken up by the next node although the one before is still writing them when it closes', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = createMemoryStore();
    const begun: string[] = [];
    store.write = async (key, value) => {
      begun.push(key);
      await gate;
      return slow.write(key, value);
    };
    Object.assign(store, { list: () => slow.list(), remove: (key: string) => slow.remove(key) });
    const { item, stored } = open().create('a', here(1));
    const chained = stored.then(() => open().create('b', here(2)).stored);
    noteFirstWrite(store, chained);
    closing.abort();
    over.abort();
    [closing, over] = [new AbortController(), new AbortController()];
    const taken = takeAll();
    begun.should.eql(['counter:a']);
    release();
    (await taken)
      .map((found) => found.item.key)
      .sort()
      .should.eql(['a', 'b']);
    // It is the next node's from now on.
    (await item.remove()).should.be.false();
    (await takeAll()).should.have.length(2);
  });

  it('begin, change, and go on in the next node as they were written last', async () => {
    const { item, stored } = open().create('a', here(1));
    (await stored).should.be.true();
    await item.write(here(2));
    const [found] = await takeAll();
    found!.should.have.property('recovered', false);
    found!.item.value.should.eql(here(2));
    (await found!.item.remove()).should.be.true();
    (await takeAll()).should.be.empty();
  });

  it('are handed over once, and not at all while the node that asks holds them', async () => {
    const items = open();
    await items.create('a', here(1)).stored;
    (await takeAll(items)).should.be.empty();
    const next = open();
    (await takeAll(next)).length.should.equal(1);
    (await takeAll(next)).should.be.empty();
  });

  it('of version 1 are taken up', async () => {
    await store.write('counter:old', { origin: 'here', total: 7 });
    (await takeAll())[0]!.item.value.should.eql(here(7));
  });

  it('of another platform are dropped, those of a later version are kept; the user hears of both', async () => {
    await store.write('counter:there', { version: 2, origin: 'there', count: 1 });
    await store.write('counter:later', { version: 9, origin: 'here', counts: [1] });
    (await takeAll()).should.be.empty();
    (await store.keys()).should.eql(['counter:later']);
    warnings.sort().should.eql(['state-foreign', 'state-unreadable']);
  });

  it('belong to the next node once the one that began them has closed', async () => {
    const { item, stored } = open().create('a', here(1));
    await stored;
    closing.abort();
    // What it still has to say while it closes counts …
    await item.write(here(2));
    over.abort();
    // … and nothing that it finds out afterwards.
    (await item.write(here(3))).should.be.false();
    (await item.remove()).should.be.false();
    [closing, over] = [new AbortController(), new AbortController()];
    (await takeAll())[0]!.item.value.should.eql(here(2));
  });

  it('that can’t be read now are taken up when they can, and one warning says so', async () => {
    await open().create('a', here(1)).stored;
    const list = store.list.bind(store);
    let busy = true;
    store.list = async () => {
      const found = await list();
      return busy ? { ...found, items: [], unread: found.items.length } : found;
    };
    const found: FoundItem<Counter>[] = [];
    await open().resumeStored((each) => void found.push(each));
    await clock.advance(60_000);
    found.should.be.empty();
    busy = false;
    await clock.advance(60_000);
    found.length.should.equal(1);
    warnings.should.eql(['state-unread']);
  });

  it('live in memory when they can’t be written, and say so once', async () => {
    store.write = () => Promise.reject(new Error('EROFS: read-only file system'));
    const { item, stored } = open().create('a', here(1));
    (await stored).should.be.false();
    (await item.write(here(2))).should.be.false();
    item.value.should.eql(here(2));
    warnings.should.eql(['state-not-stored']);
  });

  it('are stored when there is room, as they are then, what is written meanwhile behind it', async () => {
    const disk = fullDisk(2);
    store = disk;
    const { item, stored, retry: again } = open().create('a', here(1));
    (await stored).should.be.false();
    await item.write(here(2));
    (await again().stored).should.be.false();
    const release = disk.hold();
    const later = again().stored;
    const written = item.write(here(3));
    release();
    (await Promise.all([later, written])).should.eql([true, true]);
    (await takeAll())[0]!.item.value.should.eql(here(3));
    warnings.should.eql(['state-not-stored']);
  });

  it('are written again when there is room, though nothing changes any more', async () => {
    const disk = fullDisk(0);
    store = disk;
    const { item, stored } = open().create('a', here(1));
    await stored;
    disk.failures = 2;
    (await item.write(here(2))).should.be.false();
    await clock.advance(60_000);
    (await takeAll())[0]!.item.value.should.eql(here(2));
    warnings.should.eql(['state-not-stored']);
    // Then it is over.
    const { writes } = disk;
    await clock.advance(120_000);
    disk.writes.should.equal(writes);
  });

  for (const failures of [0, 1]) {
    it(`do not come back when they end while they are being written${failures ? ' again' : ''}`, async () => {
      const disk = fullDisk(failures);
      store = disk;
      const items = open();
      let release = failures === 0 ? disk.hold() : () => {};
      const begun = items.create('a', here(1));
      let { stored } = begun;
      if (failures > 0) {
        (await stored).should.be.false();
        release = disk.hold();
        ({ stored } = begun.retry());
      }
      const forgotten = begun.item.remove();
      // The next node waits for both.
      closing.abort();
      over.abort();
      [closing, over] = [new AbortController(), new AbortController()];
      const taken = takeAll();
      release();
      (await forgotten).should.be.true();
      (await stored).should.be.false();
      (await taken).should.be.empty();
      (await disk.keys()).should.be.empty();
    });
  }

  it('are handed over again when taking them up failed, and keep no other waiting', async () => {
    await open().create('a', here(1)).stored;
    await open().create('b', here(2)).stored;
    const taken: string[] = [];
    let ready = false;
    await open().resumeStored(async ({ item }) => {
      if (item.key === 'a' && !ready) throw new Error('what belongs to it can’t be read yet');
      taken.push(item.key);
      return Promise.resolve();
    });
    taken.should.eql(['b']);
    await clock.advance(5_000);
    taken.should.eql(['b']);
    ready = true;
    await clock.advance(10_000);
    taken.should.eql(['b', 'a']);
    warnings.should.eql(['state-unread']);
  });
});
