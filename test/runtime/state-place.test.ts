import 'should';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStateStore, removeOrphans, removeState } from '../../src/runtime/state/state-place';

describe('Place of state', () => {
  let userDir: string;
  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'state-place-'));
  });
  afterEach(() => rm(userDir, { recursive: true, force: true }));

  it('is the user directory, or what the setting says, or memory', async () => {
    const inUserDir = openStateStore({ id: 'a1', settings: { userDir } });
    await inUserDir.write('k', 1);
    existsSync(join(userDir, 'rescale', 'a1')).should.be.true();
    const elsewhere = { userDir, rescalePlatformStateDir: join(userDir, 'else') };
    await openStateStore({ id: 'a1-b2.c3', settings: elsewhere }).write('k', 1);
    existsSync(join(userDir, 'else', 'a1-b2.c3')).should.be.true();
    openStateStore({ id: 'a1', settings: {} }).durable.should.be.false();
  });

  it('does not take an id for a path', () => {
    for (const id of ['../x', 'a/b', '..', '', 'a\u0000']) {
      openStateStore({ id, settings: { userDir } }).durable.should.be.false();
    }
  });

  it('is removed with its node, and with no other', async () => {
    for (const id of ['a1', 'a2']) await openStateStore({ id, settings: { userDir } }).write('k', 1);
    await removeState({ id: 'a1', settings: { userDir } });
    await removeState({ id: '..', settings: { userDir } });
    existsSync(join(userDir, 'rescale', 'a1')).should.be.false();
    existsSync(join(userDir, 'rescale', 'a2')).should.be.true();
  });

  it('of nodes that are in no flow is removed after thirty days without a write', async () => {
    const root = join(userDir, 'rescale');
    const day = 24 * 3600;
    const now = Date.now() / 1000;
    for (const [id, age] of [
      ['old', 31],
      ['young', 29],
      ['mine', 99],
    ] as const) {
      await mkdir(join(root, id), { recursive: true });
      await writeFile(join(root, id, 'x.json'), '{}');
      for (const path of [join(root, id, 'x.json'), join(root, id)]) await utimes(path, now, now - age * day);
    }
    await removeOrphans({ userDir }, (id) => id === 'mine', Date.now());
    ['old', 'young', 'mine'].map((id) => existsSync(join(root, id))).should.eql([false, true, true]);
  });
});
