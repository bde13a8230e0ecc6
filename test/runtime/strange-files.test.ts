import 'should';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ErrorText } from '../../src/api/errors/errors';
import { createDurableItems } from '../../src/runtime/state/durable-items';
import { createFileStore } from '../../src/runtime/state/state-store';
import { virtualClock } from '../runs/virtual-clock';

const format = { migrations: [], schema: v.object({ count: v.number() }) };

describe('A file in a state folder', () => {
  const COPY = ' (conflicted copy 2026-11-29).json';
  let folder: string;
  let warnings: ErrorText[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rescale-'));
    warnings = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const itemFiles = () => readdirSync(folder).filter((name) => /^[0-9a-f]{40}\.json$/.test(name));

  /** A node that has just started; it ends what it takes up. */
  async function start(store = createFileStore(folder)): Promise<number[]> {
    const items = createDurableItems<{ count: number }>(
      {
        clock: virtualClock(),
        signal: new AbortController().signal,
        handedOver: new AbortController().signal,
        warn: (sentence: ErrorText) => void warnings.push(sentence),
        background: () => {},
      },
      store,
      { prefix: 'count:', format },
    );
    const taken: number[] = [];
    await items.resumeStored(async ({ item }) => {
      taken.push(item.value.count);
      await item.remove();
    });
    return taken;
  }

  it('that is a copy of an item under another name is left alone, and named in one warning', async () => {
    await createFileStore(folder).write('count:a', { count: 1 });
    const [file] = itemFiles();
    const copy = join(folder, file!.replace('.json', COPY));
    copyFileSync(join(folder, file!), copy);
    const store = createFileStore(folder);
    (await start(store)).should.eql([1]);
    (await start(store)).should.eql([]);
    warnings.should.eql([{ key: 'state-strange', values: { file: copy } }]);
    (await start()).should.eql([]);
    readdirSync(folder).should.eql([file!.replace('.json', COPY)]);
  });

  it('that was put in the place of another item is not that item, which is read from its copy', async () => {
    const store = createFileStore(folder);
    await store.write('count:a', { count: 1 });
    const [first] = itemFiles();
    await store.write('count:b', { count: 2 });
    const second = itemFiles().find((name) => name !== first)!;
    copyFileSync(join(folder, first!), join(folder, second));
    (await start()).sort().should.eql([1, 2]);
    (await start()).should.eql([]);
    warnings.map(({ key }) => key).should.eql(['state-recovered']);
  });

  it('that was cut, and its copy as well, is named with what can be told of it', async () => {
    const store = createFileStore(folder);
    await store.write('count:a', { jobId: 'calc', runId: '7', count: 1 });
    const path = join(folder, itemFiles()[0]!);
    for (const file of [path, `${path}.last`]) writeFileSync(file, readFileSync(file, 'utf8').slice(0, -9));
    (await start()).should.eql([]);
    warnings.should.eql([{ key: 'state-unreadable', values: { count: 1, places: `${path} (calc/7)` } }]);
  });
});
