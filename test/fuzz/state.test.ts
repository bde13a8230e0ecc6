import 'should';
import fc from 'fast-check';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createFileStore } from '../../src/runtime/state/state-store';
import { json, nasty } from './arbitraries';
import { bounded } from './runs';

describe('whatever is stored', function () {
  this.timeout(60_000);
  let outside: string;
  let folder: string;

  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'rescale-fuzz-'));
    folder = join(outside, 'state');
  });
  afterEach(() => rmSync(outside, { recursive: true, force: true }));

  it('is read as it was written, under any key, and lies in the folder only', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, json, async (key, value) => {
        const store = createFileStore(folder);
        await store.write(key, value);
        const found = await createFileStore(folder).read(key);
        JSON.stringify(found?.value).should.equal(JSON.stringify(value));
        await store.remove(key);
        ((await createFileStore(folder).read(key)) === null).should.be.true();
        readdirSync(outside).should.eql(['state']);
      }),
      bounded(100),
    );
  });

  it('a file that was damaged is passed over and harms no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          json.map((value) => JSON.stringify(value)),
          fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
        ),
        fc.nat(40),
        async (damage, length) => {
          rmSync(folder, { recursive: true, force: true });
          const store = createFileStore(folder);
          await store.write('damaged', { n: 1 });
          await store.write('whole', { n: 2 });
          const [first] = readdirSync(folder).filter((name) => !name.endsWith('.last'));
          const path = join(folder, first!);
          if (damage.length === 0) truncateSync(path, length);
          else writeFileSync(path, damage);
          writeFileSync(join(folder, 'stranger.json'), damage);
          mkdirSync(join(folder, 'directory.json'), { recursive: true });
          const again = createFileStore(folder);
          for (const key of await again.keys()) (await again.read(key))?.should.have.property('value');
          (await again.read('whole'))!.value!.should.eql({ n: 2 });
          await again.write('damaged', { n: 3 });
          (await again.read('damaged'))!.value!.should.eql({ n: 3 });
        },
      ),
      bounded(60),
    );
  });
});
