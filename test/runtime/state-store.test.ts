import 'should';
import fc from 'fast-check';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import should from 'should';
import { createFileStore, createMemoryStore, type FileStore } from '../../src/runtime/state/state-store';

describe('State store', () => {
  let directory: string;
  const itemFile = async () =>
    join(
      directory,
      (await readdir(directory)).find((name) => name.endsWith('.json'))!,
    );

  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'state-store-')), 'rescale', 'node');
  });
  afterEach(() => rm(join(directory, '..', '..'), { recursive: true, force: true }));

  for (const [name, create] of [
    ['files', () => createFileStore(directory)],
    ['memory', createMemoryStore],
  ] as const) {
    it(`${name}: gives back what was written, under any key`, async () => {
      const store = create();
      const keys = ['job:dmpTse', 'job:DMPTSE', '../../escape', 'a/b\\c', '', 'ü\u0000', 'x'.repeat(5000)];
      for (const key of keys) await store.write(key, { key, list: [1, null, 'zwei'] });
      for (const key of keys) {
        (await store.read(key))!.should.eql({ value: { key, list: [1, null, 'zwei'] }, recovered: false });
      }
      (await store.keys()).sort().should.eql([...keys].sort());
      await store.remove('job:dmpTse');
      should(await store.read('job:dmpTse')).be.null();
      (await store.keys()).length.should.equal(keys.length - 1);
    });

    it(`${name}: keeps the value as it was when it was handed over`, async () => {
      const store = create();
      const value = { runs: ['1'] };
      const written = store.write('a', value);
      value.runs.push('2');
      await written;
      should((await store.read('a'))!.value).eql({ runs: ['1'] });
    });
  }

  it('survives the process that wrote it', async () => {
    await createFileStore(directory).write('a', 1);
    (await createFileStore(directory).read('a'))!.should.eql({ value: 1, recovered: false });
  });

  it('is for the owner only and stays in its directory', async () => {
    const store = createFileStore(directory);
    await store.write('../../escape', 'secret');
    (await readdir(join(directory, '..'))).should.eql(['node']);
    for (const name of await readdir(directory)) {
      ((await stat(join(directory, name))).mode & 0o777).should.equal(0o600);
    }
    ((await stat(directory)).mode & 0o777).should.equal(0o700);
  });

  it('keeps the order of writes and removals of one key', async () => {
    const store = createFileStore(directory);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.integer()), { minLength: 1, maxLength: 12 }), async (steps) => {
        await Promise.all(steps.map((step) => (step === null ? store.remove('k') : store.write('k', step))));
        const last = steps.at(-1)!;
        should((await store.read('k'))?.value ?? null).equal(last ?? null);
      }),
      { numRuns: 30 },
    );
  });

  it('writes what waits only once, and resolves every caller', async () => {
    const store = createFileStore(directory);
    await Promise.all(Array.from({ length: 500 }, (_, index) => store.write('a', index)));
    should((await store.read('a'))!.value).equal(499);
  });

  for (const [what, damage] of [
    ['emptied', (path: string) => truncate(path, 0)],
    ['cut', async (path: string) => truncate(path, (await stat(path)).size - 7)],
    ['filled with zeros', (path: string) => writeFile(path, Buffer.alloc(64))],
    ['replaced by other JSON', (path: string) => writeFile(path, '[1, 2]')],
    ['deleted', (path: string) => rm(path)],
  ] as const) {
    it(`takes the last good copy of a file that was ${what}, and says so`, async () => {
      const store = createFileStore(directory);
      await store.write('a', 'old');
      await store.write('a', 'new');
      await damage(await itemFile());
      (await createFileStore(directory).read('a'))!.should.eql({ value: 'new', recovered: true });
      (await createFileStore(directory).keys()).should.eql(['a']);
    });
  }

  describe('when a file is there and can’t be read', () => {
    const files = module.require('node:fs/promises') as {
      readFile: (...args: unknown[]) => Promise<unknown>;
    };
    const { readFile: read } = files;
    /** Fails so many reads below the directory, as a scanner, a backup or too many open files do. */
    const failReads = (code: string, times: number) => {
      let left = times;
      files.readFile = (path, ...rest) => {
        if (!String(path).startsWith(directory) || left === 0) return read(path, ...rest);
        left -= 1;
        return Promise.reject(Object.assign(new Error(`${code}: planted`), { code }));
      };
    };
    afterEach(() => (files.readFile = read));

    for (const code of ['EBUSY', 'EMFILE', 'EIO', 'ESTALE']) {
      it(`waits out ${code}, and takes it for no damage`, async () => {
        await createFileStore(directory).write('a', 'good');
        failReads(code, 2);
        (await createFileStore(directory).read('a'))!.should.eql({ value: 'good', recovered: false });
        failReads(code, 2);
        (await createFileStore(directory).keys()).should.eql(['a']);
      });
    }

    it('rejects when it can’t be waited out, and counts it in the list', async () => {
      await createFileStore(directory).write('a', 'good');
      failReads('EACCES', Infinity);
      await createFileStore(directory)
        .read('a')
        .should.be.rejectedWith(/EACCES/);
      const { unreadBecause, ...found } = await createFileStore(directory).list();
      found.should.eql({ items: [], damaged: [], strange: [], unread: 1 });
      unreadBecause!.message.should.match(/EACCES/);
    });
  });

  it('makes its directory again when somebody removes it', async () => {
    const store = createFileStore(directory);
    await store.write('a', 1);
    await rm(directory, { recursive: true });
    await store.write('a', 2);
    should((await createFileStore(directory).read('a'))!.value).equal(2);
  });

  for (const [when, again] of [
    ['another one is written', (store: FileStore) => store.write('new', 0)],
    ['its node closes', (store: FileStore) => store.rewriteMissing()],
  ] as const) {
    it(`has all that it held on disk again when somebody removed it and ${when}`, async () => {
      await createFileStore(directory).write('found', 1);
      const store = createFileStore(directory);
      await store.read('found');
      await store.write('begun', 2);
      await store.write('over', 3);
      await store.remove('over');
      await rm(directory, { recursive: true });
      await again(store);
      // What is made good beside the write is over when nothing is being written any more.
      await store.rewriteMissing();
      const { items } = await createFileStore(directory).list();
      const found = items
        .filter(({ key }) => key !== 'new')
        .map(({ key, value }) => `${key} ${String(value)}`);
      found.sort().should.eql(['begun 2', 'found 1']);
    });
  }

  it('brings nothing back that was removed while it was read', async () => {
    await createFileStore(directory).write('a', 1);
    const store = createFileStore(directory);
    await Promise.all([store.list(), store.remove('a')]);
    await store.rewriteMissing();
    (await store.keys()).should.be.empty();
  });

  it('writes a change again that could not be written, and no first write that failed', async () => {
    const store = createFileStore(directory);
    await store.write('a', 1);
    await rm(directory, { recursive: true });
    await writeFile(directory, 'no folder');
    await store.write('a', 2).should.be.rejected();
    await store.write('b', 1).should.be.rejected();
    await store.rewriteMissing();
    await rm(directory);
    await store.rewriteMissing();
    const { items } = await createFileStore(directory).list();
    items.map(({ key, value }) => [key, value]).should.eql([['a', 2]]);
  });

  it('takes back a write that has not begun', async () => {
    const store = createFileStore(directory);
    const writes = Array.from({ length: 20 }, (_, index) => store.write(`item ${index}`, index));
    const withdrawn = writes.map((_, index) => store.withdraw(`item ${index}`));
    const results = await Promise.allSettled(writes);
    results.map(({ status }) => status === 'rejected').should.eql(withdrawn);
    withdrawn.filter(Boolean).length.should.be.above(10);
    (await store.keys()).length.should.equal(withdrawn.filter((gone) => !gone).length);
  });

  it('lists what another write was still putting there', async () => {
    const store = createFileStore(directory);
    const writes = ['a', 'b', 'c', 'd'].map((key) => store.write(key, key));
    (await store.keys()).sort().should.eql(['a', 'b', 'c', 'd']);
    await Promise.all(writes);
  });

  it('tells what can’t be read from what is not there', async () => {
    await createFileStore(directory).write('a', 'x');
    for (const name of await readdir(directory)) await truncate(join(directory, name), 3);
    const damaged = { value: undefined, recovered: true, damaged: await itemFile() };
    (await createFileStore(directory).read('a'))!.should.eql(damaged);
    should(await createFileStore(directory).read('b')).be.null();
    const file = join(directory, 'no folder');
    await writeFile(file, '');
    should(await createFileStore(file).read('a')).be.null();
    (await createFileStore(directory).keys()).should.eql([]);
  });

  it('rejects when it cannot be written, and writes again when it can', async () => {
    const blocked = join(directory, '..');
    execFileSync('mkdir', ['-p', join(blocked, '..')]);
    await writeFile(blocked, 'a file where the directory should be');
    const store = createFileStore(directory);
    await store.write('a', 1).should.be.rejected();
    await rm(blocked);
    await store.write('a', 2);
    should((await store.read('a'))!.value).equal(2);
  });

  it('keeps the value before on a full disk, and writes again when there is room', async function () {
    const disk = join(directory, '..', '..');
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      this.skip(); // only root may make a disk of this size
    }
    try {
      const store = createFileStore(directory);
      await store.write('a', 'small');
      await store.write('a', 'x'.repeat(100_000)).should.be.rejected();
      should((await createFileStore(directory).read('a'))!.value).equal('small');
      await store.write('a', 'again');
      should((await createFileStore(directory).read('a'))!.value).equal('again');
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('clears away temporary files that a kill left behind, but none that may be in use', async () => {
    await createFileStore(directory).write('a', 1);
    const [old, fresh] = [`${await itemFile()}.123`, `${await itemFile()}.456`];
    await writeFile(old, '');
    await writeFile(fresh, '');
    await utimes(old, 1, 1);
    await createFileStore(directory).write('b', 1);
    existsSync(old).should.be.false();
    existsSync(fresh).should.be.true();
  });

  it('holds either the old or the new value after a kill at any instant', async () => {
    for (let round = 0; round < 6; round += 1) {
      const writer = fork(join(__dirname, 'state-writer.ts'), [directory], {
        execArgv: ['--require', 'tsx/cjs'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      let confirmed = 0;
      writer.on('message', (count) => (confirmed = count as number));
      await once(writer, 'message');
      await new Promise((resolve) => setTimeout(resolve, 20 + 37 * round));
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const stored = (await createFileStore(directory).read('counter'))!;
      const { count, filler } = stored.value as { count: number; filler: string };
      count.should.be.aboveOrEqual(confirmed);
      filler.should.equal(String(count).repeat(2000));
      stored.recovered.should.be.false();
    }
  });

  it('holds no more than what was written last', async () => {
    const store = createFileStore(directory);
    await store.write('a', 'secret-of-before');
    await store.write('a', 'now');
    for (const name of await readdir(directory)) {
      (await readFile(join(directory, name), 'utf8')).should.not.containEql('secret-of-before');
    }
  });
});
